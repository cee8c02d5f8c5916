"""The file of a certificate: made once, kept as issued, and never in the way of the others."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.certificates import tasks
from lms.certificates.models import Achievement
from lms.certificates.pdf import PdfLibrariesMissing
from lms.db import db
from lms.people.scope import unscoped
from lms.storage.files import storage
from tests.audit.chains import drop_triggers
from tests.certificates.papers import text_of
from tests.certificates.people import certificates, certified, learner, one, passed, said
from tests.factories import Make

UNPRINTABLE = "สมชาย Mẫu"


def print_something(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(tasks, "render_pdf", lambda paper, made_on: data)


@pytest.mark.both
def test_the_file_is_made_once_and_kept_as_issued(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certified(learner(make))
    key = tasks.make_file(certificate.id)
    issued = storage().read(key)
    row = one(certificate.id)
    assert hashlib.sha256(issued).hexdigest() == row.pdf_sha256
    assert row.pdf_size == len(issued)
    assert "Huỳnh Thị Út" in text_of(issued)

    print_something(monkeypatch, b"%PDF another")
    assert tasks.make_missing_files() == 0
    assert storage().read(tasks.make_file(certificate.id)) == issued
    assert one(certificate.id).pdf_sha256 == row.pdf_sha256


def test_the_quicker_of_two_workers_gives_the_file(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certified(learner(make))

    def slow(paper: object, made_on: object) -> bytes:
        print_something(monkeypatch, b"%PDF quick")
        with app.app_context():
            tasks.make_file(certificate.id)
        return b"%PDF slow"

    monkeypatch.setattr(tasks, "render_pdf", slow)
    assert storage().read(tasks.make_file(certificate.id)) == b"%PDF quick"


def test_papers_that_cannot_be_printed_do_not_stop_the_others(app: Flask, make: Make) -> None:
    first = certified(learner(make, UNPRINTABLE))
    full = certified(learner(make), title="Khóa rất dài " * 200)
    last = certified(learner(make, "Kim Sa Rinh"))
    assert tasks.make_missing_files() == 1
    assert one(last.id).pdf_key is not None
    assert (one(first.id).pdf_fault or "").startswith("letters: ช (U+0E0A)")
    assert one(full.id).pdf_fault == "full"
    assert one(first.id).pdf_key is None


def test_a_fault_is_kept_until_somebody_asks_again(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certified(learner(make, UNPRINTABLE))
    assert tasks.make_missing_files() == 0
    print_something(monkeypatch, b"%PDF with a new font")
    assert tasks.make_missing_files() == 0
    assert tasks.make_missing_files(again=True) == 1
    row = one(certificate.id)
    assert row.pdf_fault is None and row.pdf_key is not None


def test_without_pdf_libraries_everything_goes_on_waiting(
    app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certified(learner(make))

    def missing(paper: object, made_on: object) -> bytes:
        raise PdfLibrariesMissing

    with monkeypatch.context() as without:
        without.setattr(tasks, "render_pdf", missing)
        assert tasks.make_missing_files() == 0
    row = one(certificate.id)
    assert row.pdf_fault is None and row.pdf_key is None
    assert tasks.make_missing_files() == 1


def test_the_worker_finds_both_kinds_of_work(app: Flask) -> None:
    """In this order: what is issued in one sweep is printed in the same sweep."""
    ours = [kind for kind in app.extensions["queue"].kinds if kind in (tasks.WAITING, tasks.KIND)]
    assert ours == [tasks.WAITING, tasks.KIND]


@pytest.mark.both
def test_what_nobody_foresaw_stops_the_others_neither(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full for one file, facts of one course that cannot be read: told in the log, left for later."""
    broken, good = certified(learner(make)), certified(learner(make, "Kim Sa Rinh"))
    real = tasks.render_pdf

    def fails_once(paper: Any, made_on: Any) -> bytes:
        if paper.holder_name != "Kim Sa Rinh":
            raise OSError("no space left on device")
        return real(paper, made_on=made_on)

    monkeypatch.setattr(tasks, "render_pdf", fails_once)
    assert tasks.make_missing_files() == 1
    assert (one(broken.id).pdf_key, one(good.id).pdf_key is not None) == (None, True)

    poisoned, waits = learner(make, "Trần Thị Một"), learner(make, "Trần Thị Hai")
    for person in (poisoned, waits):
        said(person, "right")
        passed(person)
    with db.write() as session:
        drop_triggers(session.connection(), "achievement")
        achievement = db.session.scalars(
            unscoped(select(Achievement).where(Achievement.person_id == poisoned), "test")
        ).one()
        achievement.paper_facts = {"code": "k1"}
    assert tasks.issue_waiting() == 1
    assert certificates()[-1].person_id == waits
