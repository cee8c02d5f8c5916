"""The demo's story: old wards' lists, a merger, classes in 2025 whose papers run out, an online course in 2026."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from operator import itemgetter
from pathlib import Path

from sqlalchemy import select

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.authoring.operations import import_folder, read_folder
from lms.coverage.models import PlanRole
from lms.db import at_time, db, utc_now
from lms.demo import cast, lists, places
from lms.demo.history import Learner, OnlineCourse, hold_class, moment
from lms.demo.staff import WARDS, Member, invent_staff
from lms.people.confirmed import people_at_work
from lms.people.models import Assignment, Person
from lms.people.operations.confirmations import confirm_list
from lms.people.operations.posts import end_post
from lms.people.roster.staging import stage
from lms.people.scope import unscoped
from lms.text.dates import local_today
from lms.units.operations import import_units
from lms.units.queries import units_under

Say = Callable[[str], None]
Event = tuple[date, Callable[[date], object]]
"""A day, and what happens on it."""

SEED = 119
COURSE_FOLDER = "k1-kien-thuc-chung"
OTHER_COURSES = "k[2-6]-*"
IN_CLASS = 0.62
RESERVED = 12
ONLINE = {"vl/tra-vinh": 0.93, "vl/long-duc": 0.9, "vl/nguyet-hoa": 0.87, "vl/hoa-thuan": 0.7}
OFFICES_FROM = date(2025, 7, 21)
CLASS_DAYS = tuple(date(2025, month, day) for month, day in ((8, 20), (9, 17), (10, 15), (11, 12)))
ONLINE_FROM, ONLINE_DAYS = date(2025, 12, 20), 330
CONFIRMED = {"vl/tra-vinh": 12, "vl/long-duc": 30, "vl/nguyet-hoa": 220}


def build(content: Path, staff_wanted: int, say: Say) -> None:
    """Fill a freshly migrated database. The same seed and day give the same story."""
    act_as(SYSTEM)
    rng = random.Random(SEED)
    say("khóm, ấp mẫu")
    with db.write():
        import_units(places.document())
    staff = invent_staff(SEED, staff_wanted)
    say(f"danh sách của {len(staff)} người mẫu")
    lists.enter_first_lists(staff)
    with at_time(moment(OFFICES_FROM)), db.write():
        cast.make_office_accounts()
    people = {ward: _people_of(ward) for ward in WARDS}
    reserved = {ward: _reserved(members, rng) for ward, members in people.items()}
    say("các lớp năm 2025")
    _classes(people, rng)
    with at_time(moment(date(2025, 12, 1))), db.write():
        import_folder(read_folder(content / COURSE_FOLDER), publish=True, folder=COURSE_FOLDER)
        for course in sorted(content.glob(OTHER_COURSES)):
            import_folder(read_folder(course), publish=True, folder=course.name)
    say("một năm học trên mạng")
    _year(people, reserved, rng)
    _waiting_list(staff)
    say("tài khoản dùng thử")
    _learners_to_sign_in_as(reserved)


def _people_of(ward: str) -> list[int]:
    """Person ids with a running post in a ward of today."""
    today = local_today(utc_now())
    query = (
        select(Assignment.person_id)
        .where(Assignment.unit_id.in_(units_under(lists.unit_id(ward), today)), Assignment.superseded_at.is_(None))
        .distinct()
        .order_by(Assignment.person_id)
    )
    return list(db.session.scalars(unscoped(query, "the demo's own people")))


def _reserved(members: list[int], rng: random.Random) -> list[int]:
    """Drawn at random, those first whose role the plan counts: who signs in as one of them sees the figure move."""
    held = select(Assignment.person_id).where(
        Assignment.role_id.in_(select(PlanRole.role_id)),
        Assignment.last_day.is_(None),
        Assignment.superseded_at.is_(None),
    )
    counted = set(db.session.scalars(unscoped(held, "the demo's own people")))
    return sorted(rng.sample(members, len(members)), key=lambda person: person not in counted)[:RESERVED]


def _classes(people: dict[str, list[int]], rng: random.Random) -> None:
    attending = {ward: [person for person in members if rng.random() < IN_CLASS] for ward, members in people.items()}
    for place, day in enumerate(CLASS_DAYS):
        for ward, members in attending.items():
            hold_class(members[place :: len(CLASS_DAYS)], day, ward, cast.organiser_of(ward))


def _year(people: dict[str, list[int]], reserved: dict[str, list[int]], rng: random.Random) -> None:
    """Everything in the order of days, as it would have happened: the book's numbers follow its dates."""
    course, left = OnlineCourse("k1", rng), _leaving(people, reserved, rng)
    events = [*_online(course, people, reserved, left, rng), *_confirmations()]
    events += [(day + timedelta(days=rng.randint(1, 20)), partial(_end_posts, who, day)) for who, day in left.items()]
    for day, happens in sorted(events, key=itemgetter(0)):
        happens(day)


def _online(
    course: OnlineCourse,
    people: dict[str, list[int]],
    reserved: dict[str, list[int]],
    left: dict[int, date],
    rng: random.Random,
) -> Iterator[Event]:
    """Most pass; of the reserved, some have not begun, some are under way, some are done, some failed lately."""
    for person, day in _online_days(people, reserved, rng):
        if day <= left.get(person, day):
            yield day, partial(course.take, Learner(person, rng.uniform(0.86, 0.99)))
    today = local_today(utc_now())
    for members in reserved.values():
        for person in members[4:8]:
            yield today - timedelta(days=rng.randint(1, 9)), partial(course.begin, person, rng.randint(2, 9))
        for person in members[8:10]:
            yield today - timedelta(days=rng.randint(20, 60)), partial(course.take, Learner(person, 1.0))
        for person in members[10:]:
            yield today - timedelta(days=3), partial(course.take, Learner(person, 0.4))


def _online_days(
    people: dict[str, list[int]], reserved: dict[str, list[int]], rng: random.Random
) -> Iterator[tuple[int, date]]:
    """Who passes online, on which day: a slow start, more toward the autumn."""
    for ward, members in people.items():
        for person in members:
            if person not in reserved[ward] and rng.random() < ONLINE[ward]:
                yield person, ONLINE_FROM + timedelta(days=int(ONLINE_DAYS * rng.random() ** 0.8))


def _leaving(people: dict[str, list[int]], reserved: dict[str, list[int]], rng: random.Random) -> dict[int, date]:
    """Some leave in the course of the year: person → last day at work."""
    left = {}
    for ward, members in people.items():
        staying = set(reserved[ward])
        for person in rng.sample([one for one in members if one not in staying], len(members) // 25):
            left[person] = ONLINE_FROM + timedelta(days=rng.randint(60, 310))
    return left


def _end_posts(person: int, last_day: date, on: date) -> None:
    """Written down a few days later."""
    with at_time(moment(on)), db.write():
        for post in _running_posts(person):
            end_post(post, last_day)


def _running_posts(person: int) -> Sequence[int]:
    query = select(Assignment.id).where(
        Assignment.person_id == person, Assignment.last_day.is_(None), Assignment.superseded_at.is_(None)
    )
    return db.session.scalars(unscoped(query, "the demo's own people")).all()


def _confirmations() -> Iterator[Event]:
    """Each is written down on the morning after its day."""
    for ward, days_ago in CONFIRMED.items():
        yield local_today(utc_now()) - timedelta(days=days_ago - 1), partial(_confirm, ward)


def _confirm(ward: str, on: date) -> None:
    day = on - timedelta(days=1)
    with at_time(moment(on)), db.write():
        confirm_list(lists.unit_id(ward), day, people_at_work(lists.unit_id(ward), day))


def _waiting_list(staff: list[Member]) -> None:
    """This month's list of one ward waits for its decisions."""
    ward, today = "vl/hoa-thuan", local_today(utc_now())
    on = today.replace(day=1)
    members = [member for member in staff if member.ward == ward][:70]
    with db.write():
        stage(lists.new_list(ward, members, on), lists.file_name(ward, on), on, lists.unit_id(ward))


def _learners_to_sign_in_as(reserved: dict[str, list[int]]) -> None:
    """In each ward one who has not begun, one under way, one who is done."""
    with db.write():
        for members in reserved.values():
            for some in (members[:4], members[4:8], members[8:10]):
                query = select(Person.id).where(Person.id.in_(some), Person.phone.is_not(None)).limit(1)
                for person in db.session.scalars(unscoped(query, "the demo's learners")).all():
                    cast.give_pin(person)
