"""Two wards that must never see each other, with everything in them that a route can be about.

Built once a session, through the product's own operations, on SQLite. "Here" is what the table's addresses point at.
"""

from __future__ import annotations

import json
import struct
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

from lms.access import SYSTEM, Viewer
from lms.access.current import act_as
from lms.accounts import operations as accounts
from lms.accounts.models import Grant, SignInSession
from lms.authoring.publishing import store_questions
from lms.certificates import tasks
from lms.certificates.identity import confirm_identity, printed_identity, report_identity
from lms.certificates.models import Certificate
from lms.courses import operations as courses
from lms.courses.enrolments import enrol, finish_lesson
from lms.courses.files import sha256
from lms.courses.folder import read_folder
from lms.courses.models import Course, Lesson, Module
from lms.courses.package import read_package
from lms.db import db
from lms.people import operations as people
from lms.people.models import Assignment, Person
from lms.people.scope import unscoped
from lms.quizzes.attempts import items_of, save_answer, start_attempt
from lms.quizzes.models import Quiz
from lms.quizzes.submissions import receive_submission
from tests.factories import Make
from tests.people import lists

HERE, ELSEWHERE, PROVINCE = "vl/nguyet-hoa", "vl/hoa-thuan", "vl"
GOLD = Path(__file__).parents[1] / "courses" / "gold"
MODULE = "03-bao-tin"
ROLE = "CTV DS"

# Who asks, in the order of the table's columns: the capability and the unit ("" for everywhere).
OFFICE: dict[str, tuple[str, str]] = {
    "trainer": ("trainer", HERE),
    "organiser": ("organiser", HERE),
    "here": ("manager", HERE),
    "elsewhere": ("manager", ELSEWHERE),
    "inspector": ("inspector", PROVINCE),
    "administrator": ("administrator", ""),
}
ACTORS = ("nobody", "learner", *OFFICE)
# Not in the table, but needed by the attacks: an administrator of one ward, and the other learners.
OTHERS: dict[str, tuple[str, str]] = {"ward_administrator": ("administrator", HERE)}

NAMES = {
    HERE: ("Huỳnh Thị Út Nhạn", "Kim Sa Rươl Sậy", "Thạch Thị Đa Mướp", "Lâm Văn Ngọt Lịm", "Lâm Vân Ngọt Lịm"),
    ELSEWHERE: ("Trầm Quế Bần Chua", "Danh Sô Phia Ráng", "Quách Thị Mù U", "Dương Văn Cà Na", "Dương Vân Cà Na"),
}
LATECOMERS = {HERE: "Sơn Thị Ô Rô", ELSEWHERE: "Phan Thị Dừa Nước"}


@dataclass(frozen=True)
class Learnt:
    """What one learner has left behind: an attempt that was passed, an open one, a certificate.

    `client_id` was handed in with the one that was passed; `quarantined` is the receipt of what could not be judged.
    """

    person_id: int
    account_id: int
    session_id: int
    open_ticket: str
    closed_ticket: str
    client_id: str
    quarantined: str
    code: str


@dataclass(frozen=True)
class Ward:
    """`people` in the order of NAMES: a learner, her neighbour, one who reported an error, one person twice."""

    unit_id: int
    hamlet_id: int
    people: tuple[int, ...]
    posts: tuple[int, ...]
    confirmed: int
    staged: int
    learner: Learnt
    neighbour: Learnt


@dataclass(frozen=True)
class World:
    """`tokens`: the sign-in of each actor; `accounts`: of each in the office."""

    wards: dict[str, Ward]
    accounts: dict[str, int]
    tokens: dict[str, str]
    card: str
    grant_id: int
    session_id: int
    picture: str
    seen: str

    @property
    def here(self) -> Ward:
        return self.wards[HERE]

    @property
    def elsewhere(self) -> Ward:
        return self.wards[ELSEWHERE]


def build() -> World:
    """Fill the database of the pushed application; nothing is faked that an operation can make."""
    act_as(SYSTEM)
    picture = _publish()
    wards = {key: _ward(key) for key in NAMES}
    tokens, ids = _office()
    learner = wards[HERE].learner
    with db.write():
        card = accounts.issue_card(learner.account_id).token
    tokens |= {"learner": _token(learner.account_id), "neighbour": _token(wards[HERE].neighbour.account_id)}
    tokens["far_learner"] = _token(wards[ELSEWHERE].learner.account_id)
    tasks.make_file(_certificate(learner.code))
    grant_id = db.session.scalars(select(Grant.id).where(Grant.account_id == ids["trainer"])).one()
    newest = select(SignInSession.id).where(SignInSession.account_id == learner.account_id)
    session_id = db.session.scalars(newest.order_by(SignInSession.id.desc()).limit(1)).one()
    with _as(learner.account_id, learner.person_id):
        seen = printed_identity(_viewer(learner.account_id, learner.person_id)).seen
    return World(wards, ids, tokens, card, grant_id, session_id, picture, seen)


def _publish() -> str:
    """Course k1: one published edition with its quiz, and a draft of the next; returns the hash of its picture."""
    files = read_folder(GOLD) | {f"modules/{MODULE}/media/dau.png": _png()}
    package = read_package(files).course
    assert package is not None
    with db.write():
        edition = courses.import_package(files)
        store_questions(edition, package)
        courses.publish(edition, by="account:1")
        courses.start_draft(edition.course)
    return sha256(_png())


def _png() -> bytes:
    """One white dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")
    )


def _ward(key: str) -> Ward:
    make = Make()
    hamlet_id = make.unit("Khóm 4", parent=key, key=f"{key}/thu-4", start=date(2025, 7, 1))
    unit_id = make.unit_id(key)
    rows = [lists.person(name, birth=1960 + place, role=ROLE) for place, name in enumerate(NAMES[key])]
    confirmed = lists.entered(unit_id, *rows)
    late = lists.person(LATECOMERS[key], place="Khóm 9", birth=1990)
    staged = lists.staged(unit_id, *rows[:3], late, day=date(2026, 4, 1), name="thang-4.xlsx")
    ids = tuple(_person(name) for name in NAMES[key])
    with db.write():
        people.merge(ids[4], ids[3])
    _report(ids[2])
    return Ward(unit_id, hamlet_id, ids, tuple(map(_post, ids)), confirmed, staged, _learn(ids[0]), _learn(ids[1]))


def _person(name: str) -> int:
    return db.session.scalars(unscoped(select(Person.id).where(Person.full_name == name), "test")).one()


def _post(person_id: int) -> int:
    return db.session.scalars(unscoped(select(Assignment.id).where(Assignment.person_id == person_id), "test")).one()


def _report(person_id: int) -> None:
    with db.write():
        account_id = accounts.create_account(person_id=person_id).id
    with _as(account_id, person_id), db.write():
        report_identity(("name",), "Tên đệm chưa đúng")


def _learn(person_id: int) -> Learnt:
    with db.write():
        account_id = accounts.create_account(person_id=person_id).id
    client_id = str(uuid.uuid4())
    with _as(account_id, person_id) as who:
        with db.write():
            confirm_identity(printed_identity(who).seen)
        closed = _sit(who)
        with db.write():
            receive_submission(who, client_id, json.dumps({"ticket": closed, "answers": []}))
        opened = _sit(who)
        with db.write():
            lost = receive_submission(who, str(uuid.uuid4()), json.dumps({"ticket": "khong-co-phieu-nay"})).code
    code = db.session.scalars(unscoped(select(Certificate.code).where(Certificate.person_id == person_id), "t")).one()
    with db.write():
        accounts.open_session(account_id, "Chrome")
    newest = select(SignInSession.id).where(SignInSession.account_id == account_id)
    session_id = db.session.scalars(newest).one()
    return Learnt(person_id, account_id, session_id, opened, closed, client_id, lost, code)


def _sit(who: Viewer) -> str:
    """Enrol, finish the lessons, answer every question right but hand in nothing; the ticket of the attempt."""
    assert who.person_id is not None
    with db.write():
        enrolment = enrol(who.person_id, db.session.scalars(select(Course).where(Course.code == "k1")).one())
        mine = select(Lesson.id).join(Module).where(Module.edition_id == enrolment.edition_id)
        for lesson_id in db.session.scalars(mine).all():
            finish_lesson(enrolment, lesson_id)
        quiz = db.session.scalars(select(Quiz).where(Quiz.edition_id == enrolment.edition_id)).one()
        attempt = start_attempt(who, enrolment, quiz)
        for place, item in enumerate(items_of(attempt), 1):
            save_answer(who, attempt.ticket, place, sorted(item.right))
        return attempt.ticket


def _office() -> tuple[dict[str, str], dict[str, int]]:
    """Sign-in tokens and account ids of everybody of an office."""
    make, tokens, ids = Make(), {}, {}
    for actor, (capability, unit) in (OFFICE | OTHERS).items():
        with db.write():
            ids[actor] = accounts.create_account(name=f"Người Mẫu {actor}", office="Văn phòng").id
            accounts.grant(ids[actor], capability, make.unit_id(unit) if unit else None)
        tokens[actor] = _token(ids[actor])
    return tokens, ids


def _token(account_id: int) -> str:
    with db.write():
        return accounts.open_session(account_id, "Chrome")


def _certificate(code: str) -> int:
    return db.session.scalars(unscoped(select(Certificate.id).where(Certificate.code == code), "test")).one()


def _viewer(account_id: int, person_id: int) -> Viewer:
    return Viewer(account_id=account_id, person_id=person_id, name="Người học")


@contextmanager
def _as(account_id: int, person_id: int) -> Iterator[Viewer]:
    who = _viewer(account_id, person_id)
    act_as(who)
    try:
        yield who
    finally:
        act_as(SYSTEM)
