"""The chained record under eight processes (safety.md F21); eight threads are in tests/audit/test_chain.py."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import create_app
from lms.audit import operations, queries
from lms.audit.models import AuditEntry, AuditHead
from lms.db import db
from tests import databases
from tests.long import LONG

pytestmark = [pytest.mark.both, pytest.mark.timeout(900 if LONG else 120)]
WRITERS, ACTIONS, ROUNDS = 8, 50, 10 if LONG else 1


def act(url: str, folder: Path, writer: int) -> None:
    """A process of its own with a pool of its own."""
    app = create_app(databases.settings_for(url, folder))
    with app.app_context():
        for turn in range(ACTIONS):
            with db.write():
                operations.record("test.done", f"test:{writer}", turn=turn)


def act_all(url: str, folder: Path) -> list[int | None]:
    """The exit codes of the writers."""
    db.session.rollback()
    db.engine.dispose()  # a forked child must not find our connections
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=act, args=(url, folder, number)) for number in range(WRITERS)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    return [one.exitcode for one in writers]


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_eight_processes_make_one_chain(app: Flask, database_url: str, tmp_path: Path, turn: int) -> None:
    assert act_all(database_url, tmp_path) == [0] * WRITERS
    assert queries.verify() == queries.ChainCheck(WRITERS * ACTIONS, ())
    each = select(AuditEntry.subject, func.count()).group_by(AuditEntry.subject)
    assert {count for _subject, count in db.session.execute(each)} == {ACTIONS}
    follows = select(func.count(AuditEntry.prev_hash.distinct()), func.max(AuditEntry.seq))
    assert tuple(db.session.execute(follows).one()) == (WRITERS * ACTIONS, WRITERS * ACTIONS)


def test_without_the_lock_on_its_end_the_writers_collide(
    app: Flask, database_url: str, tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control. SQLite has one writer at a time whatever the statement says: there is no lock to take away."""
    if engine == "sqlite":
        return
    monkeypatch.setattr(operations, "_LOCKED_HEAD", select(AuditHead.seq, AuditHead.hash))
    assert any(act_all(database_url, tmp_path))
    assert queries.verify().entries < WRITERS * ACTIONS
