"""What does not fit together in a record: rows against what they were made from, and against the audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from lms.certificates.course import course_from_json
from lms.operate.records.tree import (
    AchievementFacts,
    AttemptFacts,
    CertificateFacts,
    EditionFacts,
    Entry,
    ItemFacts,
    Record,
    SubmissionFacts,
)
from lms.text.dates import local_today

TOLD_LATER = {"kind", "completed_on", "tiet", "edition"}
"""What entries of `achievement.recorded` from before this version do not tell."""
TOGETHER = timedelta(hours=1)
"""A row and its entry are written by one transaction, which may have waited for its turn."""


def faults_of(record: Record) -> Iterator[str]:
    if record.attempt is not None:
        yield from _of_attempt(record.attempt, record.submissions)
    for sent in record.submissions:
        yield from _of_submission(sent)
    if record.edition is not None:
        yield from _of_edition(record.edition)
    if record.achievement is not None:
        yield from _of_achievement(record.achievement, record)
    for paper in record.certificates:
        yield from _of_certificate(paper, record.achievement)
    for entry in record.entries:
        yield from entry.faults
    yield from _against_the_audit(record)


def _of_attempt(attempt: AttemptFacts, submissions: Iterable[SubmissionFacts]) -> Iterator[str]:
    if attempt.score_equal is False:
        yield f"the score is not what the answers give: stored {attempt.score}, again {attempt.score_again}"
    judged = attempt.closed_at is not None and not attempt.answers_erased
    for item in attempt.items:
        yield from _of_item(item, closed=judged)
    accepted = sum(sent.state == "accepted" for sent in submissions)
    if attempt.closed_at is not None and accepted != 1:
        yield f"the attempt is closed, and {accepted} submissions of it were accepted, not 1"
    if attempt.allowed != attempt.rule.max_attempts:
        yield f"the attempt was one of {attempt.allowed}, its quiz allows {attempt.rule.max_attempts}"
    if attempt.closed_at is None and accepted:
        yield "a submission was accepted, and the attempt is still open"
    if attempt.closed_at is not None and attempt.closed_at < attempt.ticket_issued_at:
        yield "the attempt was closed before its ticket was issued"
    if any(step.recorded_at < attempt.ticket_issued_at for step in attempt.steps):
        yield "an answer was recorded before the ticket was issued"


def _of_item(item: ItemFacts, *, closed: bool) -> Iterator[str]:
    if item.sha256 != item.sha256_again:
        yield f"question {item.key} version {item.version} is not what its hash was made of"
    if closed and (item.points, item.right) != (item.points_again, item.right_again):
        yield f"the result of question {item.place} is not what its answer gives"


def _of_submission(sent: SubmissionFacts) -> Iterator[str]:
    if sent.sha256 != sent.sha256_again and not sent.body_erased:
        yield f"submission {sent.receipt} is not what its hash was made of"
    if sent.answers_stand is False:
        yield f"the answers of submission {sent.receipt} are not those that were judged"


def _of_edition(edition: EditionFacts) -> Iterator[str]:
    if edition.content_hash != edition.content_hash_again:
        yield f"the files of edition {edition.number} of {edition.course_code} are not those that were published"


def _of_achievement(fact: AchievementFacts, record: Record) -> Iterator[str]:
    attempt = record.attempt
    yield from (*_of_programme(fact), *_of_standing(fact, record.certificates))
    if fact.source.startswith("attempt:") and attempt is None:
        yield "the attempt that proves it is not there"
    if attempt is None:
        return
    if attempt.person_id != fact.person_id:
        yield "the attempt that proves it is another person's"
    if not attempt.score.passed:
        yield "the attempt that proves it was not passed"
    received = {local_today(sent.received_at) for sent in record.submissions if sent.state == "accepted"}
    if received and fact.completed_on not in received:
        yield f"it says completed on {fact.completed_on}, what proves it was received on {min(received)}"
    if record.edition is not None and fact.edition != record.edition.described:
        yield f"it names the edition {fact.edition!r}, the attempt was of {record.edition.described!r}"


def _of_standing(fact: AchievementFacts, papers: Iterable[CertificateFacts]) -> Iterator[str]:
    """Nothing takes a fact back but with its certificate, or by another fact in its place."""
    if (fact.superseded_at is None) != (fact.superseded_by_id is None):
        yield "it was superseded, and nothing says by what"
    revoked = {(paper.revoked_at, paper.revoked_reason) for paper in papers}
    if (fact.revoked_at, fact.revoked_reason) not in revoked | {(None, None)}:
        yield "it was revoked, and no certificate of it was then, for that reason"
    if fact.kind != "outside" and (fact.verified_at is None or abs(fact.verified_at - fact.recorded_at) > TOGETHER):
        yield "it needs nobody to verify it, and was not verified as it was recorded"


def _of_programme(fact: AchievementFacts) -> Iterator[str]:
    """What a certificate prints of the course was fixed with the fact."""
    if fact.programme is None:
        return
    course = course_from_json(fact.programme)
    said = (fact.course_code, fact.title, fact.tiet, fact.edition)
    if said != (course.code, course.title, course.tiet_online + course.tiet_in_person, course.edition):
        yield f"it says {said}, and its programme says otherwise"


def _of_certificate(paper: CertificateFacts, fact: AchievementFacts | None) -> Iterator[str]:
    if paper.file_sha256 != paper.file_sha256_again and not paper.file_erased:
        yield f"the file of certificate {paper.serial} is gone, or is not the one that was issued"
    said = (paper.printed.get("holder_name"), paper.printed.get("serial"), paper.printed.get("code"))
    if said != (paper.holder_name, paper.serial, paper.code):
        yield f"certificate {paper.serial} does not say what its row says"
    if (paper.revoked_at is None) != (paper.revoked_reason is None):
        yield f"certificate {paper.serial} was revoked without a reason, or has one and was not"
    if paper.replaces == "":
        yield f"certificate {paper.serial} replaces one of another achievement"
    if paper.printed.get("issued_on") != paper.issued_on.isoformat():
        yield f"certificate {paper.serial} says issued on {paper.printed.get('issued_on')}, its row {paper.issued_on}"
    if fact is not None and fact.valid_until is not None and paper.valid_until != fact.valid_until:
        yield f"certificate {paper.serial} is valid until {paper.valid_until}, its programme says {fact.valid_until}"
    if fact is not None and paper.completed_on != fact.completed_on:
        yield f"certificate {paper.serial} says completed on {paper.completed_on}, the record {fact.completed_on}"


def _against_the_audit(record: Record) -> Iterator[str]:
    """The audit wrote down, under its hashes, what was true when each row was made."""
    told = {(entry.subject, entry.action): entry for entry in record.entries}
    for subject, action, facts in _written(record):
        entry = told.get((subject, action))
        if entry is None:
            yield f"no entry of the audit tells of {action} for {subject}"
        else:
            yield from _differences(entry, facts)
    for subject, action, at, by in _moments(record):
        if (subject, action) in told:
            yield from _at_another_time(told[subject, action], at, by)


def _moments(record: Record) -> Iterator[tuple[str, str, datetime, str | None]]:
    """When each row says it was made, and by whom it says so itself."""
    attempt, fact = record.attempt, record.achievement
    if attempt is not None:
        yield f"attempt:{attempt.attempt_id}", "attempt.started", attempt.ticket_issued_at, None
        if attempt.closed_at is not None:
            yield f"attempt:{attempt.attempt_id}", "attempt.closed", attempt.closed_at, None
    for sent in record.submissions:
        subject = f"submission:{sent.submission_id}"
        yield subject, "submission.received", sent.received_at, sent.sender.actor
        if sent.decided_at is not None:
            yield subject, "submission.decided", sent.decided_at, sent.decided_by.actor if sent.decided_by else ""
    if fact is not None:
        subject = f"achievement:{fact.achievement_id}"
        yield subject, "achievement.recorded", fact.recorded_at, fact.recorded_by.actor
    for paper in record.certificates:
        yield f"certificate:{paper.certificate_id}", "certificate.issued", paper.recorded_at, None


def _at_another_time(entry: Entry, at: datetime, by: str | None) -> Iterator[str]:
    if abs(entry.at - at) > TOGETHER:
        yield f"{entry.subject} says {at} of {entry.action}, and entry {entry.seq} {entry.at}"
    if by is not None and by != entry.who.actor:
        yield f"{entry.subject} says that {by} did it, and entry {entry.seq} ({entry.action}) tells {entry.who.actor}"


def _differences(entry: Entry, facts: Mapping[str, Any]) -> Iterator[str]:
    for name, value in facts.items() if entry.details is not None else ():
        if name in TOLD_LATER and name not in (entry.details or ()):
            continue
        said = entry.details.get(name) if entry.details else None
        if _plain(said) != _plain(value):
            yield f"{entry.subject} has {name} {value}, and entry {entry.seq} ({entry.action}) tells {said}"


def _plain(value: Any) -> Any:
    """One value for one number, as "9", 9 or Decimal("9.000"); True is no number."""
    try:
        return value if isinstance(value, bool) else Decimal(str(value))
    except ArithmeticError:
        return value


def _written(record: Record) -> Iterator[tuple[str, str, dict[str, Any]]]:
    attempt, fact, edition = record.attempt, record.achievement, record.edition
    if attempt is not None:
        subject = f"attempt:{attempt.attempt_id}"
        yield subject, "attempt.started", {"person": attempt.person_id, "number": attempt.number}
        if attempt.closed_at is not None:
            yield subject, "attempt.closed", {"passed": attempt.score.passed, "points": attempt.score.points}
    for sent in record.submissions:
        yield f"submission:{sent.submission_id}", "submission.received", {"sha256": sent.sha256}
        if sent.decided_at is not None or sent.decided_by is not None:
            yield f"submission:{sent.submission_id}", "submission.decided", {"decision": sent.decision}
    if fact is not None:
        facts = {"person": fact.person_id, "course": fact.course_code, "source": fact.source, "kind": fact.kind}
        facts |= {"completed_on": fact.completed_on.isoformat(), "tiet": fact.tiet, "edition": fact.edition}
        yield f"achievement:{fact.achievement_id}", "achievement.recorded", facts
    if edition is not None and edition.number is not None:
        facts = {"number": edition.number, "content_hash": edition.content_hash}
        yield f"edition:{edition.edition_id}", "edition.published", facts
    for paper in record.certificates:
        facts = {"serial": paper.serial, "achievement": fact.achievement_id if fact else None}
        yield f"certificate:{paper.certificate_id}", "certificate.issued", facts
        if paper.revoked_at is not None:
            yield f"certificate:{paper.certificate_id}", "certificate.revoked", {"why": paper.revoked_reason}
        if paper.replaced_at is not None:
            yield f"certificate:{paper.certificate_id}", "certificate.replaced", {}
