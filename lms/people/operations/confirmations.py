"""Somebody vouches for the denominator: "đến ngày … có 23 người, tôi xác nhận"."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from lms.access.current import viewer
from lms.audit.operations import record
from lms.db import db
from lms.people.confirmed import people_at_work
from lms.people.models import RosterConfirmation
from lms.people.rights import today
from lms.people.scope import require_unit
from lms.text.dates import show_date
from lms.web.refusals import Refusal


def confirm_list(unit_id: int, as_of: date, people: int, line: str | None = None) -> RosterConfirmation:
    """The viewer has looked at the list of the unit (and line): on `as_of` it held `people` persons.

    Raises Refusal if the register says another number by now, so that nobody vouches for a list they have not seen.
    """
    require_unit(viewer(), unit_id, "manager", line=line)
    if as_of > today():
        raise Refusal(_("Ngày %(day)s chưa tới.", day=show_date(as_of)), 422)
    count = people_at_work(unit_id, as_of, line)
    if count != people:
        raise Refusal(
            _(
                "Danh sách vừa thay đổi: đến ngày %(day)s có %(count)s người, không phải %(people)s. "
                "Anh/Chị xem lại rồi xác nhận.",
                day=show_date(as_of),
                count=count,
                people=people,
            )
        )
    confirmation = RosterConfirmation(
        unit_id=unit_id, line=line, as_of=as_of, people=count, confirmed_by=viewer().actor
    )
    db.session.add(confirmation)
    db.session.flush()
    after = {"as_of": as_of, "people": count, "line": line}
    record("list.confirmed", f"unit:{unit_id}", after=after)
    return confirmation
