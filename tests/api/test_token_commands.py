"""`lms accounts token …`, as the operator types it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from lms.access.current import act_as
from lms.access.viewer import NOBODY
from lms.db import db
from tests.api.site import Program
from tests.factories import Make

COVERAGE = "/api/v1/coverage"


@pytest.fixture
def manager(app: Flask, make: Make) -> int:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return make.account("Người Quản lý", capability="manager", phone="+84912345678")


def run(app: Flask, *words: str) -> Result:
    act_as(NOBODY)
    result = app.test_cli_runner().invoke(args=["accounts", "token", *words])
    db.session.rollback()
    return result


def made(app: Flask, account: str, *more: str) -> dict[str, Any]:
    result = run(app, "create", account, "--name", "Báo cáo quý", "--scope", "coverage:read", "--json", *more)
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def listed(app: Flask, *words: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(run(app, "list", "--json", *words).stdout)["tokens"]
    return told


@pytest.mark.both
def test_made_used_listed_and_revoked(app: Flask, manager: int) -> None:
    told = made(app, "0912 345 678")
    program = Program(app, told["token"])
    assert program.get(COVERAGE).status_code == 200
    [one] = listed(app)
    assert {name: one[name] for name in ("id", "name", "account", "scopes", "revoked_at")} == {
        "id": told["id"],
        "name": "Báo cáo quý",
        "account": manager,
        "scopes": "coverage:read",
        "revoked_at": None,
    }
    assert one["last_used_at"] is not None and told["token"].startswith(one["prefix"])
    revoked = run(app, "revoke", one["prefix"], "--json")
    assert revoked.exit_code == 0 and json.loads(revoked.stdout)["revoked_at"]
    assert program.get(COVERAGE).status_code == 401


def test_the_token_is_shown_once_and_never_again(app: Flask, manager: int) -> None:
    told = made(app, str(manager))
    plain = run(app, "list")
    assert told["prefix"] in plain.stdout and told["token"] not in plain.stdout
    assert told["token"] not in json.dumps(listed(app))


def test_of_one_account_alone_by_id_or_whole_token(app: Flask, make: Make, manager: int) -> None:
    other = make.account("Người Khác", capability="inspector")
    first, second, third = made(app, str(manager)), made(app, str(manager)), made(app, str(other))
    assert [one["id"] for one in listed(app, "--account", str(manager))] == [first["id"], second["id"]]
    assert run(app, "revoke", str(third["id"])).exit_code == 0
    assert json.loads(run(app, "revoke", "--account", str(manager), "--json").stdout) == {"revoked": 2}
    assert json.loads(run(app, "revoke", "--account", str(manager), "--json").stdout) == {"revoked": 0}
    fourth = made(app, str(manager))
    assert run(app, "revoke", fourth["token"]).exit_code == 0
    assert all(one["revoked_at"] for one in listed(app))
    made(app, str(manager)), made(app, str(other))
    assert json.loads(run(app, "revoke", "--all", "--json").stdout) == {"revoked": 2}


def test_how_long_it_is_good_for(app: Flask, manager: int) -> None:
    told = made(app, str(manager), "--days", "1")
    assert told["expires_at"][:10] > told["created_at"][:10]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("create", "999", "--name", "x", "--scope", "coverage:read"), 1),
        (("create", "1", "--name", "x"), 2),
        (("create", "1", "--scope", "coverage:read"), 2),
        (("create", "1", "--name", " ", "--scope", "coverage:read"), 2),
        (("create", "1", "--name", "x", "--scope", "everything"), 2),
        (("create", "1", "--name", "x", "--scope", "coverage:read", "--days", "0"), 2),
        (("create", "1", "--name", "x", "--scope", "coverage:read", "--days", "367"), 2),
        (("revoke",), 2),
        (("revoke", "1", "--account", "1"), 2),
        (("revoke", "--all", "--account", "1"), 2),
        (("revoke", "999"), 1),
        (("revoke", "lhp_nobody"), 1),
        (("list", "--account", "999"), 1),
    ],
)
def test_refused_with_a_reason_or_wrong_usage(app: Flask, manager: int, words: tuple[str, ...], code: int) -> None:
    result = run(app, *words)
    assert result.exit_code == code, result.output
    assert result.stderr and "Traceback" not in result.stderr
