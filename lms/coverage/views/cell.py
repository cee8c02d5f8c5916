"""The people of a cell: on a page, as a spreadsheet, as a list to sign or to invite by."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from lms.access import Viewer, requires
from lms.access.current import viewer
from lms.audit.operations import record
from lms.certificates.wording import KIND_NAMES
from lms.chunks import chunks
from lms.coverage.asking import Typed, question_of, typed
from lms.coverage.exporting import write_people
from lms.coverage.facts import NAMES, Facts, Question, facts, facts_of_people_at, naming
from lms.coverage.large import is_large
from lms.coverage.people import PAGE, Listed, described, in_order, page_of, people_of
from lms.coverage.selecting import Selected, selected
from lms.coverage.views.page import IN_MEMORY, XLSX
from lms.coverage.wording import STATE_NAMES, ahead_words, area_words, basis_words, question_lines
from lms.db import db
from lms.people.models import Person
from lms.people.register_list import phone_words
from lms.people.rights import managed_among
from lms.people.scope import visible
from lms.web.addresses import row_id
from lms.web.filters import number_vi
from lms.web.refusals import Refusal

SHEETS = ("ky-ten", "thu-moi")
MOST_PRINTED = 500
"""People on a list to print: a full hall. A longer one is a spreadsheet, which is written row by row."""


@dataclass(frozen=True)
class Asked:
    """One request for the people of a cell: the question, the cell, the facts behind both.

    `who`: the viewer with the rights to names alone; what another right adds to a figure is on no list.
    """

    who: Viewer
    filled: Typed
    question: Question
    cell: Selected
    found: Facts

    @property
    def ids(self) -> set[int]:
        return people_of(self.found, self.question, self.cell.wanted)

    @property
    def query(self) -> dict[str, str]:
        return self.filled.query | self.cell.query

    def describe(self, ids: list[int]) -> list[Listed]:
        return described(ids, self.found, self.question, self.filled.basis)

    def everybody(self) -> Iterator[Listed]:
        for some in chunks(in_order(self.ids)):
            yield from self.describe(some)


def _asked() -> Asked:
    filled = typed(request.args)
    question = question_of(filled)
    cell = selected(request.args, question, filled.basis)
    who = naming(viewer())
    return Asked(who, filled, question, cell, _found(who, question, cell))


def _found(who: Viewer, question: Question, cell: Selected) -> Facts:
    """Enough facts for the cell. In a large scope only a ward or a hamlet has a list: Refusal (400) for a wider one."""
    if not is_large(who, question):
        return facts(who, question)
    node = next((value for by, value in reversed(cell.wanted.where) if by in ("hamlet", "unit") and value), None)
    if node is None:
        raise Refusal(_("Danh sách này quá dài để mở một lần. Anh/Chị chọn một phường hoặc một khóm trước."), 400)
    return facts_of_people_at(who, question, node)


@requires(*NAMES)
def cell_people() -> ResponseReturnValue:
    asked = _asked()
    page = page_of(asked.ids, _after())
    return render_template(
        "coverage/people.html",
        asked=asked,
        page=page,
        page_size=PAGE,
        printable=page.total <= MOST_PRINTED,
        most_printed=MOST_PRINTED,
        people=asked.describe(list(page.ids)),
        area=area_words(asked.who, asked.question),
        ahead=ahead_words(asked.question, asked.filled.basis),
        way=basis_words(asked.question, asked.filled.basis),
        states=STATE_NAMES,
        proof_names=KIND_NAMES,
        opens_people=viewer().can("manager", "organiser", "inspector"),
    )


def _after() -> int | None:
    """The last person of the page before, if the viewer sees them: where a stranger's name would fall is not told."""
    after = request.args.get("sau", type=row_id)
    return db.session.scalar(visible(naming(viewer()), select(Person.id).where(Person.id == after)))


@requires(*NAMES)
def cell_file() -> ResponseReturnValue:
    """Everybody of the cell; who took the list away is recorded."""
    asked = _asked()
    with db.write():
        record("coverage.people_exported", "people", filter=asked.query)
    remarks = [*question_lines(asked.who, asked.question, asked.filled.basis), _headline(asked)]
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 – sent, then closed, by the server
    write_people(file, asked.everybody(), _("DANH SÁCH NGƯỜI ĐỨNG SAU CON SỐ"), remarks)
    file.seek(0)
    name = f"ty-le-danh-sach-{asked.question.on:%Y-%m-%d}.xlsx"
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


@requires(*NAMES)
def cell_print() -> ResponseReturnValue:
    """A list to sign, or to invite by; phones in full only of people whom the viewer keeps.

    Paper leaves the house as a file does: who took the list is recorded. `Refusal` above MOST_PRINTED people.
    """
    asked = _asked()
    ids, kind = asked.ids, request.args.get("mau", "")
    kind = kind if kind in SHEETS else SHEETS[0]
    _require_printable(len(ids))
    with db.write():
        record("coverage.people_printed", "people", filter=asked.query, sheet=kind)
    people = list(asked.everybody())
    in_full = managed_among(viewer(), ids) if kind == "thu-moi" else set()
    return render_template(
        "coverage/print.html",
        asked=asked,
        kind=kind,
        people=people,
        phones={one.person_id: phone_words(one.phone, in_full=one.person_id in in_full) for one in people},
        headline=_headline(asked),
        lines=question_lines(asked.who, asked.question, asked.filled.basis),
    )


def _require_printable(people: int) -> None:
    if people > MOST_PRINTED:
        raise Refusal(
            _(
                "Danh sách này có %(n)s người, bản in chỉ chứa nhiều nhất %(most)s người. "
                "Anh/Chị quay lại, chọn từng xã, phường hoặc từng khóm, ấp rồi in, hoặc xuất cả danh sách ra Excel.",
                n=number_vi(people),
                most=MOST_PRINTED,
            )
        )


def _headline(asked: Asked) -> str:
    """ "Hòa giải viên, Khóm 7, Phường Hòa Thuận: chưa đạt"."""
    return ", ".join(filter(None, (asked.cell.role, asked.cell.place, asked.cell.state)))
