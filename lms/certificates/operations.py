"""Recording what was achieved, issuing the paper about it and withdrawing it, in the caller's transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, TypeVarTuple

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Row, Select, bindparam, or_, select
from werkzeug.exceptions import NotFound

from lms.access import Viewer, current
from lms.audit.operations import record
from lms.certificates import rules
from lms.certificates.codes import new_code
from lms.certificates.course import CourseOnPaper, course_from_json, course_to_json
from lms.certificates.models import Achievement, Certificate, CertificateBook
from lms.certificates.paper import CertificatePaper, paper_to_json
from lms.certificates.waiting import ready_to_issue
from lms.db import db, next_in_row, utc_now
from lms.people.merging import active_merges, root_of
from lms.people.models import Assignment, Person
from lms.people.queries import PrintedPost, printed_post
from lms.people.rights import running
from lms.people.scope import read_rows, unscoped, visible
from lms.text.dates import PartialDate, local_today
from lms.web.refusals import Refusal

REVOKES = ("manager", "administrator")
Columns = TypeVarTuple("Columns")
_HOLDER = unscoped(
    select(Person.full_name, Person.sex, Person.birth_date, Person.birth_precision).where(
        Person.id == bindparam("person")
    ),
    "the holder of an achievement",
)


def record_achievement(
    person_id: int, kind: str, course: CourseOnPaper, *, completed_on: date, source: str
) -> Achievement:
    """One fact "this person met this requirement". `source` is unique: the same thing is never counted twice.

    What we judged ourselves needs nobody to verify it; a paper from outside does.
    """
    achievement = Achievement(
        person_id=person_id,
        kind=kind,
        course_code=course.code,
        title=course.title,
        completed_on=completed_on,
        tiet=course.tiet_online + course.tiet_in_person,
        edition=course.edition,
        paper_facts=course_to_json(course),
        source=source,
        recorded_by=current.viewer().actor,
        verified_at=None if kind == "outside" else utc_now(),
    )
    db.session.add(achievement)
    db.session.flush()
    facts = {"kind": kind, "completed_on": completed_on, "tiet": achievement.tiet, "edition": achievement.edition}
    of = {"person": person_id, "course": course.code, "source": source}
    record("achievement.recorded", f"achievement:{achievement.id}", **of, **facts)
    return achievement


def issue(achievement: Achievement, course: CourseOnPaper, *, replaces: Certificate | None = None) -> Certificate:
    """Enter a certificate in the book and fix its words as of today; the file is made afterwards (see tasks)."""
    today = max(local_today(utc_now()), achievement.completed_on)  # also when the clock has been set back since
    code = new_code()
    paper = _paper(achievement, course, today, code)
    if replaces is not None:
        paper = replace(paper, replaces=rules.serial_text(replaces.serial_no, replaces.serial_year))
    number = _next_serial(today.year)  # last: whoever else passes waits from here until this is committed
    paper = replace(paper, serial=rules.serial_text(number, today.year))
    certificate = Certificate(
        achievement_id=achievement.id,
        person_id=achievement.person_id,
        replaces_id=replaces.id if replaces is not None else None,
        serial_year=today.year,
        serial_no=number,
        code=code,
        holder_name=paper.holder_name,
        course_title=paper.course_title,
        paper=paper_to_json(paper),
        issued_on=today,
        completed_on=achievement.completed_on,
        valid_until=rules.valid_until(achievement.completed_on, course.validity_months),
    )
    db.session.add(certificate)
    db.session.flush()
    record("certificate.issued", f"certificate:{certificate.id}", serial=paper.serial, achievement=achievement.id)
    return certificate


def issue_waiting_of(achievement_id: int) -> Certificate | None:
    """The certificate of an achievement that waited for its holder's word; None if it need not or must not be issued.

    Two who come at the same moment queue at the achievement, and the second finds the first one's certificate.
    """
    one = select(Achievement).where(Achievement.id == achievement_id).with_for_update()
    one = one.execution_options(populate_existing=True)
    achievement = db.session.scalars(unscoped(one, "a certificate that waits")).one()
    ready = ready_to_issue().where(Achievement.id == achievement_id)
    if db.session.scalar(unscoped(ready, "is it still waiting?")) is None or achievement.paper_facts is None:
        return None
    return issue(achievement, course_from_json(achievement.paper_facts))


def revoke(code: str, why: str) -> Certificate:
    """Withdraw a certificate and the achievement it proves; both keep their rows, with the reason and the time.

    NotFound unless the viewer manages the holder's area. Refusal: no reason, revoked already, one's own.
    """
    reason = " ".join(why.split())
    if not reason:
        raise Refusal(_("Xin ghi lý do thu hồi."), 422)
    certificate = for_change(code)
    if is_own(certificate, current.viewer()):
        raise Refusal(_("Anh/Chị không tự thu hồi giấy của mình được. Hãy nhờ người quản lý khác."), 403)
    if certificate.revoked_at is not None:
        raise Refusal(_("Giấy này đã được thu hồi rồi."))
    if certificate.replaced_at is not None:
        raise Refusal(_("Giấy này đã có giấy khác thay. Xin mở giấy mới để thu hồi."))
    achievement = achievement_of(certificate)
    certificate.revoked_at = achievement.revoked_at = utc_now()
    certificate.revoked_reason = achievement.revoked_reason = reason
    record("certificate.revoked", f"certificate:{certificate.id}", why=reason)
    return certificate


def may_change(certificate: Certificate) -> bool:
    """The viewer manages the holder's area and is not the holder; whether the certificate still stands is not asked."""
    who = current.viewer()
    if not who.can(*REVOKES) or is_own(certificate, who):
        return False
    wanted = select(Certificate.id).where(Certificate.id == certificate.id)
    return db.session.scalar(_in_charge(who, wanted)) is not None


def is_own(certificate: Certificate, who: Viewer) -> bool:
    """The holder is the viewer, under any of the entries that turned out to be one person."""
    if who.person_id is None:
        return False
    merges = active_merges()
    return root_of(certificate.person_id, merges) == root_of(who.person_id, merges)


def _in_charge(who: Viewer, certificates: Select[*Columns]) -> Select[*Columns]:
    """Only those whose holder had a post in the viewer's area on the day of completion, or has one now.

    By the rights that allow changing alone: an inspector sees people too, everybody sees their own papers, and a
    ward that somebody left long ago may still look.
    """
    office = replace(who, person_id=None, grants=who.grants_for(*REVOKES))
    if not any(grant.unit_id is None and grant.line is None for grant in office.grants):
        days = (Certificate.completed_on, local_today(utc_now()))
        held = select(Assignment.id).where(
            Assignment.person_id == Certificate.person_id, or_(*(running(Assignment, day) for day in days))
        )
        certificates = certificates.where(visible(office, held, of=Assignment).correlate(Certificate).exists())
    return visible(office, certificates, of=Certificate)


def for_change(code: str) -> Certificate:
    """The certificate, locked, if the viewer manages the holder's area; otherwise NotFound."""
    wanted = select(Certificate).where(Certificate.code == code).with_for_update()
    wanted = wanted.execution_options(populate_existing=True)
    found = db.session.scalars(_in_charge(current.viewer(), wanted)).one_or_none()
    if found is None:
        raise NotFound
    return found


def achievement_of(certificate: Certificate) -> Achievement:
    query = select(Achievement).where(Achievement.id == certificate.achievement_id)
    return db.session.scalars(unscoped(query, "what this certificate proves")).one()


def _words_of(person_id: int, post: PrintedPost) -> dict[str, str]:
    (holder,) = read_rows(_HOLDER, {"person": person_id})
    return {
        "honorific": rules.honorific(holder.sex),
        "holder_name": holder.full_name,
        "birth_text": rules.birth_phrase(birth_of(holder)),
        "role_and_unit": post.role_and_unit,
    }


def _next_serial(year: int) -> int:
    """The next number in the book of a year. The row stays locked until the commit, so the book has no gaps."""
    return next_in_row(CertificateBook.last, year=year)


def words_about_holder(achievement: Achievement) -> dict[str, str]:
    """What a paper would say of the holder, by what the register says today of the day of completion."""
    return _words_of(achievement.person_id, printed_post(achievement.person_id, achievement.completed_on))


def _paper(achievement: Achievement, course: CourseOnPaper, today: date, code: str) -> CertificatePaper:
    """All its words but the number in the book and that of the paper it replaces."""
    settings = current_app.extensions["settings"]
    post = printed_post(achievement.person_id, achievement.completed_on)
    return CertificatePaper(
        **_words_of(achievement.person_id, post),
        issuer_parent=post.issuer_parent,
        issuer=post.issuer,
        issuer_place=post.issuer_place,
        course_title=course.title,
        from_date=course.started_on,
        to_date=achievement.completed_on,
        tiet_online=course.tiet_online,
        tiet_in_person=course.tiet_in_person,
        result="Đạt",
        approved_programme=course.approved_programme,
        serial="",
        code=code,
        check_url=f"{settings.base_url.rstrip('/')}/c/{code}",
        place=post.place,
        issued_on=today,
        signer_title_lines=post.signer_title_lines,
        demo=settings.environment == "demo",
    )


def birth_of(person: Person | Row[*tuple[Any, ...]]) -> PartialDate | None:
    """The birth date of the register with its precision."""
    return PartialDate(person.birth_date, person.birth_precision) if person.birth_date else None  # type: ignore[arg-type]
