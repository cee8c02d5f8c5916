"""The audit's entries about a record, each with whether its hashes fit where it stands in the chain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select

from lms.audit import queries
from lms.audit.models import AuditDetail, AuditEntry
from lms.db import db
from lms.operate.records.actors import Actors
from lms.operate.records.persons import Holder
from lms.operate.records.tree import (
    AchievementFacts,
    AttemptFacts,
    CertificateFacts,
    EditionFacts,
    Entry,
    SubmissionFacts,
)

MAKING = ("edition.file_changed", "edition.file_removed")
"""Each save in the editor: told in sum with the edition, not one by one."""


def entries_about(subjects: Iterable[str], actors: Actors) -> tuple[Entry, ...]:
    query = (
        select(AuditEntry, AuditDetail.details)
        .outerjoin(AuditDetail, AuditDetail.seq == AuditEntry.seq)
        .where(AuditEntry.subject.in_(sorted(set(subjects))), AuditEntry.action.not_in(MAKING))
        .order_by(AuditEntry.seq)
    )
    rows = db.session.execute(query).all()
    faults = queries.faults_among(entry.seq for entry, _details in rows)
    return tuple(
        Entry(
            seq=entry.seq,
            at=entry.at,
            who=actors(entry.actor),
            action=entry.action,
            subject=entry.subject,
            details=details,
            faults=tuple(faults[entry.seq]),
        )
        for entry, details in rows
    )


def subjects(
    holder: Holder,
    achievement: AchievementFacts | None,
    edition: EditionFacts | None,
    attempt: AttemptFacts | None,
    submissions: Iterable[SubmissionFacts],
    certificates: Iterable[CertificateFacts],
) -> Iterator[str]:
    """Whatever the audit may tell about the record, in its own names."""
    people = {holder.person_id, holder.person_id_now}
    people |= {one for merge in holder.merges for one in (merge.person_id, merge.into_id)}
    yield from (f"person:{one}" for one in people)
    for post in holder.posts:
        yield f"assignment:{post.assignment_id}"
        if post.superseded_by_id is not None:
            yield f"assignment:{post.superseded_by_id}"
        if post.from_list is not None:
            yield f"roster_import:{post.from_list.import_id}"
    if achievement is not None:
        yield from (f"achievement:{one}" for one in (achievement.achievement_id, *achievement.replaces_ids))
    if edition is not None:
        yield f"edition:{edition.edition_id}"
    if attempt is not None:
        yield f"attempt:{attempt.attempt_id}"
        yield f"enrolment:{attempt.enrolment_id}"
    yield from (f"submission:{one.submission_id}" for one in submissions)
    yield from (f"certificate:{one.certificate_id}" for one in certificates)
