"""The learner's own pages: the records, and the word on the printed name."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.access import requires
from lms.access.current import viewer
from lms.certificates import tasks
from lms.certificates.forms import ReportForm
from lms.certificates.identity import confirm_identity, printed_identity, report_identity
from lms.certificates.queries.records import records_of, word_of
from lms.db import db
from lms.jobs import queue
from lms.people.queries import last_identity_check
from lms.web.deny import safe_next


@requires("learner")
def records() -> str:
    return render_template("certificates/records.html", records=records_of(viewer()))


@requires("learner")
def identity() -> ResponseReturnValue:
    """GET shows what will be printed; POST says "đúng" or what is wrong. Both lead on to `next`."""
    form = ReportForm()
    if request.form.get("answer") == "right":
        return _confirm()
    if form.validate_on_submit():
        return _report(form)
    return _identity_page(form), 422 if form.errors else 200


def _identity_page(form: ReportForm) -> str:
    printed, last = printed_identity(viewer()), last_identity_check(viewer().person_id or 0)
    return render_template(
        "certificates/identity.html", form=form, printed=printed, last=last, word=word_of(last), next=_next("")
    )


def _confirm() -> ResponseReturnValue:
    with db.write():
        issued = confirm_identity(request.form.get("seen", ""))
    if issued:
        queue.nudge(tasks.KIND)
        flash(ngettext("Đã cấp %(num)s giấy chứng nhận.", "Đã cấp %(num)s giấy chứng nhận.", issued))
    else:
        flash(_("Cảm ơn Anh/Chị. Tên này sẽ được in trên giấy chứng nhận."))
    return redirect(_next(url_for("certificates.records")), 303)


def _report(form: ReportForm) -> ResponseReturnValue:
    with db.write():
        report_identity(form.parts.data or [], form.message.data or "")
    flash(_("Đã gửi cho phường. Anh/Chị cứ học tiếp, giấy chứng nhận sẽ cấp sau khi thông tin được sửa."))
    return redirect(_next(url_for("certificates.records")), 303)


def _next(default: str) -> str:
    return safe_next(request.values.get("next"), default)
