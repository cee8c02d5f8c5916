"""One record, put together from what every room has stored about it."""

from __future__ import annotations

from dataclasses import replace

from lms.certificates.models import Achievement
from lms.operate.records.actors import Actors
from lms.operate.records.attempts import attempt_facts, edition_id_taken
from lms.operate.records.checks import faults_of
from lms.operate.records.finding import Found
from lms.operate.records.holder import Moment, holder_of
from lms.operate.records.learning import edition_id_of, edition_of
from lms.operate.records.papers import achievement_facts, certificates_of
from lms.operate.records.sending import submissions_of
from lms.operate.records.trail import entries_about, subjects
from lms.operate.records.tree import EditionFacts, Record
from lms.quizzes.models import Attempt
from lms.text.dates import local_today


def gather(asked: str, found: Found) -> Record:
    """Everything of one record, with what in it does not fit together."""
    actors = Actors()
    attempt = attempt_facts(found.attempt) if found.attempt else None
    achievement = achievement_facts(found.achievement, actors) if found.achievement else None
    edition = _edition(found, actors)
    submissions = submissions_of(attempt, actors) if attempt else ()
    certificates = certificates_of(achievement.achievement_id) if achievement else ()
    person_id, moment = _whose(found.achievement, found.attempt)
    holder = holder_of(person_id, moment, actors)
    about = subjects(holder, achievement, edition, attempt, submissions, certificates)
    entries = entries_about(about, actors)
    record = Record(asked, (), holder, achievement, edition, attempt, submissions, certificates, entries)
    return replace(record, faults=tuple(dict.fromkeys(faults_of(record))))


def _edition(found: Found, actors: Actors) -> EditionFacts | None:
    """The one the attempt was of; without an attempt, the one that the achievement names."""
    if found.attempt is not None:
        return edition_of(edition_id_taken(found.attempt), actors)
    edition_id = edition_id_of(found.achievement.edition) if found.achievement else None
    return None if edition_id is None else edition_of(edition_id, actors)


def _whose(achievement: Achievement | None, attempt: Attempt | None) -> tuple[int, Moment]:
    """Of an attempt that proved nothing, the moment is that of its end, or of its start while it is open."""
    if achievement is not None:
        return achievement.person_id, Moment(achievement.completed_on, achievement.recorded_at)
    if attempt is None:
        raise ValueError("neither an achievement nor an attempt was found")
    at = attempt.closed_at or attempt.started_at
    return attempt.person_id, Moment(local_today(at), at)
