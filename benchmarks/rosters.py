"""Lists of invented people as a province would send them: half of them are in the register, half are new."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import cycle, islice

from sqlalchemy import select

from benchmarks.countries import UNTIL
from lms.access import SYSTEM
from lms.db import db
from lms.demo.names import Inventor
from lms.people.exporting import HEADINGS
from lms.people.register_list import Filter, everybody
from lms.sheets.writing import Table, Written, write_table
from lms.text.phones import show_phone
from lms.units.models import Unit
from lms.units.queries import paths_of, units_under

PROVINCE = "mo-phong-1/01"
ROLES = ("Cộng tác viên dân số", "Hòa giải viên ở cơ sở", "Tuyên truyền viên")
Line = tuple[Written, ...]


def roster(rows: int) -> tuple[bytes, int]:
    """An .xlsx of so many rows, and the unit that it is about. The country must have half as many people."""
    unit_id = db.session.scalars(select(Unit.id).where(Unit.key == PROVINCE)).one()
    lines = (*islice(_known(), rows // 2), *islice(_new(unit_id), rows - rows // 2))
    stream = io.BytesIO()
    write_table(stream, [Table("Danh sách", HEADINGS[:-1], [(at, *line) for at, line in enumerate(lines, 1)])])
    return stream.getvalue(), unit_id


def _known() -> Iterator[Line]:
    """As the register has them, without the key of our own exports."""
    for person in everybody(SYSTEM, Filter(), UNTIL):
        if person.posts:
            post, sex = person.posts[0], {"nu": "Nữ", "nam": "Nam"}.get(person.sex or "", "")
            yield person.full_name, sex, person.birth, post.unit, post.role, person.phone, ""


def _new(unit_id: int) -> Iterator[Line]:
    inventor = Inventor(1)
    under = db.session.scalars(units_under(unit_id, UNTIL)).all()
    places = [path for path in paths_of(under, UNTIL).values() if "," in path]
    for place, role in zip(cycle(sorted(places)), cycle(ROLES), strict=False):
        one = inventor.person()
        sex, phone = {"nu": "Nữ", "nam": "Nam"}[one.sex], show_phone(one.phone) if one.phone else ""
        yield one.full_name, sex, str(one.birth_year), place, role, phone, ""
