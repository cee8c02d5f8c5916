"""What was proved, and every paper that was issued about it."""

from __future__ import annotations

import hashlib
from datetime import date

from sqlalchemy import select

from lms.certificates.course import course_from_json
from lms.certificates.models import Achievement, Certificate
from lms.certificates.queries.cards import state_of
from lms.certificates.rules import serial_text, valid_until
from lms.db import db
from lms.operate.records.actors import Actors
from lms.operate.records.finding import WHY
from lms.operate.records.tree import AchievementFacts, CertificateFacts
from lms.operate.retention.queries import erased_until
from lms.people.scope import unscoped
from lms.storage.files import storage


def achievement_facts(achievement: Achievement, actors: Actors) -> AchievementFacts:
    return AchievementFacts(
        achievement_id=achievement.id,
        person_id=achievement.person_id,
        kind=achievement.kind,
        course_code=achievement.course_code,
        title=achievement.title,
        completed_on=achievement.completed_on,
        tiet=achievement.tiet,
        edition=achievement.edition,
        programme=achievement.paper_facts,
        valid_until=_valid_until(achievement),
        source=achievement.source,
        recorded_at=achievement.recorded_at,
        recorded_by=actors(achievement.recorded_by),
        verified_at=achievement.verified_at,
        revoked_at=achievement.revoked_at,
        revoked_reason=achievement.revoked_reason,
        superseded_at=achievement.superseded_at,
        superseded_by_id=achievement.superseded_by_id,
        replaces_ids=_corrected_by(achievement.id),
    )


def certificates_of(achievement_id: int) -> tuple[CertificateFacts, ...]:
    """In the order in which they were issued: each replaced one before the one in its place."""
    query = select(Certificate).where(Certificate.achievement_id == achievement_id).order_by(Certificate.id)
    papers = list(db.session.scalars(unscoped(query, WHY)))
    serials = {paper.id: serial_text(paper.serial_no, paper.serial_year) for paper in papers}
    heirs = {paper.replaces_id: serials[paper.id] for paper in papers if paper.replaces_id is not None}
    return tuple(_certificate(paper, serials, heirs) for paper in papers)


def _certificate(paper: Certificate, serials: dict[int, str], heirs: dict[int, str]) -> CertificateFacts:
    return CertificateFacts(
        certificate_id=paper.id,
        serial=serials[paper.id],
        code=paper.code,
        state=state_of(paper),
        holder_name=paper.holder_name,
        printed=paper.paper,
        issued_on=paper.issued_on,
        completed_on=paper.completed_on,
        valid_until=paper.valid_until,
        recorded_at=paper.recorded_at,
        revoked_at=paper.revoked_at,
        revoked_reason=paper.revoked_reason,
        replaces=None if paper.replaces_id is None else serials.get(paper.replaces_id, ""),
        replaced_at=paper.replaced_at,
        replaced_by=heirs.get(paper.id),
        file_sha256=paper.pdf_sha256,
        file_sha256_again=None if paper.pdf_key is None else _hash_of_file(paper.pdf_key),
        file_size=paper.pdf_size,
        file_fault=paper.pdf_fault,
        file_erased=paper.pdf_key == "" and erased_until("person") is not None,
    )


def _hash_of_file(key: str) -> str:
    if not key:  # taken away by retention
        return ""
    try:
        return hashlib.sha256(storage().read(key)).hexdigest()
    except FileNotFoundError:
        return ""


def _valid_until(achievement: Achievement) -> date | None:
    """None where the course did not say how long it counts; then only a plan's rule does."""
    if achievement.paper_facts is None:
        return None
    return valid_until(achievement.completed_on, course_from_json(achievement.paper_facts).validity_months)


def _corrected_by(achievement_id: int) -> tuple[int, ...]:
    query = select(Achievement.id).where(Achievement.superseded_by_id == achievement_id).order_by(Achievement.id)
    return tuple(db.session.scalars(unscoped(query, WHY)))
