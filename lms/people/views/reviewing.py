"""Looking through an import: what was written, what is asked, what each row was taken for, who is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.access import requires
from lms.access.current import viewer
from lms.people.areas import area
from lms.people.models import RosterImport, RosterRow
from lms.people.rights import today
from lms.people.roster.imports import see_import
from lms.people.roster.keeping import kept_of
from lms.people.roster.missing import covered, missing
from lms.people.roster.overview import OUTCOMES, Overview, overview
from lms.people.roster.questions import questions_once
from lms.people.roster.results import written_by
from lms.people.roster.showing import show_rows
from lms.people.roster.staging import rows_of
from lms.people.roster.words import COLUMNS, SKIPPED
from lms.people.views.marking import differing
from lms.people.views.people import roles
from lms.people.words import ROW_OUTCOMES
from lms.web.addresses import row_id

PAGE = 50
QUESTIONS = 20
WRITTEN, ASK, ALL, MISSING = "written", "ask", "all", "missing"


@requires("manager")
def import_review(import_id: int) -> ResponseReturnValue:
    roster, rows = see_import(import_id), rows_of(import_id)
    seen = overview(roster, rows)
    absent = missing(roster, rows, viewer())
    tab = _tab(roster, seen, has_absent=bool(absent))
    return render_template(
        "people/import_review.html",
        seen=seen,
        tab=tab,
        absent=absent,
        covered=covered(roster, rows).names(roster.list_date) if roster.state == "confirmed" else [],
        written=written_by(rows),
        kept=kept_of(roster, viewer()),
        columns=COLUMNS,
        skipped=SKIPPED,
        outcomes=ROW_OUTCOMES,
        **_page(roster, rows, tab, len(absent)),
    )


def _page(roster: RosterImport, rows: Sequence[RosterRow], tab: str, absent: int) -> dict[str, Any]:
    if tab == MISSING:
        start = _start(absent)
        return _pages(start, min(PAGE, absent - start), absent)
    return _questions(roster, rows) if tab == ASK else _rows(roster, rows, tab)


def _tab(roster: RosterImport, seen: Overview, *, has_absent: bool) -> str:
    """The one asked for, else the one that says what is to be done next."""
    open_for_answers = roster.state in ("staged", "confirmed") and seen.questions > 0
    known = {ALL, *OUTCOMES}
    known |= {ASK} if open_for_answers else set()
    known |= {WRITTEN} if roster.state == "confirmed" else set()
    known |= {MISSING} if has_absent else set()
    wanted = request.args.get("muc", "")
    if wanted in known:
        return wanted
    if roster.state == "confirmed":
        return WRITTEN
    return ASK if open_for_answers else ALL


def _questions(roster: RosterImport, rows: Sequence[RosterRow]) -> dict[str, Any]:
    """A page of questions, each beside the row that asks it first."""
    asked = questions_once(rows)
    start = _start(len(asked))
    page = asked[start : start + QUESTIONS]
    shown = {
        row.row_id: row for row in show_rows(roster, rows, {one.row.id: one.row for one in page}.values(), viewer())
    }
    return {
        "asked": [(one, shown[one.row.id], shown[one.row.id].question(one.kind)) for one in page],
        "differing": differing,
        "places": area(viewer(), today(), "manager"),
        "roles": roles(),
        **_pages(start, len(page), len(asked)),
    }


def _rows(roster: RosterImport, rows: Sequence[RosterRow], tab: str) -> dict[str, Any]:
    wanted = [row for row in rows if tab in (ALL, row.parsed["state"]["outcome"])]
    start = _start(len(wanted))
    page = wanted[start : start + PAGE]
    return {
        "rows": show_rows(roster, rows, page, viewer()),
        "question_of": _first_questions(rows),
        **_pages(start, len(page), len(wanted)),
    }


def _first_questions(rows: Sequence[RosterRow]) -> dict[int, int]:
    """Row → number of the first question that it asks, among all that can be answered."""
    found: dict[int, int] = {}
    for number, one in enumerate(questions_once(rows), 1):
        for row in one.rows:
            found.setdefault(row.id, number)
    return found


def _start(total: int) -> int:
    """From which on, counted from 0; the address counts from 1."""
    first = request.args.get("tu", type=row_id) or 1
    return first - 1 if first <= total else 0


def _pages(start: int, shown: int, total: int) -> dict[str, int]:
    """`next_from`: 0 on the last page."""
    last = start + shown
    return {"total": total, "first": start + 1, "last": last, "next_from": last + 1 if last < total else 0}
