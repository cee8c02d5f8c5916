"""Invented lives, each with what was true on its day; then everything around them changes by the real operations."""

from __future__ import annotations

import json
import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.certificates.course import CourseOnPaper
from lms.certificates.models import Achievement, Certificate
from lms.certificates.operations import record_achievement, revoke
from lms.certificates.replacing import replace_certificate
from lms.courses import enrolments
from lms.courses.models import Course, Lesson, Module
from lms.db import at_time, db
from lms.demo.names import Inventor
from lms.people.models import IdentityCheck
from lms.people.operations import merges, posts
from lms.people.operations.persons import PersonFacts, correct_person, create_person
from lms.people.scope import unscoped
from lms.quizzes.items import Item
from lms.text.dates import PartialDate
from lms.units.operations import merge_units
from tests import editions
from tests.factories import Make
from tests.quizzes.learners import Learner, acting, attempt_of, begin, hand_in, items, payload, right, wrong

LIVED, CHANGED, ASKED = (datetime(2026, month, 10, 2, tzinfo=UTC) for month in (5, 8, 11))
MERGED_ON = date(2026, 7, 1)
KINDS = ("passed", "unnamed", "failed", "open", "twice", "class", "outside")
WARDS = {"vl/hoa-thuan": "Phường Hòa Thuận", "vl/long-duc": "Phường Long Đức"}
INTO = "vl/nguyet-hoa"
ROLES = ("CTV_DS", "HGV", "TKHOM")
CLAIMED = {"score": 10, "finished_at": "2031-02-30T25:00:00", "device": "Điện thoại"}
COURSE = CourseOnPaper("lop-mau", "Lớp mẫu", "", LIVED.date(), Decimal(0), Decimal(8), 12)


@dataclass
class Life:
    """What a record must tell, whatever happened since. `points`: one for each right item, of `editions.ITEMS`."""

    kind: str
    person_id: int
    post_id: int
    name: str
    birth: str
    role: str
    place: dict[str, str]
    edition_id: int | None = None
    ticket: str = ""
    points: int = 0
    passed: bool | None = None
    sent: tuple[str, ...] = ()
    learner: Learner | None = None
    since: list[str] = field(default_factory=list)

    @property
    def achieved(self) -> bool:
        return bool(self.passed) or self.kind in ("class", "outside")


class Story:
    """`lives` at LIVED; `change()` goes on from there; ask at ASKED."""

    def __init__(self, make: Make, seed: int) -> None:
        self.make, self.rng, self.inventor = make, random.Random(seed), Inventor(seed)
        self.lives: list[Life] = []
        act_as(SYSTEM)
        with at_time(LIVED - timedelta(days=90)):
            self.hamlets = {make.unit(f"Khóm {n}", parent=ward): (f"Khóm {n}", ward) for n, ward in enumerate(WARDS, 1)}
            self.organiser = make.account("Lý Thị Bưởi", office="Người tổ chức lớp", capability="organiser")
            self.edition_id = make.edition(quiz={"wait_minutes": 0})

    def live(self, count: int) -> None:
        for number in range(count):
            if number == count // 2:
                act_as(SYSTEM)
                with at_time(LIVED):
                    self.edition_id = self.make.edition(
                        [*editions.ITEMS, editions.single(12)], quiz={"wait_minutes": 0}
                    )
            with at_time(LIVED + timedelta(seconds=number)):
                self._one(KINDS[number % len(KINDS)])

    def change(self) -> None:
        """Wards merge; then people are renamed, moved, merged, and papers replaced and revoked."""
        act_as(SYSTEM)
        with at_time(CHANGED - timedelta(days=60)), db.write():
            merge_units([self.make.unit_id("vl/hoa-thuan")], self.make.unit_id(INTO), MERGED_ON, "NQ mẫu")
        with at_time(CHANGED):
            for life in self.lives:
                for happens in (self._rename, self._move, self._redate, self._merge, self._replace, self._revoke):
                    if self.rng.random() < 0.5:
                        act_as(SYSTEM)
                        with db.write():
                            happens(life)

    def _one(self, kind: str) -> None:
        who, unit = self.inventor.person(), self.rng.choice(list(self.hamlets))
        hamlet, ward = self.hamlets[unit]
        role, born = self.rng.choice(ROLES), date(who.birth_year, 1, 1)
        act_as(SYSTEM)
        person = self.make.person(who.full_name, birth_date=born, birth_precision="year", sex=who.sex, phone=who.phone)
        post = self.make.assignment(person, role, unit, date(2025, 7, 1))
        place = {"hamlet": hamlet, "ward": WARDS[ward], "province": "Tỉnh Vĩnh Long"}
        life = Life(kind, person, post, who.full_name, str(who.birth_year), role, place)
        self.lives.append(life)
        self._attend(life) if kind in ("class", "outside") else self._learn(life)

    def _attend(self, life: Life) -> None:
        act_as(SYSTEM)
        with db.write():
            source = f"thu-{life.kind}:{life.person_id}"
            record_achievement(life.person_id, life.kind, COURSE, completed_on=LIVED.date(), source=source)

    def _learn(self, life: Life) -> None:
        life.learner = Learner(life.person_id, self.make.account(life.name, person_id=life.person_id))
        life.edition_id = self.edition_id
        self._study(life)
        if life.kind == "twice":
            hand_in(life.learner, payload(begin(life.learner), wrong))
        life.ticket = begin(life.learner)
        if life.kind == "open":
            return
        missed = self.rng.randrange(3) if life.kind != "failed" else self.rng.randrange(3, 8)
        self._answer(life, missed)

    def _study(self, life: Life) -> None:
        assert life.learner is not None
        with acting(life.learner):
            enrolment = enrolments.enrol(life.person_id, db.session.scalars(select(Course)).one())
            query = select(Lesson.id).join(Module).where(Module.edition_id == enrolment.edition_id)
            for lesson_id in db.session.scalars(query).all():
                enrolments.finish_lesson(enrolment, lesson_id)
            answer = "wrong" if life.kind == "unnamed" else "right"
            word = IdentityCheck(person_id=life.person_id, answer=answer, full_name=life.name, birth_text=life.birth)
            db.session.add(word)

    def _answer(self, life: Life, missed: int) -> None:
        """Wrong in `missed` items that need not be right. Sent with claims, again, otherwise, and too late."""
        assert life.learner is not None
        drawn = items(life.ticket)
        spared = [item.id for item in drawn if not item.must_be_right][:missed]

        def answering(item: Item) -> list[str]:
            return wrong(item) if item.id in spared else right(item)

        life.points = len(drawn) - len(spared)
        life.passed = life.points * 100 >= 80 * len(drawn)
        client, body = str(uuid.uuid4()), payload(life.ticket, answering, **CLAIMED)
        for what, sent_as in ((body, client), (body, client), (json.dumps({"ticket": life.ticket}), client)):
            hand_in(life.learner, what, sent_as)
        hand_in(life.learner, payload(life.ticket))
        life.sent = ("accepted", "conflict", "quarantined")

    def _rename(self, life: Life) -> None:
        new = self.inventor.person().full_name
        facts = PersonFacts(new, birth=PartialDate(date(1970, 2, 3), "day"), sex="nu")
        if correct_person(life.person_id, facts):
            life.since.append("person.corrected")

    def _move(self, life: Life) -> None:
        posts.end_post(life.post_id, LIVED.date() + timedelta(days=20))
        posts.add_post(life.person_id, life.role, self.make.unit_id("vl/nguyet-hoa/khom-13"), CHANGED.date())
        life.since.append("post.ended")

    def _redate(self, life: Life) -> None:
        """Only a post that has not been replaced by its end."""
        if "post.ended" not in life.since:
            posts.correct_post(life.post_id, date(2025, 8, 1), None)
            life.since.append("post.corrected")

    def _merge(self, life: Life) -> None:
        """One with an account stays; one without goes into another, and some of these merges are taken back."""
        facts = self.inventor.person()
        other = self._someone(facts.full_name)
        away, stays = (other, life.person_id) if life.learner else (life.person_id, other)
        merges.merge(away, stays)
        life.since.append("person.merged")
        if self.rng.random() < 0.3:
            db.session.flush()
            merges.unmerge(away)
            life.since.append("person.unmerged")

    def _someone(self, name: str) -> int:
        unit = self.make.unit_id("vl/nguyet-hoa/khom-13")
        return create_person(PersonFacts(name), "CTV_DS", unit, date(2026, 1, 1)).id

    def _replace(self, life: Life) -> None:
        paper = _paper_of(life)
        if paper is not None and "person.corrected" in life.since:
            replace_certificate(paper.code)
            life.since.append("certificate.replaced")

    def _revoke(self, life: Life) -> None:
        paper = _paper_of(life)
        if paper is not None and self.rng.random() < 0.4:
            revoke(paper.code, "Giấy mẫu bị thu hồi")
            life.since.append("certificate.revoked")


def _paper_of(life: Life) -> Certificate | None:
    query = select(Certificate).where(Certificate.person_id == life.person_id, Certificate.replaced_at.is_(None))
    return db.session.scalars(unscoped(query, "test")).one_or_none()


def ids_of(life: Life) -> list[str]:
    """All the ids by which one may ask for this record."""
    db.session.rollback()
    query = select(Achievement).where(Achievement.person_id == life.person_id).order_by(Achievement.id.desc()).limit(1)
    fact = db.session.scalars(unscoped(query, "test")).one_or_none() if life.achieved else None
    found = [life.ticket, f"attempt:{attempt_of(life.ticket).id}"] if life.ticket else []
    if fact is not None:
        of_fact = select(Certificate).where(Certificate.achievement_id == fact.id)
        papers = list(db.session.scalars(unscoped(of_fact, "test")))
        found += [f"achievement:{fact.id}", str(fact.id), *(paper.code for paper in papers)]
        found += [f"{paper.serial_no}/{paper.serial_year}" for paper in papers]
    return found
