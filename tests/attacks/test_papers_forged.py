"""Papers that were never issued: another QR, another name, another file, a number used again."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.certificates import tasks, verifying
from lms.certificates.codes import new_code
from lms.certificates.models import Certificate
from lms.certificates.paper import paper_from_json
from lms.certificates.pdf import render_pdf
from lms.certificates.verifying import verify_file
from lms.db import db
from lms.storage.files import storage
from tests.certificates.people import NAME, Visitor, certified, learner, passed
from tests.factories import Make

both = pytest.mark.both
FORGED = "Trần Văn Giả"


@pytest.fixture
def mine(app: Flask, make: Make) -> Certificate:
    return certified(learner(make))


@pytest.fixture
def hers(app: Flask, make: Make) -> Certificate:
    return certified(learner(make, "Kim Sa Rinh"))


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    app.config["WTF_CSRF_ENABLED"] = False
    return Visitor(app)


def file_of(certificate: Certificate) -> bytes:
    return storage().read(tasks.make_file(certificate.id))


def renamed(mine: Certificate, hers: Certificate) -> bytes:
    """My paper with my QR, another holder."""
    forged = paper_from_json({**mine.paper, "holder_name": FORGED})
    return render_pdf(forged, made_on=datetime.now(UTC))


def with_her_code(mine: Certificate, hers: Certificate) -> bytes:
    """My name on a paper whose QR and link lead to her certificate."""
    forged = paper_from_json({**mine.paper, "code": hers.code, "check_url": hers.paper["check_url"]})
    return render_pdf(forged, made_on=datetime.now(UTC))


def link_exchanged(mine: Certificate, hers: Certificate) -> bytes:
    """Her own issued file, its link bent to my code."""
    with pikepdf.open(io.BytesIO(file_of(hers))) as document:
        for note in document.pages[0].obj.get("/Annots", ()):
            note.A.URI = pikepdf.String(mine.paper["check_url"])
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()


def retitled(mine: Certificate, hers: Certificate) -> bytes:
    """What the file says of itself, in its metadata."""
    with pikepdf.open(io.BytesIO(file_of(mine))) as document:
        document.docinfo["/Title"] = FORGED
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()


def appended(mine: Certificate, hers: Certificate) -> bytes:
    """An incremental update, which leaves every issued byte where it was."""
    return file_of(mine) + b"\n1 0 obj\n<< /Type /Page >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def on_another_site(mine: Certificate, hers: Certificate) -> bytes:
    """A check page of the forger's own, with a code that we do have."""
    forged = paper_from_json({**mine.paper, "check_url": f"https://evil.example/c/{mine.code}", "holder_name": FORGED})
    return render_pdf(forged, made_on=datetime.now(UTC))


FORGERIES = (renamed, with_her_code, link_exchanged, retitled, appended, on_another_site)


@pytest.mark.attack("S36")
@pytest.mark.parametrize("forge", FORGERIES, ids=[one.__name__ for one in FORGERIES])
def test_a_file_we_did_not_issue_is_never_valid(
    mine: Certificate, hers: Certificate, forge: Callable[[Certificate, Certificate], bytes]
) -> None:
    """And what is said about it is what the book says, never what stands on the paper."""
    forged = forge(mine, hers)
    found = verify_file(forged)
    assert found.finding == "changed"
    assert found.card is not None and found.card.paper.holder_name in (NAME, "Kim Sa Rinh")
    for genuine in (mine, hers):
        assert verify_file(file_of(genuine)).finding == "valid"


@pytest.mark.attack("S36")
def test_without_the_stored_hash_a_link_alone_would_do(
    mine: Certificate, hers: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads only where the QR leads takes every forgery above for valid: the bytes decide."""
    monkeypatch.setattr(verifying, "verify_file", lambda data: verifying.verify_code(next(verifying.codes_in(data))))
    assert verifying.verify_file(renamed(mine, hers)).finding == "valid"


@both
@pytest.mark.attack("S36")
def test_the_public_check_says_the_stored_words_whatever_the_paper_says(mine: Certificate, stranger: Visitor) -> None:
    page = stranger.get(f"/c/{mine.code}?holder={FORGED}&ho-ten={FORGED}&name={FORGED}")
    assert "Huỳnh T. Ú." in page.main and "Giả" not in page.html


CHANGES = {
    "holder_name": FORGED,
    "code": "0" * 16,
    "serial_no": 77,
    "valid_until": "2099-01-01",
    "paper": "{}",
    "pdf_sha256": "f" * 64,
}


@both
@pytest.mark.attack("S36")
@pytest.mark.parametrize("column", CHANGES)
def test_what_was_issued_is_never_changed(mine: Certificate, column: str) -> None:
    """The database itself refuses, whoever asks."""
    file_of(mine)
    with pytest.raises(DBAPIError), db.write() as session:
        session.execute(text(f"UPDATE certificate SET {column} = :new"), {"new": CHANGES[column]})


def entered_again(mine: Certificate, make: Make, **changed: object) -> None:
    """A row like mine for somebody else's achievement, by whoever can write to the table."""
    other = passed(learner(make, FORGED))
    left_out = {"id", "pdf_key", "pdf_sha256", "pdf_size", "replaces_id"}
    row = {c.name: getattr(mine, c.name) for c in Certificate.__table__.columns if c.name not in left_out}
    with db.write() as session:
        session.execute(insert(Certificate).values(row | {"achievement_id": other} | changed))


@both
@pytest.mark.attack("S36")
def test_no_number_and_no_code_is_given_twice(mine: Certificate, make: Make) -> None:
    free = {"serial_no": 9_999, "code": new_code()}
    for taken in free:
        with pytest.raises(IntegrityError):
            entered_again(mine, make, **{name: value for name, value in free.items() if name != taken})
    entered_again(mine, make, **free)
