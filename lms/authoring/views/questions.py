"""The bank of a draft, and the editor of one question."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from lms.access import requires
from lms.authoring import queries, question_form, writing
from lms.authoring.bank_list import TYPES, filtered, read_wanted
from lms.authoring.lesson_form import law_keys
from lms.authoring.queries import Outline, QuestionLine
from lms.authoring.question_form import QuestionForm
from lms.authoring.type_names import TYPE_NAMES
from lms.authoring.views.editions import law_words, words
from lms.authoring.yaml_writing import item_lines
from lms.courses.models import Course
from lms.courses.operations import draft_of
from lms.db import db
from lms.quizzes.bank import body_sha256
from lms.quizzes.items import PLAYABLE

PAGE = 20


@requires("trainer")
def bank(code: str) -> ResponseReturnValue:
    course = queries.course_of(code)
    outline = _outline(course)
    if outline is None:
        return redirect(url_for("authoring.outline", code=code), 303)
    wanted = read_wanted(request.args)
    found = filtered(outline.questions, wanted)
    first = min(max(request.args.get("tu", 1, type=int), 1), max(len(found), 1))
    return render_template(
        "authoring/bank.html",
        course=course,
        outline=outline,
        wanted=wanted,
        shown=found[first - 1 : first - 1 + PAGE],
        total=len(found),
        first=first,
        page_size=PAGE,
        types=[kind for kind in TYPES if any(one.body.get("type") == kind for one in outline.questions)],
        playable=PLAYABLE,
        type_names=TYPE_NAMES,
        **words(),
    )


@requires("trainer")
def new_question(code: str, folder: str) -> ResponseReturnValue:
    kind = request.form.get("type", "")
    with db.write():
        key = writing.add_question(queries.course_of(code), folder, kind if kind in PLAYABLE else PLAYABLE[0])
    return redirect(url_for("authoring.question", code=code, key=key), 303)


@requires("trainer")
def question(code: str, key: str) -> ResponseReturnValue:
    course = queries.course_of(code)
    outline, line = _line(course, key)
    if request.method == "GET":
        return _page(course, outline, line, question_form.from_body(line.body), body_sha256(line.body))
    kind = str(line.body.get("type"))
    if kind not in PLAYABLE:
        raise NotFound
    form, opened = question_form.from_sent(request.form, kind), request.form.get("opened", "")
    action, _sign, letter = request.form.get("action", "save").partition("-")
    if action == "add":
        return _page(course, outline, line, question_form.with_row(form), opened, moved=True)
    if action == "remove":
        return _page(course, outline, line, question_form.without_row(form, letter), opened, moved=True)
    try:
        with db.write():
            body = question_form.to_body(form, line.body)
            writing.save_question(queries.course_of(code), line.folder, body, opened)
    except writing.Changed as changed:
        return _page(course, outline, line, form, body_sha256(line.body), changed=changed.message), 409
    flash(_("Đã lưu câu hỏi."))
    return redirect(url_for("authoring.question", code=code, key=key), 303)


@requires("trainer")
def delete_question(code: str, key: str) -> ResponseReturnValue:
    course = queries.course_of(code)
    _outline_, line = _line(course, key)
    if request.method == "POST":
        with db.write():
            opened = request.form.get("opened", "")
            writing.delete_question(queries.course_of(code), line.folder, key, opened)
        flash(_("Đã bỏ câu này khỏi bản nháp."))
        return redirect(url_for("authoring.questions", code=code), 303)
    title, opened = str(line.body.get("stem") or key), body_sha256(line.body)
    return render_template("authoring/delete.html", course=course, title=title, opened=opened, path="", key=key)


def _page(
    course: Course,
    outline: Outline,
    line: QuestionLine,
    form: QuestionForm,
    opened: str,
    changed: str = "",
    moved: bool = False,
) -> str:
    """`changed`: somebody saved in between, what they saved stands below; `moved`: rows changed, not yet saved."""
    module = next(one for one in outline.modules if one.folder == line.folder)
    package = next(one for one in queries.package_of(outline.edition).modules if one.folder == line.folder)
    rows = package.front.get("outcomes")
    return render_template(
        "authoring/question.html",
        course=course,
        module=module,
        line=line,
        form=form,
        opened=opened,
        changed=changed,
        moved=moved,
        outcomes=[row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else [],
        lessons=package.lessons,
        **law_words(law_keys(form.law)),
        playable=line.body.get("type") in PLAYABLE,
        theirs=question_form.from_body(line.body),
        source="\n".join(item_lines(line.body)),
        most=question_form.MOST_OPTIONS,
        type_names=TYPE_NAMES,
        **words(),
    )


def _outline(course: Course) -> Outline | None:
    draft = draft_of(course)
    return queries.outline(draft) if draft is not None else None


def _line(course: Course, key: str) -> tuple[Outline, QuestionLine]:
    outline = _outline(course)
    line = next((one for one in outline.questions if one.key == key), None) if outline else None
    if outline is None or line is None:
        raise NotFound
    return outline, line
