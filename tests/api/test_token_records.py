"""What is kept of tokens, where, and by whom they are made and revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from werkzeug.exceptions import NotFound

from lms.access import SCOPES, policy
from lms.access.current import act_as
from lms.accounts import hashing, operations
from lms.accounts.models import ApiToken
from lms.accounts.operations import tokens
from lms.accounts.queries import account_of, make_viewer
from lms.audit.models import AuditDetail, AuditEntry
from lms.db import db
from lms.operate import schema
from lms.web.refusals import Refusal
from tests.api import site
from tests.api.site import Program, World, row
from tests.factories import Make
from tests.refused import refused

COVERAGE = "/api/v1/coverage"


@pytest.mark.both
def test_only_its_hash_is_kept(app: Flask, world: World) -> None:
    made = site.token(world.accounts["manager"])
    kept = db.session.execute(text("SELECT * FROM api_token")).all()
    assert made.text not in str(kept) and made.text[20:] not in str(kept)
    assert row(made.row.id).token_hash == hashing.token_hash(made.text)
    assert made.text.startswith(row(made.row.id).prefix) and len(row(made.row.id).prefix) == tokens.SHOWN
    assert made.text not in repr(made)


@pytest.mark.both
def test_making_and_revoking_is_recorded_without_the_token(app: Flask, world: World) -> None:
    made = site.token(world.accounts["manager"], ["coverage:read"])
    with db.write():
        operations.revoke_token(made.row.id)
    with db.write():
        operations.revoke_token(made.row.id)
    entries = db.session.execute(
        select(AuditEntry.actor, AuditEntry.action, AuditEntry.subject, AuditDetail.details)
        .join(AuditDetail, AuditDetail.seq == AuditEntry.seq)
        .where(AuditEntry.action.like("token.%"))
        .order_by(AuditEntry.seq)
    ).all()
    mine = [entry for entry in entries if str(made.row.id) in str(entry.details)][-2:]
    assert [(entry.actor, entry.action) for entry in mine] == [("lms", "token.created"), ("lms", "token.revoked")]
    assert mine[0].subject == f"account:{world.accounts['manager']}"
    assert mine[0].details["after"]["scopes"] == ["coverage:read"]
    assert made.text not in str(entries) and made.row.token_hash not in str(entries)


def test_a_token_is_in_no_line_of_the_log(
    app: Flask, world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = world.tokens["manager"]
    for url in (COVERAGE, "/api/v1/nowhere", "/api/v1/coverage?on=never"):
        Program(app, secret).get(url)
    Program(app, secret[:-1] + "!").get(COVERAGE)
    monkeypatch.setattr("lms.api.coverage.answer", lambda *_given, **_named: 1 / 0)
    assert Program(app, secret).get(COVERAGE).status_code == 500
    said = capsys.readouterr()
    assert "/api/v1/coverage" in said.err and "ZeroDivisionError" in said.err
    assert secret[4:30] not in said.err + said.out


@pytest.mark.both
def test_who_may_make_and_revoke_one(app: Flask, world: World, make: Make) -> None:
    """Whoever administers the account; for anybody else it is as if there were no such account or token."""
    manager, ward = world.accounts["manager"], make.account("Quản trị", capability="administrator", unit=site.ELSEWHERE)
    made = site.token(manager)
    for account in (manager, ward, world.accounts["learner"]):
        act_as(make_viewer(account_of(account)))
        with pytest.raises(NotFound), db.write():
            operations.create_token(manager, "x", SCOPES, timedelta(days=1))
        with pytest.raises(NotFound), db.write():
            operations.revoke_token(made.row.id)
    act_as(make_viewer(account_of(world.accounts["administrator"])))
    with db.write():
        assert operations.create_token(manager, "x", SCOPES, timedelta(days=1)).row.created_by.startswith("account:")
        operations.revoke_token(made.row.id)


def test_what_cannot_be_made(app: Flask, world: World) -> None:
    manager = world.accounts["manager"]
    wrong = [
        ("", SCOPES, timedelta(days=1)),
        ("x" * 81, SCOPES, timedelta(days=1)),
        ("x", [], timedelta(days=1)),
        ("x", ["everything"], timedelta(days=1)),
        ("x", SCOPES, timedelta(0)),
        ("x", SCOPES, timedelta(days=367)),
    ]
    for name, scopes, life in wrong:
        with pytest.raises(ValueError, match="a token"):
            site.token(manager, scopes, life, name)
    with db.write():
        operations.close_account(manager)
    with pytest.raises(Refusal):
        site.token(manager)


@pytest.mark.both
def test_the_database_keeps_what_a_token_was(app: Flask, world: World, engine: str) -> None:
    facts = [column.name for column in ApiToken.__table__.columns if column.name not in MAY_CHANGE]
    statements = [f"UPDATE api_token SET {name} = {name}" for name in facts]
    statements.append("DELETE FROM api_token")
    statements.append(
        "TRUNCATE api_token" if engine == "postgresql" else "REPLACE INTO api_token SELECT * FROM api_token"
    )
    now = "'2026-11-24 08:00:00'"
    once = f"UPDATE api_token SET revoked_at = {now}"
    with db.write():
        assert [statement for statement in statements if not refused(statement, *SAYS)] == []
        assert not refused(once, *SAYS)
        db.session.execute(text(once))
        assert refused(once, *SAYS)
        assert not refused(f"UPDATE api_token SET last_used_at = {now}", *SAYS)


MAY_CHANGE = {"id", "last_used_at", "revoked_at"}
SAYS = ("never", "once")


@pytest.mark.both
def test_the_schema_goes_down_only_while_there_is_no_token(app: Flask, make: Make) -> None:
    schema.downgrade("0006")
    schema.upgrade()
    site.token(make.account("Người Mẫu", capability="manager"))
    with pytest.raises(RuntimeError, match="1 tokens"):
        schema.downgrade("0006")


def test_a_route_cannot_ask_for_a_scope_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="no such scope"):
        policy.requires("manager", scope="coverage:write")
