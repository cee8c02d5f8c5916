"""Rows of an import as the screens and the command line show them: what each was taken for, why, and what is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lms.access import Viewer
from lms.db import db
from lms.people.models import Role, RosterImport, RosterRow
from lms.people.roster.asking import Lookups, QuestionShown, question_shown
from lms.people.roster.faces import Face, face_of_row, faces_of_people
from lms.people.roster.packing import unpack_questions, unpack_reasons
from lms.people.roster.words import Lexicon, sentences, units_in
from lms.units.queries import paths_of


@dataclass(frozen=True)
class RowShown:
    """`outcome`: see `proposals.Outcome`. `waits_for`: the number of the row above that has to be decided first."""

    row_id: int
    sheet: str
    row_no: int
    person_id: int | None
    face: Face
    outcome: str
    why: tuple[str, ...]
    raw: tuple[tuple[str, str], ...]
    questions: tuple[QuestionShown, ...]
    is_open: bool
    entered: bool
    waits_for: int | None

    def question(self, kind: str) -> QuestionShown:
        return next(question for question in self.questions if question.kind == kind)


def show_rows(
    roster: RosterImport, every: Sequence[RosterRow], wanted: Iterable[RosterRow], who: Viewer
) -> list[RowShown]:
    """`every` row of the import in order (its position is its key), of which `wanted` are to be shown."""
    wanted = list(wanted)
    lookups = _lookups(roster, every, wanted, who)
    return [_show(row, every, lookups) for row in wanted]


def role_names() -> dict[str, str]:
    return dict(db.session.execute(select(Role.code, Role.name)).all())


def _show(row: RosterRow, every: Sequence[RosterRow], lookups: Lookups) -> RowShown:
    face = face_of_row(row, lookups.lexicon)
    state = row.parsed["state"]
    waits = state["waits_for"]
    return RowShown(
        row_id=row.id,
        sheet=row.sheet,
        row_no=row.row_no,
        person_id=row.person_id,
        face=face,
        outcome=state["outcome"],
        why=tuple(_capitalised(sentences(unpack_reasons(row.why), lookups.lexicon))),
        raw=tuple((heading, text) for heading, text in row.raw),
        questions=tuple(question_shown(q, row, face, lookups) for q in unpack_questions(row.questions)),
        is_open=bool(state["open"]),
        entered=bool(row.effect),
        waits_for=None if waits is None else every[waits].row_no,
    )


def _capitalised(texts: Iterable[str]) -> list[str]:
    return [text[:1].upper() + text[1:] for text in texts]


def _lookups(roster: RosterImport, every: Sequence[RosterRow], wanted: Sequence[RosterRow], who: Viewer) -> Lookups:
    reasons = [reason for row in wanted for reason in unpack_reasons(row.why)]
    questions = [question for row in wanted for question in unpack_questions(row.questions)]
    reasons += [reason for question in questions for reason in question.reasons]
    options = [option for question in questions for option in question.options]
    units = units_in(reasons) | {unit_id for row in wanted for unit_id in _units_of(row)}
    lexicon = Lexicon(role_names(), paths_of(units, roster.list_date))
    people = {option.values["person"] for option in options if "person" in option.values}
    keys = {option.values["row"] for option in options if "row" in option.values}
    return Lookups(
        lexicon=lexicon,
        people=faces_of_people(people, who, roster.list_date),
        rows={key: (every[key], face_of_row(every[key], lexicon)) for key in keys},
        alike=_alike(every),
    )


def _alike(every: Iterable[RosterRow]) -> dict[tuple[str, str], list[RosterRow]]:
    found: dict[tuple[str, str], list[RosterRow]] = defaultdict(list)
    for row in every:
        for entry in row.questions if not row.effect else ():
            if entry["alike"]:
                found[entry["kind"], entry["alike"]].append(row)
    return found


def _units_of(row: RosterRow) -> list[int]:
    units = row.parsed["units"]
    chosen = row.decision.get("unit", "").removeprefix("unit:")
    return [
        *units["options"],
        *filter(None, (units["sure"], units["whole"])),
        *([int(chosen)] if chosen.isdecimal() else []),
    ]
