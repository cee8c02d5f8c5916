"""Certificates in bulk while the worker is killed, and while two work on the same rows (safety.md F17, F18)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from structlog.testing import capture_logs

from lms.certificates import tasks
from lms.db import db
from lms.storage.files import storage
from tests.audit.chains import drop_triggers
from tests.certificates.people import certificates, certified, learner
from tests.factories import Make
from tests.faults.site import Site, wait_for
from tests.faults.work.bulk import faults_now, faults_of_book, progress, waiting
from tests.faults.work.processes import worker
from tests.long import LONG

pytestmark = [pytest.mark.both, pytest.mark.timeout(3000 if LONG else 240)]
BESIDE = 200 if LONG else 20


def bulk(engine: str) -> tuple[int, int]:
    """(certificates, kills): a paper takes a third of a second, so `make test` has the full number on one engine."""
    return (1000, 50) if LONG else (60, 3) if engine == "sqlite" else (12, 1)


def test_a_worker_killed_again_and_again_makes_each_certificate_once(quick: Site, engine: str) -> None:
    """The kills are spread over all of the work: the first while numbers are given, the last while files are made.
    What is left is done by two workers on the same rows."""
    number, kills = bulk(engine)
    waiting(number)
    for kill in range(1, kills + 1):
        enough = 2 * number * kill // (kills + 1)
        with worker(quick):
            wait_for(lambda enough=enough: sum(progress()) >= enough, 200, f"work of run {kill}")  # type: ignore[misc]
    assert progress()[1] < number
    with worker(quick), worker(quick):
        wait_for(lambda: progress()[1] == number, 2000 if LONG else 200, "all the files")
    assert faults_of_book(number, quick.app.extensions["settings"].files_dir) == []
    told = (quick.folder / "worker.log").read_text()
    orphans = told.count(", in spawn_main\n")  # printers whose worker was killed before it had said what to print
    assert told.count("Traceback") == orphans, told[-3000:]
    assert '"level": "error"' not in told, told[-3000:]


@pytest.mark.parametrize("number", [10, 60], ids=["one after the other", "on every core"])
def test_a_worker_that_is_told_to_end_ends_after_the_paper_in_hand(quick: Site, number: int) -> None:
    """Whoever stops the service does not wait for all of the book; the next worker goes on."""
    waiting(number)
    with worker(quick) as running:
        wait_for(lambda: progress()[1] > 0, 60, "the first file")
        running.terminate()
        assert running.wait(timeout=8) == 0
    assert 0 < progress()[1] < number
    assert '"level": "error"' not in (quick.folder / "worker.log").read_text()
    with worker(quick):
        wait_for(lambda: progress()[1] == number, 100, "all the files")
    assert faults_of_book(number, quick.app.extensions["settings"].files_dir) == []


def printing(monkeypatch: pytest.MonkeyPatch, hold: Callable[[str], None]) -> None:
    """Papers that say which thread made them, after `hold(its name)`."""

    def render(paper: Any, made_on: Any) -> bytes:
        name = threading.current_thread().name
        hold(name)
        return f"%PDF {paper.serial} {name}".encode()

    monkeypatch.setattr(tasks, "render_pdf", render)


def beside(app: Flask, name: str, act: Callable[[], Any]) -> Future[Any]:
    """`act` in a thread and an application context of its own."""
    done: Future[Any] = Future()

    def run() -> None:
        with app.app_context():
            try:
                done.set_result(act())
            except BaseException as error:
                done.set_exception(error)

    db.session.rollback()
    threading.Thread(target=run, name=name, daemon=True).start()
    return done


def test_whoever_overstays_changes_nothing(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow one began first and comes back when the quick one has long been done: the first file stays."""
    person = learner(make)
    for _ in range(BESIDE):
        card = certified(person)
        begun, over = threading.Event(), threading.Event()

        def hold(name: str, begun: threading.Event = begun, over: threading.Event = over) -> None:
            if name == "slow":
                begun.set()
                assert over.wait(30)

        printing(monkeypatch, hold)
        slow = beside(app, "slow", lambda card_id=card.id: tasks.make_file(card_id))  # type: ignore[misc]
        assert begun.wait(30)
        assert beside(app, "quick", tasks.make_missing_files).result(30) == 1
        over.set()
        key = slow.result(30)
        assert storage().read(key).endswith(b"quick")
        assert [(one.pdf_key, one.pdf_size) for one in certificates()][-1] == (key, len(storage().read(key)))


def test_who_comes_at_the_same_moment_finds_the_first_ones_file(
    app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have made the paper and store it at once: one row, one file, and no error told to the operator."""
    person = learner(make)
    for _ in range(BESIDE):
        card = certified(person)
        gate = threading.Barrier(2)
        printing(monkeypatch, lambda _name, gate=gate: None if gate.wait(30) >= 0 else None)  # type: ignore[misc]
        with capture_logs() as said:
            both = [beside(app, name, lambda card_id=card.id: tasks.make_file(card_id)) for name in ("one", "other")]  # type: ignore[misc]
            keys = {one.result(30) for one in both}
        assert len(keys) == 1 and [one.pdf_key for one in certificates()][-1] in keys
        assert [line for line in said if line["log_level"] == "error"] == []


def test_both_issue_what_waits_and_each_is_issued_once(app: Flask, make: Make) -> None:
    waiting(BESIDE)
    gate = threading.Barrier(2)

    def issue() -> int:
        gate.wait(30)
        return tasks.issue_waiting()

    both = [beside(app, name, issue) for name in ("one", "other")]
    assert sum(one.result(60) for one in both) == BESIDE
    found = certificates()
    assert sorted(one.serial_no for one in found) == list(range(1, BESIDE + 1))
    assert len({one.achievement_id for one in found}) == BESIDE


SPOILT = {
    "certificates of": "DELETE FROM certificate WHERE serial_no = 2",
    "the book of": "UPDATE certificate SET serial_no = 9 WHERE serial_no = 2",
    "dated before its completion": "UPDATE certificate SET issued_on = '2020-01-01' WHERE serial_no = 2",
    "not the one of its row": "UPDATE certificate SET pdf_sha256 = 'x' WHERE serial_no = 2",
    "of another certificate": "UPDATE certificate SET code = 'AAAA222233334444' WHERE serial_no = 2",
    "2 certificates have the file": (
        "UPDATE certificate SET pdf_key = (SELECT pdf_key FROM certificate WHERE serial_no = 1) WHERE serial_no = 2"
    ),
    "the record and the book": "UPDATE certificate SET id = 99 WHERE serial_no = 2",
}


def test_the_count_finds_what_is_planted(app: Flask) -> None:
    """The control of all of the above: each of its checks can fail."""
    waiting(2)
    tasks.issue_waiting()
    assert tasks.make_missing_files() == 2
    files = app.extensions["settings"].files_dir
    assert faults_of_book(2, files) == []
    for what, change in SPOILT.items():
        with pytest.raises(ZeroDivisionError), db.write() as session:
            drop_triggers(session.connection(), "certificate")
            session.execute(text(change))
            found = faults_now(2, files)
            raise ZeroDivisionError
        assert any(what in fault for fault in found), (what, found)
    storage().save("certificates", b"%PDF stray", ".pdf")
    assert faults_of_book(2, files) == ["1 files that no row knows"]
