"""An import as a whole: how many rows of each kind, what the file itself says, what does not agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import false, or_, select

from lms.access import Viewer
from lms.db import db
from lms.people.models import RosterImport, RosterRow
from lms.people.roster.deciding import unknown_hamlets
from lms.people.roster.imports import may_open
from lms.people.roster.questions import questions_once
from lms.people.scope import own_roots
from lms.units.queries import paths_of, units_under

TABS = ("ask", "new", "update", "same", "error", "skip")
OUTCOMES = ("new", "update", "same", "open", "skip", "error")


@dataclass(frozen=True)
class TableShown:
    """One table of the file. `short`: how many people fewer (or, negative, more) were read than the list states."""

    name: str
    hidden: bool
    header_row: int | None
    read: int
    columns: tuple[tuple[str, str, str], ...]
    skipped: tuple[tuple[int, str, str], ...]
    stated: int | None
    stated_text: str
    stated_row: int | None
    roles_words: str

    @property
    def unknown(self) -> list[str]:
        """Headings that nothing is known of: their columns are not used."""
        return [heading for heading, _taken_as, why in self.columns if why == "unknown"]

    @property
    def by_content(self) -> list[tuple[str, str]]:
        """Heading and field of columns that were told by what they hold."""
        return [(heading, taken_as) for heading, taken_as, why in self.columns if why == "content"]

    @property
    def short(self) -> int:
        return 0 if self.stated is None else self.stated - self.read


@dataclass(frozen=True)
class Overview:
    """`tabs`: rows by what they are taken as. `open`: questions still to be answered, rows that ask alike once.

    `entered`: rows already in the register; `will`: the others by what would become of them; `outcomes`: all rows so.
    `other_day`: the date the file itself names, if it is another one; `hamlets`: places of the file that the register
    of units lacks.
    """

    roster: RosterImport
    unit: str
    tables: tuple[TableShown, ...]
    tabs: dict[str, int]
    rows: int
    open: int
    answered: int
    entered: int
    will: dict[str, int]
    outcomes: dict[str, int]
    other_day: date | None
    other_day_words: str
    hamlets: tuple[str, ...]

    @property
    def questions(self) -> int:
        """Answered or not, while they can be answered."""
        return self.open + self.answered

    @property
    def ready(self) -> int:
        """Decided rows that would be entered now."""
        return sum(self.will[outcome] for outcome in ("new", "update", "same"))

    @property
    def stated(self) -> int | None:
        return self.roster.stated_total


def overview(roster: RosterImport, rows: Sequence[RosterRow]) -> Overview:
    tables = tuple(_table(sheet) for sheet in roster.reading["sheets"])
    other_day, words = _other_day(roster)
    asked = questions_once(rows)
    waiting = Counter(row.parsed["state"]["outcome"] for row in rows if not row.effect)
    return Overview(
        roster=roster,
        unit=unit_name(roster),
        tables=tables,
        tabs={**dict.fromkeys(TABS, 0), **Counter(row.taken_as for row in rows)},
        rows=len(rows),
        open=sum(question.open for question in asked),
        answered=sum(not question.open for question in asked),
        entered=sum(bool(row.effect) for row in rows),
        will={**dict.fromkeys(OUTCOMES, 0), **waiting},
        outcomes={**dict.fromkeys(OUTCOMES, 0), **Counter(row.parsed["state"]["outcome"] for row in rows)},
        other_day=other_day,
        other_day_words=words,
        hamlets=tuple(sorted({text for _within, text in unknown_hamlets(rows)})),
    )


def unit_name(roster: RosterImport) -> str:
    return paths_of([roster.unit_id], roster.list_date).get(roster.unit_id, "")


def imports_of(who: Viewer, day: date, limit: int = 100) -> list[RosterImport]:
    """Imports of units and lines that the viewer keeps, newest first; files that were put aside are left out."""
    statement = select(RosterImport).where(RosterImport.state != "dropped").order_by(RosterImport.id.desc())
    roots = own_roots(who, "manager")
    if roots is not None:
        under = [RosterImport.unit_id.in_(units_under(root, day)) for root in roots]
        statement = statement.where(or_(false(), *under))
    found = db.session.scalars(statement.limit(limit)).all()
    return [roster for roster in found if may_open(who, roster)]


def _table(sheet: dict[str, Any]) -> TableShown:
    stated, roles = sheet["stated"] or {}, sheet["roles"] or {}
    return TableShown(
        name=sheet["name"],
        hidden=sheet["hidden"],
        header_row=sheet["header_row"],
        read=sheet["read"],
        columns=tuple((heading, taken_as, why) for heading, taken_as, why in sheet["columns"]),
        skipped=tuple((row_no, text, why) for row_no, text, why in sheet["skipped"]),
        stated=stated.get("count"),
        stated_text=stated.get("text", ""),
        stated_row=stated.get("row_no"),
        roles_words=roles.get("words", ""),
    )


def _other_day(roster: RosterImport) -> tuple[date | None, str]:
    for sheet in roster.reading["sheets"]:
        if sheet["date_hint"] and date.fromisoformat(sheet["date_hint"]) != roster.list_date:
            return date.fromisoformat(sheet["date_hint"]), sheet["date_words"]
    return None, ""
