"""How much speaks for two records being one person (domain.md §8.2, case 22). Pure.

Points are added up; from `HIGH` on it is one person, from `ASK` on a person is asked. What contradicts (another phone
number, another sex, another spelling of the name) caps the answer at asking, however many points there are: the same
name, year and hamlet with different phones are never put together by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lms.people.roster.places import Nearness, Places
from lms.people.roster.proposals import Known, Listed, Names, Reason
from lms.text.dates import PartialDate

HIGH, ASK = 8, 5
_YEARS_MISCOUNTED = 2  # the year of conception counted in, or a slip of one digit


@dataclass(frozen=True, slots=True)
class Evidence:
    points: int
    reasons: tuple[Reason, ...]
    doubtful: bool = False

    @property
    def certain(self) -> bool:
        return self.points >= HIGH and not self.doubtful

    @property
    def worth_asking(self) -> bool:
        return self.points >= ASK


def compare(row: Listed, known: Known, places: Places, day: date) -> Evidence:
    """`row` of a list of `day` against somebody in the register."""
    parts = [
        _names(row.names, known.names),
        _births(row.birth, known.birth),
        _places(row, known, places, day),
        _phones(row.phones, known.phones),
        _sexes(row.sex, known.sex),
    ]
    return _sum(parts)


def compare_rows(row: Listed, other: Listed, places: Places, day: date) -> Evidence:
    """Two rows of one file. Without one phone number or one full date of birth they are never put together unasked."""
    where = _one_place(row.unit_id, other.unit_id, places, day)
    parts = [
        _names(row.names, other.names),
        _births(row.birth, other.birth),
        where,
        _phones(row.phones, other.phones),
        _sexes(row.sex, other.sex),
    ]
    found = _sum(parts)
    proven = any(reason.code in ("phone_same", "birth_same_day") for reason in found.reasons)
    apart = where.points <= 0 and row.unit_id is not None and other.unit_id is not None
    if apart and not proven:
        return Evidence(0, found.reasons)
    return Evidence(found.points, found.reasons, found.doubtful or not proven)


def _sum(parts: list[Evidence]) -> Evidence:
    return Evidence(
        sum(part.points for part in parts),
        tuple(reason for part in parts for reason in part.reasons),
        any(part.doubtful for part in parts),
    )


def _part(points: int, code: str = "", *, doubtful: bool = False, **values: object) -> Evidence:
    return Evidence(points, (Reason(code, values),) if code else (), doubtful)


def _names(one: Names, other: Names) -> Evidence:
    if one.spelling == other.spelling:
        return NAME_SAME
    if one.near == other.near:
        return _part(3, "name_near", other=other.full)
    if one.plain == other.plain:
        return _part(2, "name_plain", other=other.full, doubtful=True)
    return _part(-2, "name_differs", other=other.full, doubtful=True)


def _births(one: PartialDate | None, other: PartialDate | None) -> Evidence:
    if one is None or other is None:
        return NOTHING
    years = abs(one.value.year - other.value.year)
    if years:
        return _part(-1 if years <= _YEARS_MISCOUNTED else -3, "birth_differs", years=years, doubtful=True)
    if "year" in (one.precision, other.precision):
        return _part(2, "birth_same_year", year=one.value.year)
    if one.value.month != other.value.month or _other_days(one, other):
        return _part(-1, "birth_day_differs", doubtful=True)
    whole = one.precision == other.precision == "day"
    return _part(3, "birth_same_day") if whole else _part(2, "birth_same_year", year=one.value.year)


def _other_days(one: PartialDate, other: PartialDate) -> bool:
    return one.precision == other.precision == "day" and one.value != other.value


def _places(row: Listed, known: Known, places: Places, day: date) -> Evidence:
    """The nearest of the posts; the same role in the same place counts once more."""
    if row.unit_id is None or not known.posts:
        return NOTHING
    near = max(
        (_one_place(row.unit_id, post.unit_id, places, day) for post in known.posts), key=lambda found: found.points
    )
    held = any(
        post.role in row.roles and places.nearness(post.unit_id, row.unit_id, day) == "same" for post in known.posts
    )
    return _sum([near, POST_SAME]) if held else near


def _one_place(one: int | None, other: int | None, places: Places, day: date) -> Evidence:
    return NOTHING if one is None or other is None else NEAR[places.nearness(one, other, day)]


def _phones(one: frozenset[str], other: frozenset[str]) -> Evidence:
    if not one or not other:
        return NOTHING
    return PHONE_SAME if one & other else PHONE_DIFFERS


def _sexes(one: str | None, other: str | None) -> Evidence:
    return SEX_DIFFERS if one and other and one != other else NOTHING


NOTHING = _part(0)
NEAR: Mapping[Nearness, Evidence] = {
    "same": _part(2, "unit_same"),
    "inside": _part(1, "unit_ward"),
    "ward": _part(0, "unit_other"),
    "apart": _part(-1, "ward_other"),
}
NAME_SAME, POST_SAME, PHONE_SAME = _part(4, "name_same"), _part(2, "post_same"), _part(3, "phone_same")
PHONE_DIFFERS, SEX_DIFFERS = _part(-1, "phone_differs", doubtful=True), _part(-2, "sex_differs", doubtful=True)
