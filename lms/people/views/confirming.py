"""Confirming the lists of wards as of a date: which have been, which have not."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.access import requires
from lms.access.current import viewer
from lms.db import db
from lms.people import operations
from lms.people.confirmed import list_states
from lms.people.models import LINES
from lms.people.rights import READERS, lists_kept, today
from lms.people.words import LINE_NAMES
from lms.text.dates import read_date, show_date
from lms.web.addresses import row_id
from lms.web.refusals import Refusal


@requires(*READERS)
def confirm_list() -> ResponseReturnValue:
    if request.method == "POST":
        return _confirm()
    as_of, fault = _day(request.args.get("ngay", ""))
    line = _line(request.args.get("nganh", ""))
    states = list_states(viewer(), as_of, line)
    confirmable = lists_kept(viewer(), [state.unit_id for state in states], line)
    return render_template(
        "people/confirm_list.html",
        states=states,
        as_of=as_of,
        as_of_text=show_date(as_of),
        line=line or "",
        lines=LINE_NAMES,
        fault=fault,
        confirmable=confirmable,
        done=sum(state.stands(as_of) for state in states),
        changed=sum(state.confirmed_on(as_of) and not state.stands(as_of) for state in states),
    )


def _confirm() -> ResponseReturnValue:
    unit_id, people = request.form.get("noi", type=row_id), request.form.get("nguoi", type=row_id)
    as_of, line = read_date(request.form.get("ngay", "")), _line(request.form.get("nganh", ""))
    if unit_id is None or people is None or as_of is None:
        raise Refusal(_("Thiếu ngày hoặc nơi cần xác nhận. Tải lại trang rồi làm lại."), 422)
    with db.write():
        operations.confirm_list(unit_id, as_of, people, line)
    flash(_("Đã ghi nhận: đến ngày %(day)s có %(n)s người.", day=show_date(as_of), n=people))
    return redirect(url_for("people.confirm_list", ngay=show_date(as_of), nganh=line), 303)


def _day(text: str) -> tuple[date, str]:
    """The day asked for; today, and what is wrong, if it is none."""
    if not text:
        return today(), ""
    day = read_date(text)
    if day is None or day > today():
        fault = _("Ngày “%(text)s” không có trong lịch hoặc chưa tới. Ghi như 05/03/2026.", text=text[:40])
        return today(), str(fault)
    return day, ""


def _line(text: str) -> str | None:
    return text if text in LINES else None
