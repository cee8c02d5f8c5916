"""`unit_path` in the database: the closure of the register, kept by writing only the rows that differ."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import delete, insert, select

from lms.chunks import chunks
from lms.db import db
from lms.units.checks import Register, facts
from lms.units.models import UnitPath, UnitScope
from lms.units.rules import closure
from lms.units.stored import keys_by_id

COLUMNS = ("scope_id", "level", "node_id", "unit_id", "valid_from", "valid_to")
Row = tuple[int, str, int | None, int, date, date | None]


def rebuild(register: Register) -> Counter[str]:
    """Derive the closure of `register`, which must be what is stored; how many rows were "added" and "removed"."""
    wanted, known = _derived(register), _known()
    gone = [row_id for row, row_id in known.items() if row not in wanted]
    new = [dict(zip(COLUMNS, row, strict=True)) for row in wanted if row not in known]
    for some in chunks(gone):
        db.session.execute(delete(UnitPath).where(UnitPath.id.in_(some)))
    for rows in chunks(new):
        # Without render_nulls, each run of rows with the same columns empty would be a statement of its own.
        db.session.execute(insert(UnitPath), rows, execution_options={"render_nulls": True})
    return Counter(added=len(new), removed=len(gone))


def _derived(register: Register) -> dict[Row, None]:
    ids = {key: unit_id for unit_id, key in keys_by_id().items()}
    scopes = dict(db.session.execute(select(UnitScope.code, UnitScope.id)).all())
    return {
        (scopes[row.scope], row.level, ids[row.node] if row.node else None, ids[row.unit], row.begin, row.end): None
        for row in closure(*facts(register))
    }


def _known() -> dict[Row, int]:
    rows = select(*(getattr(UnitPath, name) for name in COLUMNS), UnitPath.id)
    return {(*row[:-1],): row[-1] for row in db.session.execute(rows)}
