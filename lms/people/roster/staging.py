"""Staging: the file is kept, its rows are matched and shown, and nothing in the register changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select
from werkzeug.exceptions import NotFound

from lms.access.current import viewer
from lms.audit.operations import record
from lms.chunks import chunks
from lms.collecting import uncollected
from lms.db import db
from lms.people.models import Role, RosterImport, RosterRow
from lms.people.rights import require_some_line, today
from lms.people.roster.imports import lines_of
from lms.people.roster.matched import Matched, match_with_register
from lms.people.roster.opening import OpenedList, describe, open_list, stated_total
from lms.people.roster.packing import pack_questions, pack_reasons
from lms.people.roster.proposals import Listed, Proposal
from lms.people.roster.readings import RowReading, SheetReading
from lms.people.roster.resolving import Resolver
from lms.people.roster.rolebook import RoleBook
from lms.people.roster.taking import pack, take
from lms.people.scope import unscoped
from lms.storage.files import StoredFile, named, storage
from lms.text.dates import show_date
from lms.units.models import Unit
from lms.units.queries import first_day
from lms.web.refusals import Refusal

KIND = "rosters"
ROWS = "the rows of one import, whose unit the viewer was checked for"


@dataclass(frozen=True)
class Draft:
    """What a list says, matched with the register of this moment; nothing is written yet."""

    opened: OpenedList
    list_date: date
    unit_id: int
    lines: frozenset[str]
    rows: Sequence[tuple[RowReading, dict[str, Any]]]
    matched: Matched


@uncollected()
def draft(opened: OpenedList, list_date: date, unit_id: int) -> Draft:
    """The long part of staging. It only reads, so that nobody waits for the lock of a large list."""
    lines = require_some_line(viewer(), unit_id)
    _require_unit_and_date(unit_id, list_date)
    rows = _parsed_rows(opened, unit_id, list_date, lines)
    listed = [take(key, row.row_no, parsed, {}) for key, (row, parsed) in enumerate(rows)]
    return Draft(opened, list_date, unit_id, lines, rows, match_with_register(listed, viewer(), list_date))


def stage(
    data: bytes, filename: str, list_date: date, unit_id: int, *, opened: OpenedList | None = None
) -> RosterImport:
    """The list as rows to be looked at. Raises Refusal for a bad file or date."""
    opened = opened or open_list(data, filename, list_date)
    return keep(draft(opened, list_date, unit_id), keep_file(opened))


def keep_file(opened: OpenedList) -> StoredFile:
    """Before the transaction begins: a storage may be far away, and nobody is to wait for it with the lock held."""
    return storage().save(KIND, opened.data, f".{opened.kind}")


def named_file(opened: OpenedList) -> StoredFile:
    """What `keep_file` would return, and nothing is kept."""
    return named(KIND, opened.data, f".{opened.kind}")


@uncollected()
def keep(drafted: Draft, kept: StoredFile) -> RosterImport:
    """Store a draft. The same bytes for the same unit, date and lines give the import there is."""
    known = _already(drafted, kept.sha256)
    if known:
        return known
    staged = _new_import(drafted, kept)
    pairs = zip(drafted.rows, drafted.matched.proposals, strict=True)
    for some in chunks(_row_values(staged.id, *row, proposal) for row, proposal in pairs):
        db.session.execute(insert(RosterRow), some, execution_options={"render_nulls": True})
    record("roster.staged", f"roster_import:{staged.id}", after=_summary(staged, len(drafted.rows)))
    return staged


def rows_of(import_id: int) -> list[RosterRow]:
    """In the order of the file; the position in this list is the row's key."""
    statement = select(RosterRow).where(RosterRow.import_id == import_id).order_by(RosterRow.id)
    return list(db.session.scalars(unscoped(statement, ROWS)))


def taken(rows: Sequence[RosterRow], read_again: Mapping[int, dict[str, Any]] | None = None) -> list[Listed]:
    """The stored rows with their answers, ready to be matched again. `read_again`: row id → how it reads now."""
    now = read_again or {}
    return [
        take(key, row.row_no, now.get(row.id, row.parsed), row.decision, row.effect.get("person"))
        for key, row in enumerate(rows)
    ]


def note(row: RosterRow, proposal: Proposal) -> bool:
    """Write a proposal into its row; True if it says anything new."""
    values = _proposed(proposal, row.parsed)
    changed = any(getattr(row, name) != value for name, value in values.items())
    if changed:
        for name, value in values.items():
            setattr(row, name, value)
    return changed


def _require_unit_and_date(unit_id: int, list_date: date) -> None:
    if db.session.get(Unit, unit_id) is None:
        raise NotFound
    if list_date > today():
        raise Refusal(_("Ngày của danh sách là %(day)s, ngày đó chưa tới.", day=show_date(list_date)), 422)
    floor = first_day()
    if floor is not None and list_date < floor:
        words = _("Danh mục đơn vị bắt đầu từ %(day)s nên chưa nhập được danh sách cũ hơn.", day=show_date(floor))
        raise Refusal(words, 422)


def _already(drafted: Draft, sha256: str) -> RosterImport | None:
    """Read for the same lines: what was left out for one line's keeper is not left out for another's."""
    statement = (
        select(RosterImport)
        .where(RosterImport.file_sha256 == sha256, RosterImport.list_date == drafted.list_date)
        .where(RosterImport.unit_id == drafted.unit_id, RosterImport.state.in_(("staged", "confirmed")))
        .where(RosterImport.file_key > "")  # of one that retention has emptied nothing is left to look at
        .order_by(RosterImport.id.desc())
    )
    return next((known for known in db.session.scalars(statement) if lines_of(known) == drafted.lines), None)


def _new_import(drafted: Draft, kept: StoredFile) -> RosterImport:
    opened = drafted.opened
    staged = RosterImport(
        file_name=opened.filename[-200:],
        file_sha256=kept.sha256,
        file_key=kept.key,
        list_date=drafted.list_date,
        unit_id=drafted.unit_id,
        state="staged",
        reading={**describe(opened), "lines": sorted(drafted.lines)},
        stated_total=stated_total(opened),
        created_by=viewer().actor,
    )
    db.session.add(staged)
    db.session.flush()
    return staged


def _summary(staged: RosterImport, rows: int) -> dict[str, Any]:
    return {
        "file": staged.file_sha256,
        "unit": staged.unit_id,
        "list_date": staged.list_date,
        "rows": rows,
    }


def _parsed_rows(
    opened: OpenedList, unit_id: int, list_date: date, lines: frozenset[str]
) -> list[tuple[RowReading, dict[str, Any]]]:
    resolver = Resolver(unit_id, list_date)
    resolver.look_up((row.place_text, sheet.unit_hint) for sheet, row in opened.rows)
    roles = RoleBook.of(db.session.scalars(select(Role)).all(), lines)
    return [(row, _parsed(sheet, row, resolver, roles)) for sheet, row in opened.rows]


def _parsed(sheet: SheetReading, row: RowReading, resolver: Resolver, roles: RoleBook) -> dict[str, Any]:
    parsed = pack(row)
    named = roles.named(row.role_text)
    if named:
        parsed["problems"] = [problem for problem in parsed["problems"] if problem[0] != "role_unknown"]
    codes = named or row.role_codes
    parsed["roles"] = [code for code in codes if code in roles.allowed]
    parsed["roles_dropped"] = [code for code in codes if code not in roles.allowed]
    parsed["hint"] = sheet.unit_hint
    parsed["units"] = resolver.resolve(row.place_text, sheet.unit_hint).pack()
    return parsed


def _row_values(import_id: int, row: RowReading, parsed: dict[str, Any], proposal: Proposal) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "sheet": row.sheet[:120],
        "row_no": row.row_no,
        "raw": [[heading, text] for heading, text in row.cells.items()],
        "decision": {},
        "effect": {},
        **_proposed(proposal, parsed),
    }


def _proposed(proposal: Proposal, parsed: dict[str, Any]) -> dict[str, Any]:
    state = {
        "outcome": proposal.outcome,
        "same_as": proposal.same_as,
        "waits_for": proposal.waits_for,
        "open": list(proposal.open),
    }
    return {
        "parsed": {**parsed, "state": state},
        "taken_as": proposal.taken_as,
        "why": pack_reasons(proposal.why),
        "questions": pack_questions(proposal.questions),
        "person_id": proposal.person_id,
    }
