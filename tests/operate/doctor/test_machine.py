"""Clock, disk and what others may read."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from lms.audit.operations import record
from lms.config import Settings
from lms.db import at_time, db, utc_now
from lms.operate.doctor import machine
from tests.operate.doctor.test_database import Usage


@pytest.mark.both
@pytest.mark.parametrize(("seconds", "state"), [(0, "ok"), (20, "warn"), (-7200, "bad")])
def test_a_clock_that_is_not_the_databases(app: Flask, fit: Settings, engine: str, seconds: int, state: str) -> None:
    db.engine.connect().close()
    with time_machine.travel(utc_now() + timedelta(seconds=seconds), tick=True):
        assert machine.clock_agrees(fit)[0].state == ("ok" if engine == "sqlite" else state)


@pytest.mark.both
def test_an_entry_from_the_future(app: Flask, fit: Settings) -> None:
    assert machine.clock_went_on(fit)[0].state == "ok"
    with at_time(utc_now() + timedelta(days=2)), db.write():
        record("retention.planned", "installation:1")
    found = machine.clock_went_on(fit)
    assert (found[0].state, "after now" in found[0].what) == ("bad", True)


@pytest.mark.parametrize("name", ["Asia/Nowhere", "../etc/passwd", ""])
def test_a_time_zone_without_data(app: Flask, fit: Settings, name: str) -> None:
    fit.time_zone = name
    assert machine.zone_is_known(fit)[0].state == "bad"


@pytest.mark.parametrize(("free", "state"), [(10**10, "ok"), (10**9, "warn"), (10**8, "bad")])
def test_a_disk_that_fills(app: Flask, fit: Settings, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**12, 10**12 - free, free))
    assert {one.state for one in machine.disks_have_room(fit)} == {state}


def test_a_folder_that_cannot_be_written(app: Flask, fit: Settings, tmp_path: Path) -> None:
    fit.instance_dir = tmp_path / "nowhere"
    found = machine.disks_have_room(fit)
    assert (found[0].state, found[0].what.startswith("instance folder: cannot be written")) == ("bad", True)


@pytest.mark.attack("S53")
@pytest.mark.parametrize(("mode", "state"), [(0o600, "ok"), (0o400, "ok"), (0o640, "bad"), (0o604, "bad")])
def test_secrets_that_others_can_read(app: Flask, fit: Settings, tmp_path: Path, mode: int, state: str) -> None:
    fit.backup_key_file = tmp_path / "backup.key"
    for path in (fit.backup_key_file, fit.instance_dir / "lms.env"):
        path.touch()
        path.chmod(mode)
    found = machine.secrets_are_kept(fit)
    assert [one.state for one in found] == [state] * 2
    assert state == "ok" or found[1].mend == f"chmod 600 {fit.backup_key_file}"
