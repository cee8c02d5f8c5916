"""Rows and register entries as plain values, for the rules of matching. All in a ward with two hamlets."""

from __future__ import annotations

from datetime import date
from typing import Any

from lms.people.roster.finding import Register
from lms.people.roster.matching import match
from lms.people.roster.names import names_of
from lms.people.roster.places import PathSpan, Places
from lms.people.roster.proposals import Known, KnownPost, Listed, Proposal
from lms.text.dates import PartialDate

DAY = date(2026, 3, 1)
WARD, OTHER_WARD, FOUR, FIVE, FAR, OLD_FOUR = 1, 2, 14, 15, 24, 34
REFORM = date(2025, 7, 1)


def _spans() -> list[PathSpan]:
    spans = []
    for hamlet, ward in ((FOUR, WARD), (FIVE, WARD), (FAR, OTHER_WARD)):
        spans += [PathSpan(hamlet, "hamlet", hamlet, date.min, None), PathSpan(hamlet, "ward", ward, date.min, None)]
    spans += [PathSpan(ward, "ward", ward, date.min, None) for ward in (WARD, OTHER_WARD)]
    # "Khóm 4, Phường 8" of before the reform is FOUR since.
    spans += [
        PathSpan(OLD_FOUR, "hamlet", OLD_FOUR, date.min, REFORM),
        PathSpan(OLD_FOUR, "hamlet", FOUR, REFORM, None),
        PathSpan(OLD_FOUR, "ward", WARD, REFORM, None),
    ]
    return spans


PLACES = Places.of(_spans())


def born(text: str | int | None) -> PartialDate | None:
    if text is None:
        return None
    if isinstance(text, int):
        return PartialDate(date(text, 1, 1), "year")
    return PartialDate(date.fromisoformat(text), "day")


def row(
    key: int = 0,
    name: str = "Nguyễn Thị Hòa",
    birth: str | int | None = 1968,
    unit: int | None = FOUR,
    phone: str | None = None,
    roles: tuple[str, ...] = ("CTV_DS",),
    sex: str | None = "nu",
    **more: Any,
) -> Listed:
    return Listed(key, key + 2, names_of(name), sex, born(birth), phone, roles=roles, unit_id=unit, **more)


def post(
    number: int = 1,
    role: str = "CTV_DS",
    unit: int = FOUR,
    first: date = date(2025, 9, 1),
    last: date | None = None,
    recorded: date = date(2025, 9, 2),
) -> KnownPost:
    return KnownPost(number, role, unit, first, last, recorded)


def known(
    number: int = 1,
    name: str = "Nguyễn Thị Hòa",
    birth: str | int | None = 1968,
    phone: str | None = None,
    posts: tuple[KnownPost, ...] | None = None,
    sex: str | None = "nu",
    **more: Any,
) -> Known:
    held = (post(number),) if posts is None else posts
    return Known(number, names_of(name), sex, born(birth), phone, posts=held, **more)


def matched(rows: list[Listed], *people: Known, day: date = DAY) -> list[Proposal]:
    return match(rows, Register.of(people), PLACES, day)


def one(listed: Listed, *people: Known, day: date = DAY) -> Proposal:
    return matched([listed], *people, day=day)[0]


def options(proposal: Proposal, kind: str) -> list[str]:
    return [option.answer for question in proposal.questions if question.kind == kind for option in question.options]
