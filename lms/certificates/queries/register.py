"""The book of certificates (sổ cấp giấy) as an office sees it: its own area, the newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from lms.access import Viewer
from lms.certificates import rules
from lms.certificates.codes import normalise_code
from lms.certificates.models import Achievement, Certificate
from lms.certificates.queries.cards import CertificateCard, card_of
from lms.certificates.queries.records import Word, word_of
from lms.certificates.rules import State
from lms.certificates.waiting import is_without_certificate, last_check_id
from lms.db import db, utc_now
from lms.people.models import IdentityCheck, Person
from lms.people.queries import still_holds
from lms.people.rights import managed_among
from lms.people.scope import visible
from lms.text.dates import local_today
from lms.text.names import search_key

OFFICE = ("manager", "inspector", "administrator")
STATES = (*get_args(State), "unprintable")
PAGE = 30
MOST_WAITING = 100
_CHUNK = 500


@dataclass(frozen=True)
class Filter:
    """`search`: a name typed with or without marks, a serial, or a whole code. `state`: one of STATES, or empty."""

    search: str = ""
    state: str = ""


@dataclass(frozen=True)
class RegisterPage:
    """`total` counts all that pass the filter; `next_after` is the serial to go on from, None at the end."""

    cards: list[CertificateCard]
    total: int
    next_after: str | None


@dataclass(frozen=True)
class Waiting:
    """Somebody passed and has no certificate yet, because of the printed name.

    `message`: what they wrote about it, in their own words, for who may put it right; empty for everybody else.
    """

    person_id: int
    name: str
    course: str
    completed_on: date
    word: Word
    reported_on: date | None
    message: str


def register_page(who: Viewer, wanted: Filter, after: str = "") -> RegisterPage:
    """One page of the book. `after` is the serial ("0147/2026") of the last entry already shown."""
    narrowed = _narrowed(wanted)
    total = db.session.scalar(_in_area(who, narrowed.with_only_columns(func.count()).order_by(None))) or 0
    last = rules.read_serial(after)
    if last is not None:
        narrowed = narrowed.where(tuple_(Certificate.serial_year, Certificate.serial_no) < (last[1], last[0]))
    rows = db.session.execute(_in_area(who, narrowed.limit(PAGE + 1))).all()
    cards = [card_of(certificate, edition) for certificate, edition in rows[:PAGE]]
    return RegisterPage(cards, total, cards[-1].paper.serial if len(rows) > PAGE else None)


def register_entries(who: Viewer, wanted: Filter) -> Iterator[CertificateCard]:
    """Every entry that passes the filter; memory stays flat however long the book is."""
    narrowed = _in_area(who, _narrowed(wanted)).execution_options(yield_per=_CHUNK)
    for certificate, edition in db.session.execute(narrowed):
        yield card_of(certificate, edition)


def waiting_for_name(who: Viewer) -> list[Waiting]:
    """Who in the area has passed and waits for a certificate: the longest waiting first, at most MOST_WAITING."""
    wanted = (
        select(Achievement, Person.full_name, IdentityCheck)
        .join(Person, Person.id == Achievement.person_id)
        .outerjoin(IdentityCheck, (IdentityCheck.id == last_check_id()) & still_holds())
        .where(is_without_certificate())
        .order_by(Achievement.completed_on, Achievement.id)
        .limit(MOST_WAITING)
    )
    rows = db.session.execute(visible(_as_office(who), wanted, of=Achievement)).all()
    kept = managed_among(who, {achievement.person_id for achievement, _, _ in rows})
    return [_waiting(*row, kept=row.Achievement.person_id in kept) for row in rows]


def _waiting(achievement: Achievement, name: str, last: IdentityCheck | None, *, kept: bool) -> Waiting:
    word = word_of(last)
    report = last if word == "reported" else None
    return Waiting(
        person_id=achievement.person_id,
        name=name,
        course=achievement.title,
        completed_on=achievement.completed_on,
        word=word,
        reported_on=local_today(report.recorded_at) if report else None,
        message=(report.message or "") if report and kept else "",
    )


def _as_office(who: Viewer) -> Viewer:
    """By right of office only: one's own papers belong to the book only where one's area does."""
    return replace(who, person_id=None, grants=who.grants_for(*OFFICE))


def _in_area(who: Viewer, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return visible(_as_office(who), statement, of=Certificate)


def _narrowed(wanted: Filter) -> Select[*tuple[Any, ...]]:
    statement: Select[*tuple[Any, ...]] = (
        select(Certificate, Achievement.edition)
        .join(Achievement, Achievement.id == Certificate.achievement_id)
        .join(Person, Person.id == Certificate.person_id)
        .order_by(Certificate.serial_year.desc(), Certificate.serial_no.desc())
    )
    if wanted.search.strip():
        statement = statement.where(_matches(wanted.search))
    return statement.where(_is_in_state(wanted.state)) if wanted.state in STATES else statement


def _matches(search: str) -> ColumnElement[bool]:
    serial, code = rules.read_serial(search), normalise_code(search)
    if serial is not None:
        return (Certificate.serial_no == serial[0]) & (Certificate.serial_year == serial[1])
    by_name = Person.search_key.contains(search_key(search), autoescape=True)
    return or_(by_name, Certificate.code == code) if code else by_name


def _is_in_state(state: str) -> ColumnElement[bool]:
    today = local_today(utc_now())
    stands = Certificate.revoked_at.is_(None) & Certificate.replaced_at.is_(None)
    return {
        "valid": stands & (Certificate.valid_until > today),
        "expired": stands & (Certificate.valid_until <= today),
        "revoked": Certificate.revoked_at.is_not(None),
        "replaced": Certificate.replaced_at.is_not(None),
        "unprintable": stands & Certificate.pdf_fault.is_not(None),
    }[state]
