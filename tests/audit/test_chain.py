"""Many writers and one chain; a chain of many entries read in little memory."""

from __future__ import annotations

import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text

from lms.audit import operations as audit
from lms.audit import queries
from lms.audit.models import AuditEntry, AuditHead
from lms.audit.rules import GENESIS, canonical, entry_hash, sha256
from lms.db import db, utc_now

WRITERS, ACTIONS = 8, 50


@pytest.mark.both
def test_eight_writers_never_fork_the_chain(app: Flask) -> None:
    """And who verifies meanwhile sees a whole chain at every moment: no false alarm."""
    gate, over = threading.Barrier(WRITERS + 1), threading.Event()

    def write(writer: int) -> None:
        with app.app_context():
            gate.wait()
            for turn in range(ACTIONS):
                with db.write():
                    audit.record("test.done", f"test:{writer}", turn=turn)

    def watch() -> list[str]:
        faults: list[str] = []
        with app.app_context():
            gate.wait()
            while not over.is_set():
                faults += queries.verify().faults
                db.session.rollback()
        return faults

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        watching = pool.submit(watch)
        writing = [pool.submit(write, number) for number in range(WRITERS)]
        wait(writing)
        over.set()
        assert [done.result() for done in writing] == [None] * WRITERS
        assert watching.result() == []
    assert queries.verify() == queries.ChainCheck(WRITERS * ACTIONS, ())
    each = select(AuditEntry.subject, func.count()).group_by(AuditEntry.subject)
    assert {count for _subject, count in db.session.execute(each)} == {ACTIONS}


@pytest.mark.both
def test_the_first_entry_made_while_the_chain_is_read_is_no_fault(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    head = queries.head

    def write() -> None:
        with app.app_context(), db.write():
            audit.record("test.done", "test:1")

    def head_after_a_write() -> tuple[int, str] | None:
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        return head()

    monkeypatch.setattr(queries, "head", head_after_a_write)
    assert queries.verify().faults == ()


@pytest.mark.both
def test_details_with_numbers_for_keys_verify(app: Flask) -> None:
    """Stored as JSON their keys are text: "10" comes before "9", while 9 came before 10."""
    with db.write():
        audit.record("test.counted", "test:1", rows={9: "a", 10: "b"})
    assert queries.verify().faults == ()


@pytest.mark.both
def test_entries_without_details_are_counted(app: Flask) -> None:
    with db.write():
        audit.record("test.done", "test:1")
        audit.record("test.done", "test:2")
    with db.write() as session:
        session.execute(text("DELETE FROM audit_detail WHERE seq = 1"))
    assert queries.verify() == queries.ChainCheck(2, (), without_details=1)


def test_the_bytes_of_old_chains_are_the_bytes_of_today() -> None:
    """Reckoned by the first release: whoever makes `canonical` quicker must not break what was written."""
    at = datetime(2026, 11, 24, 8, tzinfo=UTC)
    named = {"đ": 'Huỳnh "Út"\n', "10": date(2026, 11, 24), "9": Decimal("8.50")}
    details = {"b": [1, 2.5, None, True], "a": named, "at": at}
    covered = {"seq": 1, "at": at.isoformat(), "actor": "lms", "action": "test.done", "subject": "test:1"}
    covered |= {"fields": ["a", "b"], "details_sha256": sha256(canonical(details))}
    assert covered["details_sha256"] == "acc1f26d7d4204a9f482f7fa0cea2b105b254dd55bb20bc705ab74884f3ddb99"
    assert entry_hash(GENESIS, covered) == "ec314a830de3f36b3cdf8b89367826acdecbe2b7ae62218fae70af1e214de54b"


def long_chain(entries: int) -> None:
    now, last, rows = utc_now(), GENESIS, []
    for seq in range(1, entries + 1):
        covered = {
            "seq": seq,
            "at": now.isoformat(),
            "actor": "lms",
            "action": "test.done",
            "subject": f"test:{seq}",
            "fields": [],
            "details_sha256": sha256(canonical({})),
        }
        prev, last = last, entry_hash(last, covered)
        rows.append({**covered, "at": now, "prev_hash": prev, "hash": last})
    with db.write() as session:
        session.execute(insert(AuditEntry), rows)
        session.get_one(AuditHead, 1).seq = entries
        session.get_one(AuditHead, 1).hash = last


@pytest.mark.both
def test_a_long_chain_is_read_in_little_memory(app: Flask) -> None:
    long_chain(6_000)
    tracemalloc.start()
    assert queries.verify().entries == 6_000
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000  # one batch takes 2 MB, the chain at once 9
