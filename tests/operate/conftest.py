"""A database with a bit of everything that is hard to carry over, and an empty one to restore into."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import create_app
from lms.accounts.models import SignInTries
from lms.certificates.models import Achievement, Certificate
from lms.db import db, utc_now
from lms.people.models import PersonMerge
from lms.people.scope import unscoped
from lms.storage.files import storage
from tests import databases
from tests.factories import Make
from tests.quizzes.learners import begin, hand_in, new_learner, payload, wrong

KEY = "0123456789-abcdefghijklmnopqrstuvwxyz-backup"
PDF = b"%PDF-1.7 a certificate, as it was issued"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "target_engine" in metafunc.fixturenames:
        metafunc.parametrize("target_engine", ["sqlite", *["postgresql"] * ("LMS_TEST_PG" in os.environ)])


@pytest.fixture
def lived(app: Flask, make: Make) -> Flask:
    """Judged attempts, a certificate with its file, rows that refer to later ones, keys that collations sort apart."""
    make.edition()
    learner = new_learner(make)
    hand_in(learner, payload(begin(learner), wrong))
    with db.write() as session:
        session.add_all(SignInTries(key=key, last_at=utc_now()) for key in ("a b", "a-c", "ab", "B", "Đ", "đ"))
    other, gone = make.person("Lý Thị Bưởi"), make.person('Trần "Tư" \\n\t\n')
    first = make.achievement(other, date(2026, 3, 1), tiet=7.5, kind="class")
    second = make.achievement(other, date(2026, 3, 2), paper_facts={"z": 1, "a": "Đ"})
    make.assignment(other, "HGV", "vl/nguyet-hoa/khom-13", date(2025, 7, 1))
    with db.write() as session:
        session.add(PersonMerge(person_id=gone, into_id=other))
        session.execute(
            update(Achievement).where(Achievement.id == first).values(superseded_by_id=second, superseded_at=utc_now())
        )
    db.session.rollback()
    return app


@pytest.fixture
def certificate(lived: Flask, make: Make) -> Certificate:
    """With a stored file."""
    from tests.certificates.people import certified, learner

    issued = certified(learner(make))
    stored = storage().save("certificates", PDF, ".pdf")
    with db.write() as session:
        card = session.scalars(unscoped(select(Certificate).where(Certificate.id == issued.id), "test")).one()
        card.pdf_key, card.pdf_sha256, card.pdf_size = stored.key, stored.sha256, stored.size
    return card


@pytest.fixture
def target(lived: Flask, target_engine: str, tmp_path: Path) -> Iterator[Flask]:
    """Another installation with an empty database, on either engine."""
    folder = tmp_path / "target"
    folder.mkdir()
    url = databases.new_sqlite(folder) if target_engine == "sqlite" else databases.new_postgres()
    app = create_app(databases.settings_for(url, folder, backup_key=KEY))
    yield app
    with app.app_context():
        db.engine.dispose()
    if target_engine == "postgresql":
        databases.drop_postgres(url)
