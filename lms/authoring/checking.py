"""The checks with this application's tables: the law, the helplines, the register of units, today."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app
from sqlalchemy import select

from lms.authoring.checks import Context, Finding, check
from lms.authoring.checks.places import telling_names
from lms.courses.files import hash_of_hashes
from lms.courses.law import law_table
from lms.courses.models import Edition, EditionFile
from lms.courses.operations import export_files
from lms.db import db, utc_now
from lms.text.dates import local_today
from lms.units.models import Unit, UnitVersion
from lms.web.helplines import helplines


def check_files(files: Mapping[str, bytes]) -> list[Finding]:
    """All findings for a package, as of today."""
    return check(files, context())


def context() -> Context:
    return Context(
        law=law_table(),
        hotlines=frozenset(helplines()),
        place_names=telling_names(_unit_names()),
        today=local_today(utc_now()),
    )


def _unit_names() -> list[str]:
    """Names that real units have or had; the invented ones of the demo may stand in a case."""
    names = select(UnitVersion.name).join(Unit, Unit.id == UnitVersion.unit_id).where(Unit.invented.is_(False))
    return list(db.session.scalars(names.distinct().order_by(UnitVersion.name)))


def check_draft(draft: Edition) -> list[Finding]:
    """All findings for a draft. Kept while neither its files nor the tables change: pages ask again and again."""
    now = context()
    pairs = db.session.execute(select(EditionFile.path, EditionFile.sha256).where(EditionFile.edition_id == draft.id))
    state = (hash_of_hashes((path, digest) for path, digest in pairs), now)
    kept: dict[int, tuple[object, list[Finding]]] = current_app.extensions.setdefault("lms.authoring.findings", {})
    if draft.id not in kept or kept[draft.id][0] != state:
        kept[draft.id] = (state, check(export_files(draft), now))
    return kept[draft.id][1]
