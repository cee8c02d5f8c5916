"""Answers to the questions of an import: saved one by one, changeable until confirmed, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access.current import viewer
from lms.audit.operations import record
from lms.collecting import uncollected
from lms.db import db, utc_now
from lms.people.models import Assignment, Person, Role, RosterImport, RosterRow
from lms.people.rights import not_over, require_some_line, today
from lms.people.roster.hamlets import add_hamlets, hamlet_name
from lms.people.roster.imports import load_import, see_import
from lms.people.roster.matched import Matched, match_with_register
from lms.people.roster.packing import unpack_questions
from lms.people.roster.proposals import LATER, Listed, Proposal, Question
from lms.people.roster.resolving import Resolver
from lms.people.roster.staging import note, rows_of, taken
from lms.people.scope import one_person, unscoped, visible
from lms.web.refusals import Refusal

Answers = Mapping[int, Mapping[str, str]]
NEW_UNIT = "unit:new"


def decide(import_id: int, answers: Answers) -> int:
    """Save answers (row id → kind of question → answer); rows that ask the same are answered with them.

    An answer may be "later": the row then stays out at confirmation. Returns how many rows now say something else.
    Raises Refusal for an answer that is none, for rows already entered, and when the import is closed.
    """
    roster = load_import(import_id)
    _require_open(roster)
    rows = rows_of(import_id)
    by_id = {row.id: row for row in rows}
    for row_id, given in answers.items():
        if row_id not in by_id:
            raise NotFound
        for kind, answer in given.items():
            _answer(roster, rows, by_id[row_id], kind, answer)
    return rematch(roster, rows).moved


def add_unknown_hamlets(import_id: int) -> int:
    """Add all hamlets that the list names and the register lacks; returns how many rows now say something else."""
    roster = load_import(import_id)
    _require_open(roster)
    rows = rows_of(import_id)
    asking = [row for row in rows if _names_unknown_hamlet(row)]
    add_hamlets(roster, sorted(unknown_hamlets(asking)))
    _resolve_again(roster, rows)
    for row in asking:
        question, sure = _question(row, "unit"), row.parsed["units"]["sure"]
        if sure is not None and question is not None and question.alike:
            _note_answer([row], "unit", f"unit:{sure}")
    return rematch(roster, rows).moved


def unknown_hamlets(rows: Iterable[RosterRow]) -> set[tuple[int, str]]:
    """(unit looked in, text) of every place that reads like a hamlet and is not known at all."""
    return {(row.parsed["units"]["within"], row.parsed["place"]) for row in rows if _names_unknown_hamlet(row)}


def _names_unknown_hamlet(row: RosterRow) -> bool:
    unknown = row.parsed["units"]["why"] == "unit_unknown" and "unit" in row.parsed["state"]["open"]
    return unknown and hamlet_name(row.parsed["place"]) is not None


@dataclass(frozen=True)
class Rematched:
    """`moved`: how many rows not yet entered say something else than before."""

    listed: Sequence[Listed]
    proposals: Sequence[Proposal]
    moved: int


def rematch(roster: RosterImport, rows: list[RosterRow], ahead: Matched | None = None) -> Rematched:
    """Look at the rows again with their answers, and with the units and people of this moment."""
    _resolve_again(roster, rows)
    matched = match_with_register(taken(rows), viewer(), roster.list_date, ahead)
    proposals = matched.proposals
    moved = sum(note(row, proposal) for row, proposal in zip(rows, proposals, strict=True) if not row.effect)
    return Rematched(matched.told.listed, proposals, moved)


@uncollected()
def look_ahead(import_id: int) -> Matched:
    """What `rematch` would find at this moment. It only reads, so that nobody waits for the lock of a large list."""
    roster, rows = see_import(import_id), rows_of(import_id)
    return match_with_register(taken(rows, _read_again(roster, rows)), viewer(), roster.list_date)


def _resolve_again(roster: RosterImport, rows: list[RosterRow]) -> None:
    now = _read_again(roster, rows)
    for row in rows:
        if row.id in now:  # to set the others to what they are would cost a look at each when all is written
            row.parsed = now[row.id]


def _read_again(roster: RosterImport, rows: list[RosterRow]) -> dict[int, dict[str, Any]]:
    """Row id → how it reads now: units may have been added since the places were looked up."""
    resolver = Resolver(roster.unit_id, roster.list_date)
    unsure = [row for row in rows if row.parsed["units"]["sure"] is None and not row.effect]
    resolver.look_up((row.parsed["place"], row.parsed["hint"]) for row in unsure)
    found = {row.id: resolver.resolve(row.parsed["place"], row.parsed["hint"]) for row in unsure}
    return {row.id: {**row.parsed, "units": found[row.id].pack()} for row in unsure}


def drop(import_id: int) -> None:
    """Put the whole file aside. Nothing in the register had changed."""
    roster = load_import(import_id)
    if roster.state != "staged":
        raise Refusal(_("Danh sách này đã được ghi vào sổ hoặc đã bỏ, không bỏ được nữa."))
    roster.state = "dropped"
    record("roster.dropped", f"roster_import:{roster.id}")


def _require_open(roster: RosterImport) -> None:
    if roster.state not in ("staged", "confirmed"):
        raise Refusal(_("Danh sách này đã bỏ hoặc đã hoàn tác, không trả lời được nữa. Hãy tải tệp lên lại."))


def _answer(roster: RosterImport, rows: list[RosterRow], row: RosterRow, kind: str, answer: str) -> None:
    question = _question(row, kind)
    if question is None or not question.allows(answer):
        raise Refusal(_("Câu trả lời này không có trong các lựa chọn. Tải lại trang rồi chọn lại."), 422)
    if row.effect and row.decision.get(kind, LATER) == answer:
        return  # a page that was open since before, saved as it was
    if row.effect:
        raise Refusal(_("Dòng %(row)s đã được ghi vào sổ, không đổi câu trả lời được nữa.", row=row.row_no))
    if answer == NEW_UNIT:
        add_hamlets(roster, [(row.parsed["units"]["within"], row.parsed["place"] or "")])
        _resolve_again(roster, rows)
        if row.parsed["units"]["sure"] is None:
            return
        answer = f"unit:{row.parsed['units']['sure']}"
    _require_meaning(answer)
    asked = [row, *(other for other in rows if _asks_alike(other, question, row))]
    before = row.decision.get(kind, LATER)
    _note_answer(asked, kind, answer)
    if before != answer:
        change = {"row": row.id, "alike": len(asked) - 1}
        record("roster.decided", f"roster_import:{roster.id}", before={kind: before}, after={kind: answer}, rows=change)


def _note_answer(rows: Iterable[RosterRow], kind: str, answer: str) -> None:
    for row in rows:
        row.decision = {**row.decision, kind: answer}
        row.decided_by, row.decided_at = viewer().actor, utc_now()


def _question(row: RosterRow, kind: str) -> Question | None:
    return next((question for question in unpack_questions(row.questions) if question.kind == kind), None)


def _asks_alike(row: RosterRow, question: Question, asked: RosterRow) -> bool:
    if not question.alike or row is asked or row.effect:
        return False
    own = _question(row, question.kind)
    return own is not None and own.alike == question.alike


def _require_meaning(answer: str) -> None:
    """What was chosen freely must exist, and lie within what the viewer keeps."""
    kind, _colon, value = answer.partition(":")
    if kind == "unit" and not (value.isdecimal() and require_some_line(viewer(), int(value))):
        raise NotFound
    if kind == "role" and not _is_own_role(value):
        raise Refusal(_("Chức danh này không thuộc ngành của Anh/Chị."), 422)
    if kind == "person":
        _require_released(int(value))


def _require_released(person_id: int) -> None:
    """Nobody is taken over by one side alone: a post here would open their records and their sign-in to this area."""
    seen = select(Person.id).where(Person.id.in_(one_person(person_id))).limit(1)
    if db.session.scalar(visible(viewer(), seen)) is not None:
        return
    held = select(Assignment.id).where(
        Assignment.person_id.in_(one_person(person_id)),
        Assignment.superseded_at.is_(None),
        not_over(Assignment, today()),
    )
    if db.session.scalar(unscoped(held.limit(1), "at work elsewhere? the answer says no more")) is not None:
        raise Refusal(
            _(
                "Người này đang giữ chức danh ở địa bàn khác. Khi nơi đó ghi ngày nghỉ, hoặc người phụ trách cả hai "
                "địa bàn trả lời dòng này, thì mới ghi được. Anh/Chị để dòng này lại sau."
            )
        )


def _is_own_role(code: str) -> bool:
    line = db.session.scalar(select(Role.line).where(Role.code == code))
    return line is not None and any(grant.line in (None, line) for grant in viewer().grants_for("manager"))
