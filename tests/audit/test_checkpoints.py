"""A signed checkpoint outside the database: made, kept, held against the chain, refused when it is not ours."""

from __future__ import annotations

import json
import random
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from lms.audit import checkpoints, queries, tasks
from lms.audit.checkpoints import BadCheckpoint, Checkpoint
from lms.audit.commands import cli
from lms.db import at_time, db
from lms.jobs.queue import queue
from tests.audit.chains import drop_triggers, grow, rebuild
from tests.factories import Make

SECRET = "one-secret-1234567890-abcdefghijklmnop"
POINT = Checkpoint(7, "a" * 64, "2026-11-24T01:00:00+00:00", {"certificate": 3})
MORNING = datetime(2026, 11, 24, 1, tzinfo=UTC)


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(cli, [*arguments])


def tamper(app: Flask, *statements: str) -> None:
    """Behind the triggers' back, with every hash and the head made to fit again."""
    with db.write() as session:
        drop_triggers(session.connection())
        for statement in statements:
            session.execute(text(statement))
        rebuild(session.connection())
    assert run(app, "verify").exit_code == 0


def test_what_was_signed_comes_back() -> None:
    assert checkpoints.read(checkpoints.sign(POINT, SECRET), SECRET) == POINT


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("seq", 6),
        ("hash", "b" * 64),
        ("at", "2026-11-25T01:00:00+00:00"),
        ("counts", {"certificate": 2}),
        ("signature", "0" * 64),
        ("signature", None),
        ("signature", "\ud800"),
        ("key", "0" * 16),
        ("at", "\ud800"),
        ("format", "lms-audit-checkpoint/2"),
    ],
)
def test_a_forged_field_is_refused(field: str, other: object) -> None:
    body = json.loads(checkpoints.sign(POINT, SECRET))
    forged = json.dumps({**body, field: other}).encode()
    with pytest.raises(BadCheckpoint):
        checkpoints.read(forged, SECRET)


def test_a_damaged_file_is_refused_or_still_says_the_same() -> None:
    data, rng, refused = checkpoints.sign(POINT, SECRET), random.Random(4), 0
    damaged = [data[:cut] for cut in range(len(data) - 2)]
    for _ in range(300):
        flipped = bytearray(data)
        flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        damaged.append(bytes(flipped))
    for one in damaged:
        try:
            assert checkpoints.read(one, SECRET) == POINT  # a blank became another blank
        except BadCheckpoint:
            refused += 1
    assert refused >= len(damaged) - 30


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"{}", b"\xff\xfe", b"[" * 5000, b"{" + b" " * 20_000])
def test_what_is_no_checkpoint_is_refused(data: bytes) -> None:
    with pytest.raises(BadCheckpoint):
        checkpoints.read(data, SECRET)


def test_another_secret_is_told_from_a_forged_file() -> None:
    with pytest.raises(BadCheckpoint, match="another LMS_SECRET_KEY"):
        checkpoints.read(checkpoints.sign(POINT, SECRET), SECRET[::-1])


def test_nobody_reads_the_secret_from_the_file() -> None:
    assert SECRET.encode() not in checkpoints.sign(POINT, SECRET)


@pytest.mark.both
def test_a_chain_that_grew_is_fine_and_one_that_was_cut_or_rebuilt_is_found(app: Flask, tmp_path: Path) -> None:
    grow(20)
    file = tmp_path / "kept.json"
    assert run(app, "checkpoint", str(file)).exit_code == 0
    grow(5)
    assert run(app, "verify", "--against", str(file)).exit_code == 0
    db.session.rollback()

    with pytest.raises(AssertionError, match="cut or rebuilt"), db.write():
        session = db.session
        drop_triggers(session.connection())
        session.execute(text("DELETE FROM audit_detail WHERE seq > 19"))
        session.execute(text("DELETE FROM audit_entry WHERE seq > 19"))
        rebuild(session.connection())
        assert queries.verify([tasks.read(file)]).faults == ()  # and the transaction is taken back

    tamper(app, "UPDATE audit_entry SET actor = 'account:7' WHERE seq = 3")
    found = run(app, "verify", "--against", str(file), "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["faults"][0].startswith("entry 20 of the checkpoint of")


@pytest.mark.both
def test_a_cut_tail_is_found_by_the_newest_checkpoint_of_this_machine(app: Flask, tmp_path: Path) -> None:
    """Without anybody naming one; of those beside the backups, too."""
    grow(20)
    backups = tmp_path / "backups"
    (backups / "checkpoints").mkdir(parents=True)
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"backup_dir": backups})
    assert "against no checkpoint" in run(app, "verify").stdout
    for place in ([], [str(backups / "checkpoints")]):
        grow(1)
        assert run(app, "checkpoint", *place).exit_code == 0
    newest = tasks.newest()
    assert newest is not None and newest.parent.parent == backups
    assert str(newest) in run(app, "verify").stdout
    db.session.rollback()
    with db.write() as session:
        drop_triggers(session.connection())
        session.execute(text("DELETE FROM audit_detail WHERE seq > 21"))
        session.execute(text("DELETE FROM audit_entry WHERE seq > 21"))
        rebuild(session.connection())
    found = run(app, "verify", "--json")
    told = json.loads(found.stdout)
    assert (found.exit_code, told["against"]) == (1, [str(newest)])
    assert "cut or rebuilt" in told["faults"][0] or "checkpoint" in told["faults"][0]
    assert run(app, "verify", "--alone").exit_code == 0, "after a restore, whose end is cut off"
    assert run(app, "verify", "--alone", "--against", str(newest)).exit_code == 2


def test_a_newest_checkpoint_that_was_forged_is_refused(app: Flask) -> None:
    grow(2)
    assert run(app, "checkpoint").exit_code == 0
    newest = tasks.newest()
    assert newest is not None
    newest.write_text(newest.read_text().replace('"seq": 2', '"seq": 1'))
    found = run(app, "verify")
    assert (found.exit_code, "changed or forged" in found.stderr) == (1, True)


def test_removed_records_are_found_by_their_number(app: Flask, make: Make, tmp_path: Path) -> None:
    make.edition()
    point = checkpoints.read(tasks.make(), app.extensions["settings"].secret_key)
    assert queries.verify([point]).faults == ()
    with db.write() as session:
        session.execute(text("DROP TRIGGER keep_question_version_rows"))
        session.execute(text("DROP TRIGGER keep_edition_item_delete"))
        session.execute(text("DELETE FROM edition_item"))
        session.execute(text("DELETE FROM question_version WHERE id = (SELECT max(id) FROM question_version)"))
    before = point.counts["question_version"]
    faults = queries.verify([point]).faults
    assert faults == (f"question_version has {before - 1} rows, the checkpoint of {point.at} counted {before}",)


def test_a_forged_or_damaged_checkpoint_is_refused_with_a_sentence(app: Flask, tmp_path: Path) -> None:
    grow(3)
    file = tmp_path / "kept.json"
    run(app, "checkpoint", str(file))
    file.write_bytes(file.read_bytes().replace(b'"seq": 3', b'"seq": 2'))
    refused = run(app, "verify", "--against", str(file))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == f"lms: {file} is refused: its signature does not fit: it was changed or forged.\n"
    assert run(app, "verify", "--against", str(tmp_path / "none.json")).exit_code == 2


def test_a_folder_of_checkpoints_is_held_against_the_chain_whole(app: Flask, tmp_path: Path) -> None:
    for _ in range(3):
        grow(2)
        with at_time(MORNING + timedelta(minutes=queries.head()[0])):
            assert run(app, "checkpoint", str(tmp_path)).exit_code == 0
    assert len(list(tmp_path.glob("*.json"))) == 3
    assert run(app, "verify", "--against", str(tmp_path)).exit_code == 0
    tamper(app, "UPDATE audit_entry SET actor = 'account:7' WHERE seq = 3")
    assert len(run(app, "verify", "--against", str(tmp_path)).stdout.splitlines()) == 2
    assert "of the checkpoint" in run(app, "verify", "--against", str(tmp_path)).stdout


def test_a_folder_without_checkpoints_says_so(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused = run(app, "verify", "--against", str(tmp_path / "empty"))
    assert refused.exit_code == 1 and "holds no checkpoint" in refused.stderr


def test_a_checkpoint_is_never_overwritten_and_nobody_else_reads_it(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    run(app, "checkpoint", str(file))
    first = file.read_bytes()
    grow(1)
    again = run(app, "checkpoint", str(file))
    assert again.exit_code == 1 and "never overwritten" in again.stderr
    assert file.read_bytes() == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.glob("tmp*")) == []


def test_without_a_place_it_goes_to_the_instance_folder_and_a_dash_is_stdout(app: Flask) -> None:
    grow(1)
    assert run(app, "checkpoint").exit_code == 0
    (kept,) = tasks.folder().iterdir()
    assert tasks.read(kept).seq == 1
    shown = run(app, "checkpoint", "-")
    assert checkpoints.read(shown.stdout_bytes, app.extensions["settings"].secret_key).seq == 1


def test_a_place_that_cannot_be_written_is_a_sentence(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = run(app, "checkpoint", str(tmp_path / "file" / "kept.json"))
    assert refused.exit_code == 1 and "cannot be written" in refused.stderr


def test_the_sweep_keeps_one_a_day_by_the_date_on_the_wall(app: Flask) -> None:
    grow(1)
    sweep = queue().kinds[tasks.KIND]
    with at_time(MORNING):
        assert (sweep(), sweep()) == (1, 0)
    first = (tasks.folder() / "2026-11-24.json").read_bytes()
    grow(1)
    with at_time(MORNING + timedelta(hours=16)):  # 00:00 in Vietnam
        assert (sweep(), sweep()) == (1, 0)
    assert sorted(path.name for path in tasks.folder().iterdir()) == ["2026-11-24.json", "2026-11-25.json"]
    assert (tasks.folder() / "2026-11-24.json").read_bytes() == first
    assert tasks.read(tasks.folder() / "2026-11-25.json").seq == 2
