"""The checks with this application's tables: the law, the helplines, the register of units, today."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from lms.authoring.checks import Context, Finding, check, check_text
from lms.authoring.checks.places import telling_names
from lms.courses.files import hash_of_hashes
from lms.courses.law import law_table
from lms.courses.models import Edition, EditionFile
from lms.courses.operations import export_files
from lms.db import db, utc_now
from lms.kept import kept
from lms.text.dates import local_today
from lms.units.models import Unit, UnitVersion
from lms.web.helplines import helplines

KEPT = 256


def context(with_units: bool = True) -> Context:
    """As of today; without the register, of places only the names of provinces count."""
    return Context(
        law=law_table(),
        hotlines=frozenset(helplines()),
        place_names=telling_names(_unit_names() if with_units else ()),
        today=local_today(utc_now()),
    )


def has_units() -> bool:
    """Whether there is a register to compare the names of places with: a folder can be checked without a database."""
    try:
        return bool(_unit_names())
    except SQLAlchemyError:
        db.session.rollback()
        return False


def _unit_names() -> list[str]:
    """Names that real units have or had; the invented ones of the demo may stand in a case."""
    names = select(UnitVersion.name).join(Unit, Unit.id == UnitVersion.unit_id).where(Unit.invented.is_(False))
    return list(db.session.scalars(names.distinct().order_by(UnitVersion.name)))


def check_typed(draft: Edition, path: str, text: str) -> list[Finding]:
    """All findings for one text of a draft, if it were saved as it stands in the form."""
    return check_text(export_files(draft) | {path: text.encode(errors="replace")}, path, context())


def check_draft(draft: Edition) -> list[Finding]:
    """All findings for a draft. Kept while neither its files nor the tables change: pages ask again and again."""
    now = context()
    pairs = db.session.execute(select(EditionFile.path, EditionFile.sha256).where(EditionFile.edition_id == draft.id))
    state = (hash_of_hashes((path, digest) for path, digest in pairs), now)
    drafts = kept("authoring: findings", KEPT)
    known: tuple[object, list[Finding]] | None = drafts.get(draft.id)
    if known is None or known[0] != state:
        known = drafts.put(draft.id, (state, check(export_files(draft), now)))
    return known[1]
