"""Certificates in the book for online passes, their files still to be made: work for whoever measures printing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from random import Random

from sqlalchemy import select, update

from lms.certificates.codes import ALPHABET, LENGTH
from lms.certificates.models import CertificateBook
from lms.certificates.paper import CertificatePaper, paper_to_json
from lms.certificates.rules import honorific, serial_text, valid_until
from lms.db import db, insert_if_missing
from lms.operate.simulate.bulk import Row
from lms.operate.simulate.places import Province
from lms.operate.simulate.staff import Staff
from lms.operate.simulate.training import CALLED, Training

CERTIFICATE = (
    *("id", "achievement_id", "person_id", "serial_year", "serial_no", "code", "holder_name", "course_title", "paper"),
    *("issued_on", "completed_on", "valid_until", "recorded_at"),
)
MONTHS = 12


@dataclass
class Book:
    """The serials given so far by year; `close()` writes them into the book of the database."""

    rng: Random
    ids: Iterator[int]
    base_url: str
    last: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.last.update({row.year: row.last for row in db.session.scalars(select(CertificateBook))})

    def close(self) -> None:
        for year, last in self.last.items():
            insert_if_missing(CertificateBook, year=year, last=0)
            db.session.execute(update(CertificateBook).where(CertificateBook.year == year).values(last=last))

    def issue(self, staff: Staff, training: Training, province: Province, many: int) -> list[Row]:
        """Certificates for the first `many` passes of a province, in the columns CERTIFICATE."""
        people = {row[0]: row for row in staff.people}
        passes = ((person, *one) for person, days in training.online.items() for one in days)
        wards = {worker.person_id: province.wards[worker.ward].name for worker in staff.workers}
        return [
            self._certificate(staff, people[person], wards[person], day, achievement)
            for person, day, achievement in islice(passes, many)
        ]

    def _certificate(self, staff: Staff, person: Row, ward: str, day: int, achievement: int) -> Row:
        on, code = staff.days.day(day), "".join(self.rng.choices(ALPHABET, k=LENGTH))
        self.last[on.year] += 1
        serial, title = self.last[on.year], CALLED["online"][1]
        paper = CertificatePaper(
            issuer="Ủy ban nhân dân",
            issuer_place=ward,
            honorific=honorific(person[6]),
            holder_name=person[1],
            birth_text=f"sinh năm {person[4].year}",
            course_title=title,
            from_date=on,
            to_date=on,
            tiet_online=Decimal(8),
            result="Đạt",
            serial=serial_text(serial, on.year),
            code=code,
            check_url=f"{self.base_url}/c/{code}",
            place=ward,
            issued_on=on,
            demo=True,
        )
        return (
            next(self.ids),
            achievement,
            person[0],
            on.year,
            serial,
            code,
            person[1],
            title,
            paper_to_json(paper),
        ) + (on, on, valid_until(on, MONTHS), staff.days.moment(day))
