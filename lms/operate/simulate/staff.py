"""The people of one province and their posts: who began when, who followed whom, what was written down wrong at first.

Facts are never edited: a post that ended has the row that was written when it began, superseded by the one with its
last day. Rows that supersede come before the rows that they supersede, because these name them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from random import Random
from typing import NamedTuple

from lms.operate.simulate import names
from lms.operate.simulate.bulk import Row
from lms.operate.simulate.days import WRITTEN_LATE, Days
from lms.operate.simulate.places import Place, Province, Ward
from lms.operate.simulate.wanted import Wanted

PERSON = (
    *("id", "full_name", "sort_key", "search_key", "birth_date", "birth_precision", "sex", "phone", "row_key"),
    "recorded_at",
)
POST = (
    *("id", "person_id", "role_id", "unit_id", "first_day", "last_day"),
    *("recorded_at", "superseded_at", "superseded_by_id"),
)
ROW_KEY = "MP-"  # no key of a real person has a dash
OLD_HANDS, SECOND_POST, FOLLOWED, TRANSFERRED, CORRECTED, UNCOUNTED = 0.55, 0.12, 0.35, 0.08, 0.03, 0.06
AT_WARD = 0.2
ONE_YEAR = 365


@dataclass(frozen=True)
class Roles:
    """Ids of roles by where their posts stand; `uncounted` are held in hamlets."""

    hamlet: tuple[int, ...]
    ward: tuple[int, ...]
    uncounted: tuple[int, ...]


class Worker(NamedTuple):
    """Somebody at work from `begin` to `end` (ordinals, inclusive) in a ward (its place in the province)."""

    person_id: int
    begin: int
    end: int
    ward: int


@dataclass(frozen=True)
class Ids:
    """Where numbers come from; every province goes on with them."""

    people: Iterator[int]
    posts: Iterator[int]
    units: dict[str, int]


@dataclass
class Staff:
    """Fill with `staff_of`; `people` and `posts` are rows in the columns PERSON and POST."""

    rng: Random
    days: Days
    ids: Ids
    roles: Roles
    people: list[Row] = field(default_factory=list)
    posts: list[Row] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    at: int = 0

    def fill(self, ward: Ward, posts: int) -> None:
        """So many running posts of counted roles, a few of others, and what went before them."""
        here: list[int] = []
        taken: set[tuple[int, int, str]] = set()
        for number in range(posts + round(posts * UNCOUNTED)):
            place, role = self._seat(ward, counted=number < posts)
            began = self._began()
            person = self._holder(here, taken, role, place, began)
            self._run(person, role, place, began)
            self._before(ward, person, role, place, began)
        self.at += 1

    def _seat(self, ward: Ward, *, counted: bool) -> tuple[Place, int]:
        if not counted:
            return self.rng.choice(ward.hamlets), self.rng.choice(self.roles.uncounted)
        if self.rng.random() < AT_WARD:
            return ward.place, self.rng.choice(self.roles.ward)
        return self.rng.choice(ward.hamlets), self.rng.choice(self.roles.hamlet)

    def _began(self) -> int:
        if self.rng.random() < OLD_HANDS:
            return self.days.begin - self.rng.randint(30, 5 * ONE_YEAR)
        return self.rng.randint(self.days.begin, self.days.until - 1)

    def _holder(self, here: list[int], taken: set[tuple[int, int, str]], role: int, place: Place, began: int) -> int:
        """Somebody of the ward with a post already, or somebody new."""
        if here and self.rng.random() < SECOND_POST:
            person = self.rng.choice(here)
            if (person, role, place.key) not in taken:
                taken.add((person, role, place.key))
                return person
        person = self._person(began, self.days.until)
        here.append(person)
        taken.add((person, role, place.key))
        return person

    def _person(self, begin: int, end: int) -> int:
        rng, number = self.rng, next(self.ids.people)
        full_name, sex = names.person(rng)
        born, phone = self.days.until - rng.randint(25 * ONE_YEAR, 70 * ONE_YEAR), None
        if rng.random() < 0.94:
            phone = f"+84900{number % 1_000_000:06}"  # all begin with 0900: anybody sees that they are invented
        written = self.days.moment(begin)
        self.people.append(
            (number, full_name, *names.keys(full_name), date(self.days.day(born).year, 1, 1), "year", sex, phone)
            + (f"{ROW_KEY}{number}", written)
        )
        self.workers.append(Worker(number, begin, end, self.at))
        return number

    def _before(self, ward: Ward, person: int, role: int, place: Place, began: int) -> None:
        """Who held the post before, or where its holder came from."""
        if began <= self.days.begin:
            return
        chance = self.rng.random()
        first = began - self.rng.randint(90, 4 * ONE_YEAR)
        if chance < FOLLOWED:
            self._end(self._person(first, began - 1), role, place, first, began - 1)
        elif chance < FOLLOWED + TRANSFERRED:
            self._end(person, role, self.rng.choice(ward.hamlets), first, began - 1)

    def _run(self, person: int, role: int, place: Place, first: int) -> None:
        written = first + self.rng.choice(WRITTEN_LATE)
        if self.rng.random() >= CORRECTED:
            self._post(person, role, place, first, None, written)
            return
        corrected = written + self.rng.randint(5, 90)
        right = self._post(person, role, place, first, None, corrected)
        self._post(person, role, place, first - self.rng.randint(10, 60), None, written, corrected, right)

    def _end(self, person: int, role: int, place: Place, first: int, last: int) -> None:
        ended = last + self.rng.choice(WRITTEN_LATE)
        right = self._post(person, role, place, first, last, ended)
        written = min(first + self.rng.choice(WRITTEN_LATE), ended)
        self._post(person, role, place, first, None, written, ended, right)

    def _post(
        self,
        person: int,
        role: int,
        place: Place,
        first: int,
        last: int | None,
        written: int,
        superseded: int | None = None,
        by: int | None = None,
    ) -> int:
        number, days = next(self.ids.posts), self.days
        first_day = days.day(first)
        unit = self.ids.units[place.on(first_day)]
        until = None if last is None else days.day(last)
        no_longer = None if superseded is None else days.moment(superseded)
        self.posts.append((number, person, role, unit, first_day, until, days.moment(written), no_longer, by))
        return number


def staff_of(wanted: Wanted, province: Province, ids: Ids, roles: Roles) -> Staff:
    """Everybody of a province, by chance of its own: the same in any country of the same seed."""
    staff = Staff(wanted.rng(province.number, "staff"), Days(wanted.begin, wanted.until), ids, roles)
    weights = list(accumulate(ward.weight for ward in province.wards))
    ends = [round(province.posts * weight / weights[-1]) for weight in weights]
    for ward, begin, end in zip(province.wards, [0, *ends], ends, strict=False):
        staff.fill(ward, end - begin)
    return staff
