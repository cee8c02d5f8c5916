"""The course as it was taken: which edition, made by whom, and whether its files are still what was published."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.courses.files import hash_of_hashes, sha256
from lms.courses.models import Course, Edition, EditionFile
from lms.db import db
from lms.operate.records.actors import Actors
from lms.operate.records.tree import Contribution, EditionFacts


def edition_of(edition_id: int, actors: Actors) -> EditionFacts:
    edition = db.session.get_one(Edition, edition_id)
    code = db.session.scalars(select(Course.code).where(Course.id == edition.course_id)).one()
    digest, files = _hash_again(edition_id)
    return EditionFacts(
        edition_id=edition.id,
        course_code=code,
        number=edition.number,
        title=edition.title,
        content_hash=edition.content_hash,
        content_hash_again=digest,
        files=files,
        tiet_online=edition.tiet_online,
        tiet_in_person=edition.tiet_in_person,
        validity_months=edition.validity_months,
        approved_programme=str(edition.front.get("approved_programme") or ""),
        named_authors=_authors(edition.front),
        contributions=_contributions(edition_id, actors),
        published_at=edition.published_at,
        published_by=actors.maybe(edition.published_by),
    )


def edition_id_of(described: str | None) -> int | None:
    """The edition that an achievement names ("k1 · 2 · hash"); None if it names none of ours."""
    code, number, digest = ([*(described or "").split(" · "), "", "", ""])[:3]
    if not number.isdecimal():
        return None
    query = select(Edition.id).join(Course, Course.id == Edition.course_id)
    return db.session.scalar(
        query.where(Course.code == code, Edition.number == int(number), Edition.content_hash == digest)
    )


def _authors(front: dict[str, Any]) -> tuple[str, ...]:
    named = front.get("authors")
    return tuple(map(str, named)) if isinstance(named, list) else ()


def _hash_again(edition_id: int) -> tuple[str, int]:
    """From the bytes of the files; one file in memory at a time."""
    query = select(EditionFile.path, EditionFile.data).where(EditionFile.edition_id == edition_id)
    pairs = [(row.path, sha256(row.data)) for row in db.session.execute(query.execution_options(yield_per=1))]
    return hash_of_hashes(pairs), len(pairs)


def _contributions(edition_id: int, actors: Actors) -> tuple[Contribution, ...]:
    query = select(AuditEntry.actor, AuditEntry.action, AuditEntry.at)
    rows = db.session.execute(query.where(AuditEntry.subject == f"edition:{edition_id}").order_by(AuditEntry.seq))
    times = defaultdict(list)
    for row in rows:
        times[row.actor, row.action].append(row.at)
    return tuple(Contribution(actors(who), what, len(at), at[0], at[-1]) for (who, what), at in times.items())
