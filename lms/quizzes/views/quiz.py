"""Before and after an attempt: what the quiz asks, its start, and the result."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from lms.access import requires
from lms.access.current import viewer
from lms.courses.queries import course_card
from lms.db import db
from lms.people.queries import identity_answered
from lms.quizzes.attempts import start_attempt
from lms.quizzes.queries import intro as intros
from lms.quizzes.queries import results
from lms.web.languages import select_language
from lms.web.refusals import Refusal


@requires("learner")
def intro(code: str) -> ResponseReturnValue:
    page = intros.quiz_intro(viewer(), code)
    if page is None:
        return redirect(url_for("courses.course", code=code), 303)
    if page.state in ("ready", "wait") and not identity_answered(viewer().person_id or 0):
        return redirect(url_for("certificates.identity", next=url_for("quizzes.intro", code=code)), 303)
    return render_template("quizzes/intro.html", page=page)


@requires("learner")
def start(code: str) -> ResponseReturnValue:
    with db.write():
        card = course_card(viewer(), code)
        quiz = intros.quiz_of(card)
        if quiz is None:
            raise NotFound
        if card.standing == "done":
            raise Refusal(_("Anh/Chị đã đạt khóa này và còn hạn. Hết hạn rồi mới cần làm lại."))
        ticket = start_attempt(viewer(), intros.enrolment_of(viewer(), card), quiz).ticket
    return redirect(url_for("quizzes.resume", ticket=ticket), 303)


@requires("learner")
def result(ticket: str) -> ResponseReturnValue:
    page = results.result(viewer(), ticket, select_language())
    if page is None:
        return redirect(url_for("quizzes.resume", ticket=ticket), 303)
    return render_template("quizzes/result.html", page=page)
