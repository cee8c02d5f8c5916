"""Practice of a lesson: a form by GET, since nothing is written; the feedback comes at once."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.access import requires
from lms.access.current import viewer
from lms.quizzes.queries.practice import Closed, practice_page
from lms.web.languages import select_language


@requires("learner")
def practice(code: str, n: int) -> ResponseReturnValue:
    place = request.args.get("cau", 1, type=int)
    answer = request.args.getlist("chon")[:10]
    page = practice_page(viewer(), code, n, place, answer, select_language())
    if page is None:
        return redirect(url_for("courses.lesson", code=code, n=n), 303)
    if isinstance(page, Closed):
        return render_template("quizzes/practice_closed.html", ticket=page.ticket)
    asked = "chon" in request.args or "xem" in request.args
    return render_template("quizzes/practice.html", page=page, asked=asked)
