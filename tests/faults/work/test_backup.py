"""The backup drill with real processes (safety.md F15): made under load, wiped, restored; spoilt ones are refused with
nothing touched; a restore that is killed leaves the old database as it was, and the next one works.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import inspect, text

from lms.audit import queries as audit
from lms.certificates.tasks import make_missing_files
from lms.db import db
from lms.operate.backup import making, restoring
from lms.operate.backup.layout import digest, tables
from lms.operate.backup.sealing import CHUNK, MAGIC, MARK, SALT, TAG
from tests.faults import recount
from tests.faults.rows import rows
from tests.faults.seeding import seed
from tests.faults.site import Site, wait_for
from tests.faults.work.bulk import BACKUP_KEY
from tests.faults.work.writers import all_right, hand_in, prepared, writing
from tests.long import LONG

pytestmark = [pytest.mark.both, pytest.mark.timeout(1800 if LONG else 240)]
ROUNDS = 5 if LONG else 1
BEFORE = 500 if LONG else 20
KILL_AFTER = [0.0, 0.2, 0.5, 0.9, 1.4] if LONG else [0.0]
HEAD = len(MAGIC) + SALT + MARK
REGIONS: dict[str, Callable[[int], int]] = {
    "magic": lambda size: 3,
    "salt": lambda size: len(MAGIC) + 5,
    "mark of the key": lambda size: HEAD - 2,
    "first byte sealed": lambda size: HEAD,
    "first tag": lambda size: HEAD + CHUNK + 3,
    "second chunk": lambda size: HEAD + CHUNK + TAG + 9,
    "middle": lambda size: size // 2,
    "last tag": lambda size: size - TAG,
    "last byte": lambda size: size - 1,
}


def everything() -> dict[str, object]:
    """Every table counted and hashed, every stored file by its name, and whether the record is whole."""
    db.session.rollback()
    with db.engine.connect() as connection:
        found: dict[str, object] = {one.name: digest(connection, one) for one in tables(connection)}
    found |= {"chain": audit.verify(), "files": stored_files()}
    db.session.rollback()
    db.engine.dispose()
    return found


def stored_files() -> dict[str, str]:
    """name → sha256, read from the disk."""
    root = files_dir()
    return {str(path.relative_to(root)): sha256(path.read_bytes()).hexdigest() for path in root.rglob("*.*")}


def files_dir() -> Path:
    return Path(current_app.extensions["settings"].files_dir)


def wipe(site: Site) -> None:
    """Database and files, as a lost machine leaves them."""
    db.session.rollback()
    db.engine.dispose()
    if site.url.startswith("sqlite"):
        for path in Path(site.url.removeprefix("sqlite:///")).parent.glob("test.sqlite*"):
            path.unlink()
    else:
        with db.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        db.engine.dispose()
    shutil.rmtree(files_dir(), ignore_errors=True)


def backed_up(site: Site, path: Path) -> Path:
    done = site.run("backup", "create", str(path))
    assert done.returncode == 0, done.stderr
    return path


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_what_was_acknowledged_before_the_backup_is_there_after_the_restore(
    quick: Site, tmp_path: Path, turn: int
) -> None:
    with writing(quick.app) as writers:
        wait_for(lambda: len(writers.acknowledged) >= BEFORE, 300, "the first papers")
        before = list(writers.acknowledged)
        made = backed_up(quick, tmp_path / "made.backup")
        after = list(writers.acknowledged)
    wipe(quick)
    restored = quick.run("backup", "restore", str(made))
    assert restored.returncode == 0, restored.stderr
    assert list(recount.acknowledged_is_stored(quick.url, before)) == []
    assert list(recount.scores(quick.url, before)) == []
    assert len(after) > len(before), "no load while it was made"
    kept = [*recount.stored_once(quick.url), *recount.nothing_half_done(quick.url), *recount.sound(quick.url)]
    receipts = {receipt for (receipt,) in rows(quick.url, "SELECT receipt FROM submission")}
    kept += recount.coverage(quick, [sent for sent in writers.acknowledged if sent.receipt in receipts])
    assert kept == [] and audit.verify().faults == ()
    (work,) = prepared(seed(quick.app, 1))
    assert hand_in(*work).state == "accepted"
    assert audit.verify().faults == ()


def test_what_came_after_it_is_not_in_it(quick: Site, backup: Path) -> None:
    """The control of the one above: the comparison does find what a backup does not hold."""
    (late,) = prepared(seed(quick.app, 1))
    hand_in(*late)
    db.session.rollback()
    restoring.restore(backup, BACKUP_KEY, replace=True)
    assert [fault[:5] for fault in recount.acknowledged_is_stored(quick.url, [late[1]])] == ["lost:"]


def beside(site: Site) -> list[str]:
    """What a restore under way has built beside the live database."""
    if site.url.startswith("sqlite"):
        return [path.name for path in tmp_folder(site).glob(".test.sqlite.*") if path.suffix.count("-") == 0]
    with db.engine.connect() as connection:
        found = inspect(connection).get_schema_names()
    db.engine.dispose()
    return [name for name in found if name.startswith("lms_beside_")]


def tmp_folder(site: Site) -> Path:
    return Path(site.url.removeprefix("sqlite:///")).parent


@pytest.fixture
def backup(quick: Site, tmp_path: Path) -> Path:
    """Of a site with a course, a certificate and a few papers, and with noise that makes it more than a chunk long."""
    papers = prepared(seed(quick.app, 9))
    hand_in(papers[0][0], all_right(papers[0][0]))
    assert make_missing_files() == 1
    for work in papers[1:7]:
        hand_in(*work)
    paper, sent = papers[7]
    hand_in(
        paper, dataclasses.replace(sent, body=json.dumps({"ticket": 0, "noise": os.urandom(90_000).hex()}).encode())
    )
    made = tmp_path / "made.backup"
    making.create(made, BACKUP_KEY)
    assert made.stat().st_size > HEAD + CHUNK + TAG + 1024
    assert len(stored_files()) == 1
    hand_in(*papers[8])  # what the backup does not hold: it must still be there after a refusal
    return made


def spoilt(backup: Path) -> Iterator[tuple[str, ...]]:
    """What is wrong, the file, and perhaps an option that names another key."""
    whole, path = backup.read_bytes(), backup.with_name("spoilt.backup")
    other = backup.with_name("other.key")
    other.write_text(BACKUP_KEY[::-1])
    yield "another key", str(backup), "--key-file", str(other)
    path.write_bytes(whole[:-1000])
    yield "cut by a kilobyte", str(path)
    for region, place in REGIONS.items():
        flipped = bytearray(whole)
        flipped[place(len(whole))] ^= 4
        path.write_bytes(flipped)
        yield region, str(path)


def test_a_spoilt_backup_is_refused_and_nothing_is_touched(quick: Site, backup: Path) -> None:
    """Not even a file that was lost since comes back from it."""
    for name in stored_files():
        (files_dir() / name).unlink()
    (files_dir() / "since.pdf").write_bytes(b"made since")
    before = everything()
    command = quick.app.test_cli_runner()
    for region, path, *other_key in spoilt(backup):
        refused = command.invoke(args=["backup", "restore", path, "--replace", *other_key])
        assert (refused.exit_code, beside(quick)) == (1, []), (region, refused.output)
        assert any(word in refused.stderr for word in ("damaged", "does not fit", "not a backup")), refused.stderr
        assert everything() == before, region


@pytest.mark.parametrize("later", KILL_AFTER)
def test_a_restore_killed_midway_leaves_one_whole_database_and_the_next_one_works(
    quick: Site, backup: Path, later: float
) -> None:
    before = everything()
    command = [sys.executable, "-m", "lms.cli", "backup", "restore", str(backup), "--replace"]
    running = subprocess.Popen(command, env=quick.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: bool(beside(quick)), 60, "a database beside")
    time.sleep(later)
    running.kill()
    killed, found = running.wait() == -signal.SIGKILL, everything()
    assert quick.run("backup", "restore", str(backup), "--replace").returncode == 0
    after = everything()
    assert audit.verify().faults == () and after != before
    assert after["files"] == found["files"] == before["files"]
    db.session.rollback()
    # Killed before the step it is the old one, after it the new one, and never something between.
    assert (killed and found == before) or _but_the_record(found) == _but_the_record(after)


def _but_the_record(found: Mapping[str, object]) -> dict[str, object]:
    """Each restore notes in the record that it was made; the record itself was verified with the rest."""
    return {name: value for name, value in found.items() if not name.startswith("audit") and name != "chain"}
