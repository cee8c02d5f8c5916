"""Posts by hand. A post is never edited: a correction is a new row, and the old one says by which it was replaced."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import or_, select
from werkzeug.exceptions import NotFound

from lms.access.current import viewer
from lms.audit.operations import record
from lms.db import db, utc_now
from lms.people.models import Assignment, Person, Role
from lms.people.rights import managing, require_managed, today
from lms.people.scope import require_unit, unscoped, visible
from lms.text.dates import show_date
from lms.units.queries import carry
from lms.web.refusals import Refusal

WHY = "the posts of one person in one role, to keep them from overlapping; only a refusal is shown"


def add_post(person_id: int, role: str, unit_id: int, first_day: date) -> Assignment:
    """A post that begins on `first_day` for somebody in the register whom the viewer keeps."""
    return add_post_to(require_managed(person_id).id, role, unit_id, first_day)


def add_post_to(person_id: int, role_code: str, unit_id: int, first_day: date) -> Assignment:
    """`add_post` for a person that the caller has just made or checked; the viewer must keep the unit and line."""
    role = db.session.scalars(select(Role).where(Role.code == role_code)).one_or_none()
    if role is None:
        raise NotFound
    require_unit(viewer(), unit_id, "manager", line=role.line)
    if first_day > today():
        raise Refusal(_("Ngày bắt đầu %(day)s chưa tới.", day=show_date(first_day)), 422)
    if carry(unit_id, first_day) is None:
        raise Refusal(_("Nơi làm này chưa có trong danh mục vào ngày %(day)s.", day=show_date(first_day)), 422)
    _refuse_overlap(person_id, role.id, unit_id, first_day, None, besides=None)
    post = Assignment(person_id=person_id, role_id=role.id, unit_id=unit_id, first_day=first_day)
    db.session.add(post)
    db.session.flush()
    record("post.added", f"assignment:{post.id}", after=_shown(post))
    return post


def end_post(post_id: int, last_day: date) -> Assignment:
    """`last_day` is the last day at work, inclusive. Replaces an end that was recorded before."""
    post = _require_post(post_id)
    if last_day < post.first_day:
        first = show_date(post.first_day)
        raise Refusal(_("Ngày nghỉ phải từ ngày bắt đầu (%(day)s) trở đi.", day=first), 422)
    if last_day > today():
        raise Refusal(_("Ngày nghỉ %(day)s chưa tới. Hãy ghi khi đã nghỉ.", day=show_date(last_day)), 422)
    return _replaced(post, "post.ended", post.first_day, last_day)


def correct_post(post_id: int, first_day: date, last_day: date | None) -> Assignment:
    """Other days than were written down, or an end taken back (`last_day` None)."""
    post = _require_post(post_id)
    if last_day is not None and last_day < first_day:
        raise Refusal(_("Ngày nghỉ phải từ ngày bắt đầu (%(day)s) trở đi.", day=show_date(first_day)), 422)
    if first_day > today() or (last_day or first_day) > today():
        raise Refusal(_("Ngày ghi vào chưa tới."), 422)
    return _replaced(post, "post.corrected", first_day, last_day)


def withdraw_post(post_id: int) -> None:
    """The post was written down in error: it never was."""
    post = _require_post(post_id)
    post.superseded_at = utc_now()
    record("post.withdrawn", f"assignment:{post.id}", before=_shown(post))


def _require_post(post_id: int) -> Assignment:
    """The post, locked for a change, if the viewer keeps its unit and line; otherwise 404."""
    statement = (
        select(Assignment)
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.id == post_id, Assignment.superseded_at.is_(None), Person.superseded_at.is_(None))
        .with_for_update(of=Assignment)
    )
    found = visible(managing(viewer()), statement, of=Assignment).execution_options(populate_existing=True)
    post = db.session.scalars(found).one_or_none()
    if post is None:
        raise NotFound
    return post


def _replaced(post: Assignment, action: str, first_day: date, last_day: date | None) -> Assignment:
    if (post.first_day, post.last_day) == (first_day, last_day):
        return post
    _refuse_overlap(post.person_id, post.role_id, post.unit_id, first_day, last_day, besides=post.id)
    before = _shown(post)
    post.superseded_at = utc_now()
    db.session.flush()
    after = Assignment(
        person_id=post.person_id,
        role_id=post.role_id,
        unit_id=post.unit_id,
        first_day=first_day,
        last_day=last_day,
        roster_row_id=post.roster_row_id,
    )
    db.session.add(after)
    db.session.flush()
    post.superseded_by_id = after.id
    record(action, f"assignment:{after.id}", before=before, after=_shown(after))
    return after


def _refuse_overlap(
    person_id: int, role_id: int, unit_id: int, first_day: date, last_day: date | None, *, besides: int | None
) -> None:
    """One person holds one role in one place once at a time."""
    statement = select(Assignment.first_day).where(
        Assignment.person_id == person_id,
        Assignment.role_id == role_id,
        Assignment.unit_id == unit_id,
        Assignment.superseded_at.is_(None),
        or_(Assignment.last_day.is_(None), Assignment.last_day >= first_day),
    )
    if last_day is not None:
        statement = statement.where(Assignment.first_day <= last_day)
    if besides is not None:
        statement = statement.where(Assignment.id != besides)
    other = db.session.scalars(unscoped(statement, WHY)).first()
    if other is not None:
        raise Refusal(_("Người này đã giữ chức danh đó ở nơi này từ %(day)s.", day=show_date(other)))


def _shown(post: Assignment) -> dict[str, object]:
    return {
        "person": post.person_id,
        "role": post.role_id,
        "unit": post.unit_id,
        "first_day": post.first_day,
        "last_day": post.last_day,
    }
