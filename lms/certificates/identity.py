"""The learner's word on the name that will be printed: right, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access import Viewer, current
from lms.audit.operations import record
from lms.certificates import rules
from lms.certificates.models import Achievement
from lms.certificates.operations import birth_of, issue_waiting_of
from lms.certificates.pdf import unprintable_in
from lms.certificates.waiting import ready_to_issue
from lms.db import db, utc_now
from lms.people.models import IdentityCheck, Person
from lms.people.queries import printed_post
from lms.people.scope import unscoped, visible
from lms.text.dates import local_today, show_birth
from lms.web.refusals import Refusal

# The manager reads these, in Vietnamese, whatever language the learner chose.
WRONG_PARTS = {"name": "Họ và tên", "birth": "Ngày hoặc năm sinh", "post": "Nhiệm vụ hoặc nơi làm"}


@dataclass(frozen=True)
class PrintedIdentity:
    """What a paper would say of a person today; `unprintable` are the letters that our fonts do not have."""

    honorific: str
    full_name: str
    birth: str
    birth_text: str
    post: str
    unprintable: tuple[str, ...]

    @property
    def seen(self) -> str:
        """What the form brings back, to tell whether the register changed while the page was open."""
        return f"{self.full_name}|{self.birth}"


def printed_identity(who: Viewer) -> PrintedIdentity:
    """What will be printed of the viewer. 404 if the viewer's account belongs to no person."""
    person = _own_person(who)
    born = birth_of(person)
    return PrintedIdentity(
        honorific=rules.honorific(person.sex),
        full_name=person.full_name,
        birth=show_birth(born) if born else "",
        birth_text=rules.birth_phrase(born),
        post=printed_post(person.id, local_today(utc_now())).role_and_unit,
        unprintable=tuple(sorted(unprintable_in(person.full_name))),
    )


def confirm_identity(seen: str) -> int:
    """ "Đúng rồi": store it, and issue what waited for it; returns how many certificates were issued.

    `seen` is `PrintedIdentity.seen` of the page that was answered. Refusal: the register says something else by
    now, or the name cannot be printed.
    """
    printed = printed_identity(current.viewer())
    if printed.seen != seen:
        raise Refusal(_("Thông tin của Anh/Chị vừa được sửa. Xin mở lại trang và xem lại một lần nữa."))
    if printed.unprintable:
        raise Refusal(_("Tên này có chữ chưa in được lên giấy. Anh/Chị bấm báo sai để phường xem lại."))
    person_id = _answer("right", printed, None)
    ready = ready_to_issue().where(Achievement.person_id == person_id)
    waiting = db.session.scalars(unscoped(ready, "what waited for this answer")).all()
    return sum(issue_waiting_of(achievement_id) is not None for achievement_id in waiting)


def report_identity(parts: Sequence[str], message: str) -> None:
    """ "Báo sai": store what is wrong (keys of WRONG_PARTS, free words). Studying goes on, certificates wait."""
    wrong = ", ".join(WRONG_PARTS[part] for part in WRONG_PARTS if part in parts)
    words = ". ".join(text for text in (wrong, " ".join(message.split())) if text)
    if not words:
        raise Refusal(_("Anh/Chị cho biết chỗ nào sai."), 422)
    _answer("wrong", printed_identity(current.viewer()), words)


def _answer(answer: str, printed: PrintedIdentity, message: str | None) -> int:
    person_id = _own_person(current.viewer()).id
    check = IdentityCheck(
        person_id=person_id, answer=answer, full_name=printed.full_name, birth_text=printed.birth, message=message
    )
    db.session.add(check)
    db.session.flush()
    record(f"identity.{'confirmed' if answer == 'right' else 'reported'}", f"person:{person_id}", check=check.id)
    return person_id


def _own_person(who: Viewer) -> Person:
    person = db.session.scalars(visible(who, select(Person).where(Person.id == who.person_id))).one_or_none()
    if who.person_id is None or person is None:
        raise NotFound
    return person
