"""The record as plain values. None: there is no such fact (yet); a text that is empty was left empty by its writer.

Instants are the server's, in UTC; days are those of the place. `…_again` is worked out anew from what is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lms.operate.records.persons import Holder, Who


@dataclass(frozen=True)
class Contribution:
    """What somebody did to the edition while it was a draft: how often, from when to when."""

    who: Who
    action: str
    times: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class EditionFacts:
    """The course as it was taken. `content_hash_again` is made from the stored files."""

    edition_id: int
    course_code: str
    number: int | None
    title: str
    content_hash: str | None
    content_hash_again: str
    files: int
    tiet_online: Decimal
    tiet_in_person: Decimal
    validity_months: int
    approved_programme: str
    named_authors: tuple[str, ...]
    contributions: tuple[Contribution, ...]
    published_at: datetime | None
    published_by: Who | None

    @property
    def described(self) -> str:
        """As an achievement names it."""
        return f"{self.course_code} · {self.number} · {self.content_hash}"


@dataclass(frozen=True)
class PassRule:
    """In force for this attempt: passed with `pass_percent` of the points and every must-be-right item right."""

    quiz: str
    pass_percent: int
    must_be_right: tuple[str, ...]
    slots: tuple[dict[str, Any], ...]
    max_attempts: int | None
    wait_minutes: int


@dataclass(frozen=True)
class ItemFacts:
    """One question as it was drawn, what was answered, and the key: for the operator alone.

    `points` and `right` as they were stored when it was judged; None while the attempt is open.
    """

    place: int
    key: str
    question_version_id: int
    version: int
    version_recorded_at: datetime
    sha256: str
    sha256_again: str
    type: str
    stem: str
    shown_order: tuple[str, ...]
    must_be_right: bool
    right_answer: tuple[str, ...]
    answer: tuple[str, ...]
    points: Decimal | None
    right: bool | None
    points_again: Decimal
    right_again: bool
    points_max: int


@dataclass(frozen=True)
class Step:
    seq: int
    place: int
    answer: tuple[str, ...]
    recorded_at: datetime


@dataclass(frozen=True)
class Score:
    """`must_missed`: keys of must-be-right items that were not right; not stored, so None in the stored score."""

    points: Decimal | None
    points_max: Decimal | None
    passed: bool | None
    must_missed: tuple[str, ...] | None = None


@dataclass(frozen=True)
class AttemptFacts:
    """`score_equal` is None while nothing has been judged, and where retention has deleted the answers since
    (`answers_erased`): only the score is left then.
    """

    attempt_id: int
    ticket: str
    person_id: int
    enrolment_id: int
    number: int
    allowed: int | None
    started_lessons_on: date
    ticket_issued_at: datetime
    closed_at: datetime | None
    rule: PassRule
    score: Score
    score_again: Score
    score_equal: bool | None
    items: tuple[ItemFacts, ...]
    steps: tuple[Step, ...]
    answers_erased: bool


@dataclass(frozen=True)
class SubmissionFacts:
    """What a device sent, as it came. `claimed`: what it says beyond its answers (its clock, a score): never read.

    `answers_stand`: every answer in it is the last one of its item; None for what was not accepted.
    """

    submission_id: int
    client_id: str
    receipt: str
    state: str
    reason: str | None
    sender: Who
    received_at: datetime
    sha256: str
    sha256_again: str
    claimed: dict[str, Any]
    body: str
    answers_stand: bool | None
    decision: str | None
    decided_by: Who | None
    decided_at: datetime | None
    body_erased: bool


@dataclass(frozen=True)
class AchievementFacts:
    """`edition` and `programme` are what it says of the course; `replaces_ids`: achievements it is a correction of."""

    achievement_id: int
    person_id: int
    kind: str
    course_code: str
    title: str
    completed_on: date
    tiet: Decimal
    edition: str | None
    programme: dict[str, Any] | None
    valid_until: date | None
    source: str
    recorded_at: datetime
    recorded_by: Who
    verified_at: datetime | None
    revoked_at: datetime | None
    revoked_reason: str | None
    superseded_at: datetime | None
    superseded_by_id: int | None
    replaces_ids: tuple[int, ...]


@dataclass(frozen=True)
class CertificateFacts:
    """One paper. `printed` is what it says; `file_sha256_again` is of the stored file, "" where it is gone."""

    certificate_id: int
    serial: str
    code: str
    state: str
    holder_name: str
    printed: dict[str, Any]
    issued_on: date
    completed_on: date
    valid_until: date
    recorded_at: datetime
    revoked_at: datetime | None
    revoked_reason: str | None
    replaces: str | None
    replaced_at: datetime | None
    replaced_by: str | None
    file_sha256: str | None
    file_sha256_again: str | None
    file_size: int | None
    file_fault: str | None
    file_erased: bool


@dataclass(frozen=True)
class Entry:
    """An entry of the audit about this record. `details` is None where retention has deleted it.

    `faults`: what of its hashes, and of those beside it in the chain, does not fit; empty: all fit.
    """

    seq: int
    at: datetime
    who: Who
    action: str
    subject: str
    details: dict[str, Any] | None
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """`faults`: what does not fit together, in words; empty when everything does."""

    asked: str
    faults: tuple[str, ...]
    holder: Holder
    achievement: AchievementFacts | None
    edition: EditionFacts | None
    attempt: AttemptFacts | None
    submissions: tuple[SubmissionFacts, ...]
    certificates: tuple[CertificateFacts, ...]
    entries: tuple[Entry, ...]
