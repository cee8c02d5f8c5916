"""Many achievements that wait for their certificates, and the book of certificates counted again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.audit import queries as audit
from lms.audit.models import AuditEntry
from lms.certificates.models import Achievement, Certificate, CertificateBook
from lms.certificates.operations import record_achievement
from lms.certificates.verifying import codes_in
from lms.db import db, utc_now
from lms.people.models import Assignment, IdentityCheck, Person, Role
from lms.people.scope import unscoped
from lms.storage.files import storage
from lms.text import names
from lms.text.dates import local_today
from lms.units.models import Unit
from tests.certificates.people import COURSE, HAMLET

BACKUP_KEY = "0123456789-abcdefghijklmnopqrstuvwxyz-backup"


def waiting(number: int, *, first: int = 1) -> None:
    """`number` people with a post who passed and confirmed their names; their certificates are not issued yet.

    They are numbered from `first`.
    """
    act_as(SYSTEM)
    with db.write() as session:
        unit_id = session.scalars(select(Unit.id).where(Unit.key == HAMLET)).one()
        role_id = session.scalars(select(Role.id).where(Role.code == "CTV_DS")).one()
        for place in range(first, first + number):
            name = f"Lâm Thị Mẫu {place}"
            person = Person(full_name=name, sort_key=names.sort_key(name), search_key=names.search_key(name))
            person.row_key, person.birth_date, person.birth_precision = f"B{place:07d}", date(1971, 1, 1), "year"
            session.add(person)
            session.flush()
            post = {"person_id": person.id, "role_id": role_id, "unit_id": unit_id, "first_day": date(2025, 7, 1)}
            session.add(Assignment(**post))
            session.add(IdentityCheck(person_id=person.id, answer="right", full_name=name, birth_text="1971"))
            today = local_today(utc_now())
            record_achievement(person.id, "online", COURSE, completed_on=today, source=f"bulk:{place}")


def progress() -> tuple[int, int]:
    """(certificates issued, files made)."""
    db.session.rollback()
    counted = select(func.count(Certificate.id), func.count(Certificate.pdf_key))
    issued, made = db.session.execute(unscoped(counted, "test")).one()
    return issued, made


def faults_of_book(number: int, files: Path) -> list[str]:
    """What is wrong with a book that should hold `number` certificates, all with their files under `files`; none is
    good. Asked of the rows and the disk, whatever unique indexes there are."""
    db.session.rollback()
    return faults_now(number, files)


def faults_now(number: int, files: Path) -> list[str]:
    """The same, as the transaction that is open sees it."""
    query = select(Certificate).order_by(Certificate.id).execution_options(populate_existing=True)
    cards = list(db.session.scalars(unscoped(query, "test")))
    return [*_of_rows(cards, number), *_of_files(cards, files), *_of_record(cards), *audit.verify().faults]


def _of_rows(cards: list[Certificate], number: int) -> Iterator[str]:
    achieved = db.session.scalars(unscoped(select(Achievement.id), "test")).all()
    if sorted(card.achievement_id for card in cards) != sorted(achieved) or len(cards) != number:
        yield f"{len(cards)} certificates of {len(achieved)} achievements, {number} expected"
    for year, last in db.session.execute(select(CertificateBook.year, CertificateBook.last)):
        serials = sorted(card.serial_no for card in cards if card.serial_year == year)
        if serials != list(range(1, last + 1)):
            yield f"the book of {year} ends at {last} and has {len(serials)} numbers, up to {max(serials, default=0)}"
    if len({card.code for card in cards}) != len(cards):
        yield "a code twice"
    yield from (
        f"{card.serial_no} is dated before its completion" for card in cards if card.issued_on < card.completed_on
    )


def _of_files(cards: list[Certificate], files: Path) -> Iterator[str]:
    for key, times in Counter(card.pdf_key for card in cards).items():
        if key is None or times > 1:
            yield f"{times} certificates have the file {key}"
    for card in cards:
        if card.pdf_key is not None:
            data = storage().read(card.pdf_key)
            if (hashlib.sha256(data).hexdigest(), len(data)) != (card.pdf_sha256, card.pdf_size):
                yield f"the file of {card.serial_no} is not the one of its row"
            elif set(codes_in(data)) != {card.code}:
                yield f"the file of {card.serial_no} is of another certificate"
    stored = {str(path.relative_to(files)) for path in files.rglob("*.pdf") if not path.name.startswith(".")}
    if strays := stored - {card.pdf_key for card in cards}:
        yield f"{len(strays)} files that no row knows"


def _of_record(cards: list[Certificate]) -> Iterator[str]:
    """Each was told to the record once."""
    issued = select(AuditEntry.subject).where(AuditEntry.action == "certificate.issued")
    if sorted(db.session.scalars(issued)) != sorted(f"certificate:{card.id}" for card in cards):
        yield "the record and the book do not agree"
