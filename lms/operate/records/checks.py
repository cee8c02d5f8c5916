"""What does not fit together in a record: rows against what they were made from, and against the audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

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


def _of_certificate(paper: CertificateFacts, fact: AchievementFacts | None) -> Iterator[str]:
    if paper.file_sha256 != paper.file_sha256_again and not paper.file_erased:
        yield f"the file of certificate {paper.serial} is gone, or is not the one that was issued"
    said = (paper.printed.get("holder_name"), paper.printed.get("serial"), paper.printed.get("code"))
    if said != (paper.holder_name, paper.serial, paper.code):
        yield f"certificate {paper.serial} does not say what its row says"
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


def _differences(entry: Entry, facts: Mapping[str, Any]) -> Iterator[str]:
    for name, value in facts.items() if entry.details is not None else ():
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
    if fact is not None:
        facts = {"person": fact.person_id, "course": fact.course_code, "source": fact.source}
        yield f"achievement:{fact.achievement_id}", "achievement.recorded", facts
    if edition is not None and edition.number is not None:
        facts = {"number": edition.number, "content_hash": edition.content_hash}
        yield f"edition:{edition.edition_id}", "edition.published", facts
    for paper in record.certificates:
        yield f"certificate:{paper.certificate_id}", "certificate.issued", {"serial": paper.serial}
        if paper.revoked_at is not None:
            yield f"certificate:{paper.certificate_id}", "certificate.revoked", {"why": paper.revoked_reason}
        if paper.replaced_at is not None:
            yield f"certificate:{paper.certificate_id}", "certificate.replaced", {}
