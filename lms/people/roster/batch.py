"""A whole import in one go, for the command line and for programs: stage, answer, confirm, and a report of it all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select

from lms.access.current import viewer
from lms.db import db
from lms.people.models import RosterImport, RosterRow
from lms.people.roster.confirming import Outcome, confirm
from lms.people.roster.deciding import decide
from lms.people.roster.missing import missing
from lms.people.roster.opening import open_list
from lms.people.roster.overview import overview, unit_name
from lms.people.roster.showing import RowShown, show_rows
from lms.people.roster.staging import Draft, draft, keep, keep_file, named_file, rows_of
from lms.storage.files import StoredFile
from lms.units.models import Unit
from lms.units.queries import find_units, tree_on

Given = Mapping[str, Any]
"""{"<sheet>/<row>": answer, or {kind: answer}}"""


class Unknown(ValueError):
    """An answer or a unit that is not there."""


class _DryRun(Exception):
    """Thrown to roll everything back."""

    def __init__(self, report: dict[str, Any]) -> None:
        super().__init__("dry run")
        self.report = report


def unit_named(text: str, day: date) -> int:
    """The unit of that key or name; the top of the tree for ""."""
    if not text:
        return next(node.unit_id for node in tree_on(day) if node.depth == 0)
    by_key = db.session.scalar(select(Unit.id).where(Unit.key == text))
    if by_key is not None:
        return by_key
    found = [candidate for candidate in find_units(text, None, day) if candidate.sure]
    if len(found) != 1:
        names = ", ".join(candidate.path for candidate in found) or "none"
        raise Unknown(f"no single unit is called {text!r} on {day} ({names}); use its key")
    return found[0].unit_id


def import_list(
    data: bytes,
    filename: str,
    list_date: date,
    unit_id: int,
    *,
    answers: Given | None = None,
    dry_run: bool = False,
    tell: Callable[[str], None] = lambda words: None,
) -> dict[str, Any]:
    """Stage, answer and confirm in one transaction; a dry run does all of it and keeps nothing.

    Raises Refusal as `stage` does, and Unknown for an answer that fits no question.
    """
    tell(f"reading {filename}")
    opened = open_list(data, filename, list_date)
    tell(f"matching {len(opened.rows)} rows")
    drafted = draft(opened, list_date, unit_id)
    kept = named_file(opened) if dry_run else keep_file(opened)
    try:
        with db.write():
            report = _run(drafted, kept, answers or {}, dry_run, tell)
            if dry_run:
                raise _DryRun(report)
    except _DryRun as undone:
        report = undone.report
    tell("nothing kept" if dry_run else "done")
    return report


def _run(
    drafted: Draft,
    kept: StoredFile,
    answers: Given,
    dry_run: bool,
    tell: Callable[[str], None],
) -> dict[str, Any]:
    roster = keep(drafted, kept)
    if answers:
        _answer(roster.id, answers)
    tell("entering what is decided")
    outcome = confirm(roster.id, drafted.matched)
    if outcome.moved:  # the same list was staged earlier, and the register has changed since
        outcome = confirm(roster.id)
    return _report(roster, rows_of(roster.id), outcome, dry_run)


def _answer(import_id: int, answers: Given) -> None:
    """One by one: an answer may take the question away from rows further down."""
    for place, given in answers.items():
        row = _row(rows_of(import_id), place)
        for kind, answer in _by_kind(row, given, place).items():
            if any(question["kind"] == kind for question in row.questions):
                decide(import_id, {row.id: {kind: _in_full(row, kind, answer, place)}})


def _row(rows: Sequence[RosterRow], place: str) -> RosterRow:
    sheet, _slash, number = place.rpartition("/")
    found = [row for row in rows if str(row.row_no) == number and sheet in ("", row.sheet)]
    if len(found) != 1:
        raise Unknown(f'no single row {place!r}; answers are keyed "sheet/row"')
    return found[0]


def _by_kind(row: RosterRow, given: Any, place: str) -> Mapping[str, str]:
    if isinstance(given, dict):
        return {str(kind): str(answer) for kind, answer in given.items()}
    kinds = [question["kind"] for question in row.questions]
    if len(kinds) != 1:
        raise Unknown(f"row {place} asks {len(kinds)} questions ({', '.join(kinds)}): say which is answered")
    return {kinds[0]: str(given)}


def _in_full(row: RosterRow, kind: str, answer: str, place: str) -> str:
    """ "same" stands for the only person, or row, that is asked about."""
    if answer != "same":
        return answer
    question = next(question for question in row.questions if question["kind"] == kind)
    named = [option for option, _values in question["options"] if option.startswith(("person:", "row:"))]
    if len(named) != 1:
        raise Unknown(f"row {place}: {len(named)} may be the same; answer one of {', '.join(named)}")
    return str(named[0])


def _report(roster: RosterImport, rows: list[RosterRow], outcome: Outcome, dry_run: bool) -> dict[str, Any]:
    seen = overview(roster, rows)
    shown = show_rows(roster, rows, [row for row in rows if row.taken_as in ("ask", "error")], viewer())
    return {
        "import": None if dry_run else roster.id,
        "dry_run": dry_run,
        "list_date": roster.list_date.isoformat(),
        "unit": unit_name(roster),
        "read": seen.rows,
        "stated": seen.stated,
        "columns_not_used": [f"{table.name}: {heading}" for table in seen.tables for heading in table.unknown],
        "rows": seen.tabs,
        "applied": asdict(outcome.applied),
        "waiting": outcome.waiting,
        "left_out": outcome.left_out,
        "questions": [question for row in shown for question in _questions(row)],
        "errors": [{"row": _place(row), "why": list(row.why)} for row in shown if row.outcome == "error"],
        "missing": [
            {"person": one.person_id, "name": one.full_name, "role": one.role, "unit": one.unit}
            for one in missing(roster, rows, viewer())
        ],
    }


def _questions(row: RowShown) -> list[dict[str, Any]]:
    return [
        {
            "row": _place(row),
            "kind": question.kind,
            "question": question.title,
            "why": list(question.facts),
            "options": {option.answer: option.text for option in question.options},
            "or_any": question.free,
            "answer": question.chosen,
        }
        for question in row.questions
    ]


def _place(row: RowShown) -> str:
    return f"{row.sheet}/{row.row_no}"
