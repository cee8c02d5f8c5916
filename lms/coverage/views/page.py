"""The manager's page, and the same figures as a spreadsheet."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from lms.access import requires
from lms.access.current import viewer
from lms.coverage.answers import plan_scope
from lms.coverage.asking import Typed, question_of, typed
from lms.coverage.exporting import write_figures
from lms.coverage.facts import READERS
from lms.coverage.overview import Line, Overview, overview
from lms.coverage.wording import ahead_words, area_words, basis_words
from lms.people.rights import READERS as SEES_LISTS
from lms.units.queries import scopes
from lms.web.addresses import row_id
from lms.web.navigation import has_page
from lms.web.refusals import Refusal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 2_000_000


@requires(*READERS)
def coverage() -> ResponseReturnValue:
    """With a day that is none: the form as it was filled in, what is wrong, and no figure of another day."""
    filled, faults = typed(request.args), {}
    shown: dict[str, Any] = {}
    try:
        shown = _figures(filled)
    except Refusal as refusal:
        faults = filled.faults or {"dia-ban": refusal.message}
    page = render_template(
        "coverage/coverage.html",
        filled=filled,
        scopes=scopes(),
        faults=faults,
        cell_url=_cell_url(filled),
        default_scope=plan_scope(),
        **shown,
    )
    return page, 400 if faults else 200


def _figures(filled: Typed) -> dict[str, Any]:
    question = question_of(filled)
    seen = overview(viewer(), question, filled.basis, request.args.get("phuong", type=row_id))
    return {
        "seen": seen,
        "table": Table(seen),
        "area": area_words(viewer(), question),
        "ahead": ahead_words(question, filled.basis),
        "way": basis_words(question, filled.basis),
        "other": basis_words(question, _other(filled.basis)),
        "other_basis": _other(filled.basis),
        "ward_url": _ward_url(filled),
        "may_import": viewer().can("manager") and has_page("people.new_import"),
        "sees_lists": viewer().can(*SEES_LISTS) and has_page("people.confirm_list"),
    }


def _other(basis: str) -> str:
    return "valid" if basis == "ever" else "ever"


def _ward_url(filled: Typed) -> Callable[[int], str]:
    """The page with the hamlets of a ward."""

    def url(ward: int) -> str:
        values: dict[str, Any] = {"phuong": ward, **filled.query}
        return url_for("coverage.coverage", _anchor="khom", **values)

    return url


def _cell_url(filled: Typed) -> Callable[..., str]:
    """cell_url(noi=…, vai=…, tt=…) → the people of a cell, asked with the same question."""

    def url(**cell: Any) -> str:
        values = filled.query | {name: value for name, value in cell.items() if value is not None}
        return url_for("coverage.cell_people", **values)

    return url


class Table:
    """Wards × roles, turned so that the shorter side goes across."""

    def __init__(self, seen: Overview) -> None:
        self.seen = seen
        self.wards_across = len(seen.wards) <= len(seen.roles)
        self.across, self.down = (seen.wards, seen.roles) if self.wards_across else (seen.roles, seen.wards)

    def at(self, across: Line, down: Line) -> tuple[Line, Line]:
        """(ward, role)"""
        return (across, down) if self.wards_across else (down, across)


@requires(*READERS)
def export() -> ResponseReturnValue:
    filled = typed(request.args)
    question = question_of(filled)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 – sent, then closed, by the server
    write_figures(file, viewer(), question, filled.basis)
    file.seek(0)
    name = f"ty-le-tap-huan-{question.on:%Y-%m-%d}.xlsx"
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)
