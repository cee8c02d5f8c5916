"""The routes of this room, as a table of contents."""

from __future__ import annotations

from flask import Blueprint

from lms.authoring.views import editions, lessons, preview, questions, recordings, statistics

bp = Blueprint("authoring", "lms.authoring", template_folder="templates")

COURSE = "/soan-bai/<code>"
ROUTES = (
    ("/soan-bai", "courses", editions.courses, ("GET",)),
    (COURSE, "outline", editions.outline, ("GET",)),
    (f"{COURSE}/ban-nhap", "start_draft", editions.start_draft, ("POST",)),
    (f"{COURSE}/phat-hanh", "publish", editions.publish, ("GET", "POST")),
    (f"{COURSE}/ban/<int:number>", "edition", editions.edition, ("GET",)),
    (f"{COURSE}/ban/<int:number>.zip", "edition_file", editions.edition_file, ("GET",)),
    (f"{COURSE}/ban-nhap.zip", "draft_file", editions.draft_file, ("GET",)),
    (f"{COURSE}/phan/<folder>/bai-moi", "new_lesson", lessons.new_lesson, ("POST",)),
    (f"{COURSE}/bai/<path:path>", "lesson", lessons.lesson, ("GET", "POST")),
    (f"{COURSE}/doi-cho/<path:path>", "move_lesson", lessons.move_lesson, ("POST",)),
    (f"{COURSE}/bo-bai/<path:path>", "delete_lesson", lessons.delete_lesson, ("GET", "POST")),
    (f"{COURSE}/hoan-tac", "restore_lesson", lessons.restore_lesson, ("POST",)),
    (f"{COURSE}/phan/<folder>/bai-doc", "scripts", recordings.scripts, ("GET",)),
    (f"{COURSE}/thu-am/<path:path>", "record", recordings.record, ("POST",)),
    (f"{COURSE}/xem-thu", "preview", preview.preview, ("GET", "POST")),
    (f"{COURSE}/cau-hoi", "questions", questions.bank, ("GET",)),
    (f"{COURSE}/phan/<folder>/cau-moi", "new_question", questions.new_question, ("POST",)),
    (f"{COURSE}/cau-hoi/<key>", "question", questions.question, ("GET", "POST")),
    (f"{COURSE}/bo-cau/<key>", "delete_question", questions.delete_question, ("GET", "POST")),
    (f"{COURSE}/thong-ke", "statistics", statistics.statistics, ("GET",)),
)

for rule, endpoint, view, methods in ROUTES:
    bp.add_url_rule(rule, endpoint, view, methods=methods)
