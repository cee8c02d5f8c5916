"""Taking a quiz, one item a page. Every answer is saved by itself; leaving hands nothing in."""

from __future__ import annotations

import json
import uuid

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time, ngettext
from flask_babel import gettext as _

from lms.access import requires
from lms.access.current import viewer
from lms.certificates import tasks
from lms.db import db
from lms.jobs import queue
from lms.quizzes.attempts import answers_of, own_attempt, save_answer
from lms.quizzes.queries import paper
from lms.quizzes.submissions import receive_submission
from lms.web.languages import select_language
from lms.web.refusals import Refusal


@requires("learner")
def resume(ticket: str) -> ResponseReturnValue:
    """The first item without an answer; with all answered the overview."""
    page = paper.overview(viewer(), ticket)
    if page is None:
        return _to_result(ticket)
    return redirect(_item_url(ticket, page.unanswered[0] if page.unanswered else 0), 303)


@requires("learner")
def item(ticket: str, n: int) -> ResponseReturnValue:
    page = paper.item_page(viewer(), ticket, n, select_language())
    if page is None:
        return _to_result(ticket)
    return render_template("quizzes/item.html", page=page, asked="xem" in request.args)


@requires("learner")
def answer(ticket: str, n: int) -> ResponseReturnValue:
    """Save what was chosen and go where the button says. The page's script asks for JSON.

    Boxes that were ticked may be emptied again; a page that never showed an answer erases none by being passed by.
    """
    chosen = request.form.getlist("choice")
    said = chosen or "answered" in request.form
    with db.write():
        attempt = own_attempt(viewer(), ticket, lock=True)
        closed, places = attempt.closed_at is not None, len(attempt.items)
        saved_at = save_answer(viewer(), ticket, n, chosen) if said and not closed else None
    if request.accept_mimetypes.best == "application/json":
        return jsonify(closed=closed, saved=format_time(saved_at, "HH:mm") if saved_at and chosen else "")
    if closed:
        return _to_result(ticket)
    return redirect(_item_url(ticket, _goes_to(n, places)), 303)


@requires("learner")
def overview(ticket: str) -> ResponseReturnValue:
    page = paper.overview(viewer(), ticket)
    if page is None:
        return _to_result(ticket)
    return render_template("quizzes/overview.html", page=page, client_id=str(uuid.uuid4()))


@requires("learner")
def hand_in(ticket: str) -> ResponseReturnValue:
    """Hand in once: a double tap, a reload or the back button lead to the same result."""
    client_id = _client_id()
    with db.write():
        attempt = own_attempt(viewer(), ticket, lock=True)
        unanswered = len(attempt.items) - len(answers_of(attempt))
        confirmed = unanswered <= request.form.get("unanswered", 0, type=int)
        if attempt.closed_at is None and confirmed:
            body = json.dumps({"ticket": ticket, "finish": True}, sort_keys=True)
            receive_submission(viewer(), client_id, body)
        unconfirmed = attempt.closed_at is None and not confirmed
    if unconfirmed:
        flash(_still_open(unanswered))
        return redirect(url_for("quizzes.finish", ticket=ticket), 303)
    queue.nudge(tasks.KIND)
    return _to_result(ticket)


def _client_id() -> str:
    try:
        return str(uuid.UUID(request.form.get("client_id", "")))
    except ValueError as error:
        raise Refusal(_("Xin tải lại trang rồi bấm nộp lần nữa."), 400) from error


def _still_open(unanswered: int) -> str:
    return str(
        ngettext(
            "Còn %(num)s câu chưa trả lời. Xin xem lại rồi bấm nộp lần nữa.",
            "Còn %(num)s câu chưa trả lời. Xin xem lại rồi bấm nộp lần nữa.",
            unanswered,
        )
    )


def _goes_to(n: int, places: int) -> int:
    """The next place, the one before, or the same; 0 is the overview, after the last one."""
    if "prev" in request.form:
        return max(1, n - 1)
    if "save" in request.form:
        return n
    return n + 1 if n < places else 0


def _item_url(ticket: str, place: int) -> str:
    if place == 0:
        return url_for("quizzes.finish", ticket=ticket)
    return url_for("quizzes.item", ticket=ticket, n=place)


def _to_result(ticket: str) -> ResponseReturnValue:
    return redirect(url_for("quizzes.result", ticket=ticket), 303)
