"""What goes on beside the web."""

from __future__ import annotations

import os
import socket
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.config import Settings
from lms.jobs import queue
from lms.jobs.queue import alive_path
from lms.operate.doctor import work
from lms.storage.files import StorageUnavailable, storage_of

HOUR = 3600


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_a_worker_that_looks_no_more(app: Flask, fit: Settings) -> None:
    age(alive_path(fit), 20 * 60)
    found = work.worker_lives(fit)
    assert (found[0].state, "0:20:00 ago" in found[0].what) == ("bad", True)
    alive_path(fit).unlink()
    assert work.worker_lives(fit)[0].state == "warn"


def test_every_sweep_says_that_the_worker_lives(app: Flask, fit: Settings) -> None:
    age(alive_path(fit), 20 * 60)
    app.extensions["queue"].sweep()
    assert work.worker_lives(fit)[0].state == "ok"


@pytest.mark.parametrize(("of_worker", "state"), [(True, "ok"), (False, "bad")])
def test_long_work_shows_between_two_rows_that_the_worker_lives(
    app: Flask, fit: Settings, monkeypatch: pytest.MonkeyPatch, of_worker: bool, state: str
) -> None:
    """A sweep that prints ten thousand papers takes longer than doctor waits. A command that prints is no worker."""
    found = app.extensions["queue"]
    monkeypatch.setattr(found, "sweep", lambda: None)  # it is at work on the rows
    with found.sweeping() if of_worker else nullcontext():
        age(alive_path(fit), 20 * 60)
        assert not queue.ending()
        assert work.worker_lives(fit)[0].state == state


def test_a_disk_that_is_full_stops_no_sweep(app: Flask, fit: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    done = []
    app.extensions["queue"].kinds = {"some": lambda: len(done.append(1) or done)}
    monkeypatch.setattr(Path, "touch", full)
    app.extensions["queue"].sweep()
    assert done == [1]


@pytest.mark.parametrize(("hours", "state"), [(1, "ok"), (30, "warn"), (24 * 4, "bad")])
def test_backups_that_are_not_made_any_more(app: Flask, fit: Settings, hours: int, state: str) -> None:
    assert fit.backup_dir is not None
    (fit.backup_dir / ".lms-2.backup").touch()
    (fit.backup_dir / "notes.txt").touch()
    age(fit.backup_dir / "lms-1.backup", hours * HOUR)
    assert work.backups_are_made(fit)[0].state == state


def test_no_backup_and_no_folder_for_one(app: Flask, fit: Settings, tmp_path: Path) -> None:
    assert fit.backup_dir is not None
    (fit.backup_dir / "lms-1.backup").unlink()
    assert "no backup yet" in work.backups_are_made(fit)[0].what
    fit.backup_dir = tmp_path / "nowhere"
    assert work.backups_are_made(fit)[0].state == "bad"
    fit.backup_dir = None
    assert work.backups_are_made(fit)[0].state == "warn"


@pytest.mark.parametrize(("hours", "state"), [(1, "ok"), (35, "ok"), (37, "bad")])
def test_checkpoints_that_are_no_longer_made(app: Flask, fit: Settings, hours: int, state: str) -> None:
    for made in (fit.instance_dir / "checkpoints").iterdir():
        os.utime(made, (time.time() - 3600 * hours,) * 2)
    assert work.checkpoints_are_made(fit)[0].state == state
    assert fit.backup_dir is not None
    beside = fit.backup_dir / "checkpoints" / "2026-11-30T234500.json"
    beside.parent.mkdir()
    beside.touch()
    assert work.checkpoints_are_made(fit)[0].state == "ok", "those of the timer count as well"


def test_no_checkpoint_yet(app: Flask, fit: Settings) -> None:
    for made in (fit.instance_dir / "checkpoints").iterdir():
        made.unlink()
    assert work.checkpoints_are_made(fit)[0].state == "warn"


def test_a_bucket_that_is_away(app: Flask, fit: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert work.bucket_answers(fit) == []
    fit.storage_url = "s3://files/site"
    app.extensions["storage"] = storage_of(fit.model_copy(update={"storage_url": ""}))
    assert work.bucket_answers(fit)[0].state == "ok"

    def away(key: str) -> bytes:
        raise StorageUnavailable("the bucket does not answer")

    monkeypatch.setattr(app.extensions["storage"], "read", away)
    assert work.bucket_answers(fit)[0].state == "bad"


def test_a_redis_that_is_away(app: Flask, fit: Settings) -> None:
    assert work.redis_answers(fit) == []
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        fit.queue_url = f"redis://:geheim@127.0.0.1:{taken.getsockname()[1]}/0"
        found = work.redis_answers(fit)
    assert (found[0].state, "LMS_QUEUE_URL" in found[0].what, "geheim" in str(found)) == ("warn", True, False)
