"""The trainer's pages for what was handed in and could not be counted."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.access import requires
from lms.certificates import tasks
from lms.db import db
from lms.jobs import queue
from lms.quizzes import decisions
from lms.quizzes.queries.quarantine import PAGE, kept_submission, waiting_submissions
from lms.quizzes.wording import reason_words
from lms.web.addresses import row_id


@requires(*decisions.DECIDES)
def waiting() -> str:
    page = waiting_submissions(request.args.get("sau", type=row_id))
    return render_template("quizzes/quarantine.html", page=page, page_size=PAGE, reason_words=reason_words)


@requires(*decisions.DECIDES)
def submission(receipt: str) -> str:
    return render_template("quizzes/submission.html", one=kept_submission(receipt), reason_words=reason_words)


@requires(*decisions.DECIDES)
def decide(receipt: str) -> ResponseReturnValue:
    """Two buttons: mark it now, or keep it uncounted."""
    with db.write():
        if request.form.get("decision") == "judge":
            decisions.judge_again(receipt)
            said = _("Đã chấm gói này. Người học thấy kết quả ngay.")
        else:
            decisions.keep_uncounted(receipt)
            said = _("Đã giữ lại và không tính gói này.")
    queue.nudge(tasks.KIND)
    flash(said)
    return redirect(url_for("quizzes.quarantine"), 303)
