"""The routes of this room, as a table of contents."""

from __future__ import annotations

from flask import Blueprint

from lms.quizzes.queries.next_step import quiz_line
from lms.quizzes.views import paper, practice, quarantine, quiz

bp = Blueprint("quizzes", "lms.quizzes", template_folder="templates")
# A learner's first page stands below this room: it asks for the line if there is somebody to answer.
bp.add_app_template_global(quiz_line)

ROUTES = (
    ("/khoa-hoc/<code>/kiem-tra", "intro", quiz.intro, ("GET",)),
    ("/khoa-hoc/<code>/kiem-tra", "start", quiz.start, ("POST",)),
    ("/khoa-hoc/<code>/bai/<int:n>/luyen-tap", "practice", practice.practice, ("GET",)),
    ("/lam-bai/<ticket>", "resume", paper.resume, ("GET",)),
    ("/lam-bai/<ticket>/<int:n>", "item", paper.item, ("GET",)),
    ("/lam-bai/<ticket>/<int:n>", "answer", paper.answer, ("POST",)),
    ("/lam-bai/<ticket>/nop", "finish", paper.overview, ("GET",)),
    ("/lam-bai/<ticket>/nop", "hand_in", paper.hand_in, ("POST",)),
    ("/ket-qua/<ticket>", "result", quiz.result, ("GET",)),
    ("/bai-cho-xu-ly", "quarantine", quarantine.waiting, ("GET",)),
    ("/bai-cho-xu-ly/<receipt>", "submission", quarantine.submission, ("GET",)),
    ("/bai-cho-xu-ly/<receipt>", "decide", quarantine.decide, ("POST",)),
)

for rule, endpoint, view, methods in ROUTES:
    bp.add_url_rule(rule, endpoint, view, methods=methods)
