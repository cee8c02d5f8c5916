"""Spreadsheets of people: the register as it is filtered, and the empty template. Both read back by our own reader."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import IO

from flask_babel import gettext as _

from lms.people.models import Role
from lms.people.register_list import ListedPerson, ListedPost
from lms.people.roster.words import SEXES
from lms.sheets.writing import Column, Table, Written, write_table
from lms.text.dates import show_date

# Headings are what lists here use, and stay Vietnamese in every language: our reader knows them.
HEADINGS = (
    Column("STT", 6),
    Column("Họ và tên", 28),
    Column("Giới tính", 10),
    Column("Ngày, năm sinh", 14),
    Column("Khóm, ấp", 32),
    Column("Chức danh", 36),
    Column("Điện thoại", 16),
    Column("Ghi chú", 24),
    Column("Mã dòng", 14, hidden=True),
)
TEMPLATE_ROWS = (
    (1, "Nguyễn Thị Mẫu", "Nữ", "1968", "Khóm 4", "Cộng tác viên dân số", "0912 345 678", "", ""),
    (2, "Thạch Văn Ví Dụ", "Nam", "05/06/1973", "Khóm 4", "Hòa giải viên ở cơ sở", "", "", ""),
)


def write_people(stream: IO[bytes], people: Iterable[ListedPerson], day: date) -> None:
    """One line for each person and place, in the order of names, with the hidden key that a new import finds."""
    remarks = [str(_("Sổ người làm nhiệm vụ, xuất ngày %(day)s", day=show_date(day)))]
    lines = _numbered(line for person in people for line in _lines(person))
    write_table(stream, [Table("Danh sách", HEADINGS, lines, "DANH SÁCH NGƯỜI LÀM NHIỆM VỤ", remarks)])


def template_xlsx(roles: Sequence[Role]) -> bytes:
    """The template to fill in, with two invented examples and the words for roles on a second sheet."""
    words = Table("Chức danh", [Column("Tên chức danh", 60)], [(role.name,) for role in roles])
    title = "DANH SÁCH NGƯỜI LÀM NHIỆM VỤ, TÍNH ĐẾN NGÀY …"
    stream = io.BytesIO()
    write_table(stream, [Table("Danh sách", HEADINGS[:-1], [row[:-1] for row in TEMPLATE_ROWS], title), words])
    return stream.getvalue()


def _numbered(lines: Iterable[tuple[Written, ...]]) -> Iterator[tuple[Written, ...]]:
    for number, line in enumerate(lines, 1):
        yield (number, *line)


def _lines(person: ListedPerson) -> Iterator[tuple[Written, ...]]:
    places = dict.fromkeys(post.unit for post in person.posts) or {"": None}
    for place in places:
        yield _line(person, place, [post for post in person.posts if post.unit == place])


def _line(person: ListedPerson, place: str, posts: Sequence[ListedPost]) -> tuple[Written, ...]:
    return (
        person.full_name,
        str(SEXES[person.sex]) if person.sex else "",
        person.birth,
        place,
        " + ".join(post.role for post in posts),
        person.phone,
        person.note,
        person.row_key,
    )
