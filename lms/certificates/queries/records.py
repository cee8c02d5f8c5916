"""My records: certificates, classes, papers from elsewhere, and what still waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import Row, select

from lms.access import Viewer
from lms.certificates import rules
from lms.certificates.course import course_from_json
from lms.certificates.models import Achievement, Certificate
from lms.certificates.queries.cards import CertificateCard, card_of
from lms.certificates.rules import State
from lms.db import db, utc_now
from lms.people.models import IdentityCheck
from lms.people.queries import last_identity_check
from lms.people.scope import one_person, visible
from lms.text.dates import local_today

OtherState = State | Literal["recorded", "unverified", "waiting"]
Word = Literal["unasked", "right", "reported"]


@dataclass(frozen=True)
class Other:
    """A record without a certificate of ours. `until` only where the course said how long it counts."""

    title: str
    kind: str
    completed_on: date
    tiet: Decimal
    state: OtherState
    until: date | None
    recorded_at: datetime
    recorded_by: str
    source: str


@dataclass(frozen=True)
class Records:
    """`word`: what the viewer said of the printed name; `reported` is the open report, if there is one."""

    current: list[CertificateCard]
    earlier: list[CertificateCard]
    others: list[Other]
    word: Word
    reported: IdentityCheck | None

    @property
    def waiting(self) -> list[Other]:
        return [other for other in self.others if other.state == "waiting"]

    @property
    def settled(self) -> list[Other]:
        return [other for other in self.others if other.state != "waiting"]

    @property
    def empty(self) -> bool:
        return not (self.current or self.earlier or self.others)


def records_of(who: Viewer) -> Records:
    """Everything that stands about the viewer's own person, newest first."""
    rows = _rows(who, who.person_id) if who.person_id is not None else []
    cards = [card_of(certificate, achievement.edition) for achievement, certificate in rows if certificate]
    last = last_identity_check(who.person_id) if who.person_id is not None else None
    word = word_of(last)
    return Records(
        current=[card for card in cards if card.state == "valid"],
        earlier=[card for card in cards if card.state != "valid"],
        others=[_other(achievement) for achievement, certificate in rows if not certificate],
        word=word,
        reported=last if word == "reported" else None,
    )


def learning_of(who: Viewer, person_id: int) -> list[CertificateCard | Other]:
    """What somebody has learned, newest first, as an office that may see the person reads it."""
    rows = _rows(who, person_id)
    return [card_of(paper, fact.edition) if paper else _other(fact) for fact, paper in rows]


def _rows(who: Viewer, person_id: int) -> Sequence[Row[Achievement, Certificate | None]]:
    wanted = (
        select(Achievement, Certificate)
        .outerjoin(Certificate, Certificate.achievement_id == Achievement.id)
        .where(Achievement.person_id.in_(one_person(person_id)), Achievement.superseded_at.is_(None))
        .order_by(Achievement.completed_on.desc(), Achievement.id.desc())
    )
    return db.session.execute(visible(who, wanted, of=Achievement)).all()


def word_of(last: IdentityCheck | None) -> Word:
    """What the last answer amounts to: a report that was put right counts as right."""
    if last is None:
        return "unasked"
    return "right" if last.answer == "right" or last.resolved_at is not None else "reported"


def _other(achievement: Achievement) -> Other:
    facts = course_from_json(achievement.paper_facts) if achievement.paper_facts else None
    until = rules.valid_until(achievement.completed_on, facts.validity_months) if facts else None
    return Other(
        title=achievement.title,
        kind=achievement.kind,
        completed_on=achievement.completed_on,
        tiet=achievement.tiet,
        state=_state(achievement, until),
        until=until,
        recorded_at=achievement.recorded_at,
        recorded_by=achievement.recorded_by,
        source=achievement.source,
    )


def _state(achievement: Achievement, until: date | None) -> OtherState:
    if achievement.revoked_at is not None:
        return "revoked"
    if achievement.kind == "outside" and achievement.verified_at is None:
        return "unverified"
    if achievement.kind == "online" and achievement.paper_facts is not None:
        return "waiting"
    if until is None:
        return "recorded"
    return rules.state_on(until, local_today(utc_now()))
