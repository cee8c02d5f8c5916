"""`lms doctor`: what a person and a script read, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from lms import create_app
from lms.config import Settings
from lms.operate.doctor import examining, machine
from lms.operate.doctor.commands import doctor
from tests import databases


@pytest.mark.both
def test_a_fit_installation(app: Flask, fit: Settings) -> None:
    done = app.test_cli_runner().invoke(doctor)
    assert (done.exit_code, [line for line in done.stdout.splitlines() if not line.startswith("ok ")]) == (0, [])
    assert "Vietnamese and Khmer" in done.stdout


def test_one_bad_finding_exits_with_1_and_says_how_to_mend_it(app: Flask, fit: Settings) -> None:
    fit.time_zone = "Asia/Nowhere"
    done = app.test_cli_runner().invoke(doctor, ["--json"])
    told = json.loads(done.stdout)
    assert (done.exit_code, told["fit"]) == (1, False)
    assert [one["what"] for one in told["findings"] if one["state"] == "bad"] == [
        "no data for the time zone Asia/Nowhere"
    ]
    assert all(one["mend"] for one in told["findings"] if one["state"] != "ok")
    assert "     → see LMS_TIME_ZONE" in app.test_cli_runner().invoke(doctor).stdout


def test_a_warning_is_no_failure(app: Flask, fit: Settings) -> None:
    fit.backup_dir = None
    done = app.test_cli_runner().invoke(doctor)
    assert (done.exit_code, done.stdout.count("warn ")) == (0, 1)


def test_no_secret_is_said(app: Flask, fit: Settings) -> None:
    fit.backup_key = fit.secret_key
    said = app.test_cli_runner().invoke(doctor).stdout
    assert "is also the key of backups" in said and fit.secret_key not in said


def test_a_database_that_is_away_is_the_one_thing_said_of_it(tmp_path: Path) -> None:
    app = create_app(databases.settings_for(f"sqlite:///{tmp_path}/nowhere/lms.sqlite", tmp_path))
    with app.app_context():
        found = examining.examine()
    about = [one.what for one in found if "database" in one.what]
    assert about == ["the database does not answer (OperationalError)"]
    assert any("certificate prints" in one.what for one in found)


def test_a_check_that_raises_is_a_finding_and_keeps_no_other_from_its_turn(
    app: Flask, fit: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(settings: Settings) -> None:
        raise ZeroDivisionError("of 'somebody'")

    monkeypatch.setattr(examining, "OTHERS", (broken, machine.zone_is_known))
    found = examining.examine()
    assert [one.state for one in found[-2:]] == ["bad", "ok"]
    assert "ZeroDivisionError" in found[-2].what and "somebody" not in found[-2].what
