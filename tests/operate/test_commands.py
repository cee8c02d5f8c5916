"""`lms backup …`: what a script reads, exit codes, and no secret in what is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from lms.operate.backup import restoring
from lms.operate.backup.commands import backup_cli
from tests import databases
from tests.operate.conftest import KEY


@pytest.fixture
def keyed(lived: Flask) -> Flask:
    lived.extensions["settings"] = lived.extensions["settings"].model_copy(update={"backup_key": KEY})
    return lived


def run(app: Flask, *words: object) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(backup_cli, [str(word) for word in words])


def test_made_drilled_and_moved_to_another_installation(keyed: Flask, target: Flask, tmp_path: Path) -> None:
    made = tmp_path / "made.backup"
    told = json.loads(run(keyed, "create", made, "--json").stdout)
    assert told["rows"]["attempt"] == 1
    drilled = run(keyed, "drill", made)
    assert (drilled.exit_code, "DIFFERS" in drilled.stdout, "ok       coverage:" in drilled.stdout) == (0, False, True)
    restored = run(target, "restore", made, "--json")
    assert restored.exit_code == 0, restored.stderr
    assert json.loads(restored.stdout) == {name: told[name] for name in told if name != "written"} | {"kept": None}


def test_a_difference_exits_with_1_and_says_it(keyed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoring, "load", lambda *_given: None)
    done = run(keyed, "drill", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["holds"] is False
    assert "DIFFERS  attempt: backup 1 rows" in run(keyed, "drill").stdout


@pytest.mark.parametrize("key", ["", "short", "a" * 40, databases.SECRET])
def test_a_weak_key_or_that_of_the_site_is_refused(lived: Flask, tmp_path: Path, key: str) -> None:
    (tmp_path / "key").write_text(key)
    done = run(lived, "create", tmp_path / "made.backup", "--key-file", tmp_path / "key")
    assert (done.exit_code, done.stdout, (tmp_path / "made.backup").exists()) == (1, "", False)
    assert "lms secret" in done.stderr


def test_a_key_file_counts_before_the_environment(keyed: Flask, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY[::-1] + "\n")
    assert run(keyed, "create", tmp_path / "made.backup", "--key-file", tmp_path / "key").exit_code == 0
    refused = run(keyed, "drill", tmp_path / "made.backup")
    assert (refused.exit_code, "key does not fit" in refused.stderr) == (1, True)


def test_what_goes_wrong_is_one_line_without_secrets(keyed: Flask, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a backup")
    for done in (
        run(keyed, "restore", tmp_path / "text"),
        run(keyed, "create", tmp_path / "nowhere" / "made.backup"),
        run(keyed, "create", tmp_path / "text"),
    ):
        assert done.exit_code == 1
        assert done.stderr.startswith("lms: ")
        assert done.stderr.count("\n") == 1
        assert KEY not in done.output
        assert databases.SECRET not in done.output
