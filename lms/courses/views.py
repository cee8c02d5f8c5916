"""A learner's pages. They always act for the viewer's own person; reading writes nothing."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access import requires
from lms.access.current import viewer
from lms.courses import enrolments, media, queries
from lms.courses.models import Course, Enrolment
from lms.courses.pages import Place, Under
from lms.courses.snapshot import LessonView
from lms.db import db
from lms.people.scope import visible
from lms.web.languages import select_language
from lms.web.shared_page import shared_page

bp = Blueprint("courses", __name__, template_folder="templates")

ONLY_DRAWS = "default-src 'none'; sandbox"


@bp.get("/viec-cua-toi")
@requires("learner")
def home() -> str:
    return render_template("courses/home.html", work=queries.my_work(viewer()))


@bp.get("/khoa-hoc/<code>")
@requires("learner")
def course(code: str) -> str:
    return render_template("courses/course.html", card=queries.course_card(viewer(), code))


@bp.post("/khoa-hoc/<code>")
@requires("learner")
def start(code: str) -> ResponseReturnValue:
    with db.write():
        enrolments.enrol(_me(), _course(code))
    under = queries.current_enrolment(viewer(), code)
    return redirect(_next_url(code, under), 303)


@bp.get("/khoa-hoc/<code>/phan/<int:m>")
@requires("learner")
def module(code: str, m: int) -> ResponseReturnValue:
    page = queries.module_page(viewer(), code, m, select_language())
    return render_template("courses/module.html", page=page) if page else _to_course(code)


@bp.get("/khoa-hoc/<code>/phan/<int:m>/ghi-nho")
@requires("learner")
def notes(code: str, m: int) -> ResponseReturnValue:
    page = queries.module_page(viewer(), code, m, select_language())
    return render_template("courses/notes.html", page=page) if page else _to_course(code)


@bp.get("/khoa-hoc/<code>/bai/<int:n>")
@requires("learner")
def lesson(code: str, n: int) -> ResponseReturnValue:
    place = queries.lesson_place(viewer(), code, n, select_language())
    return shared_page(_lesson, place) if place else _to_course(code)


def _lesson(place: Place) -> str:
    return render_template("courses/lesson.html", page=queries.lesson_page(place))


@bp.post("/khoa-hoc/<code>/bai/<int:n>/xong")
@requires("learner")
def finish_lesson(code: str, n: int) -> ResponseReturnValue:
    with db.write():
        under = queries.current_enrolment(viewer(), code)
        if under is None:
            return _to_course(code)
        this = under.edition.lesson(n)
        following = under.edition.after(this)
        enrolment = _enrolment(under)
        enrolments.finish_lesson(enrolment, this.id)
        enrolments.open_lesson(enrolment, (following or this).id)
    return redirect(_after_url(code, this, following), 303)


@bp.get("/khoa-hoc/<code>/tep/<digest>")
@requires("learner", "trainer")
def file(code: str, digest: str) -> Response:
    """A picture or a sound, typed by its content, kept by this one browser: its name is its hash."""
    data = queries.media_file(code, digest, drafts=viewer().can("trainer"))
    kind = media.kind_of(data)
    if kind is None:
        raise NotFound
    response = make_response(data)
    response.headers["Content-Type"] = kind
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.make_conditional(request, accept_ranges=True, complete_length=len(data))
    return response


file.lms_content_policy = ONLY_DRAWS  # type: ignore[attr-defined]


def _me() -> int:
    person_id = viewer().person_id
    if person_id is None:
        raise NotFound  # a grant alone makes nobody a learner: there is no person to enrol
    return person_id


def _course(code: str) -> Course:
    found = db.session.scalars(select(Course).where(Course.code == code)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _enrolment(under: Under) -> Enrolment:
    wanted = select(Enrolment).where(Enrolment.id == under.enrolment_id)
    return db.session.scalars(visible(viewer(), wanted, of=Enrolment)).one()


def _to_course(code: str) -> ResponseReturnValue:
    return redirect(url_for("courses.course", code=code), 303)


def _next_url(code: str, under: Under | None) -> str:
    """Where a learner goes on: the introduction of a module that is new to her, else the next lesson."""
    if under is None or under.progress.next_position is None:
        return url_for("courses.course", code=code)
    coming = under.edition.lesson(under.progress.next_position)
    module = under.edition.module(coming.module_position)
    if not any(lesson.id in under.finished_ids for lesson in module.lessons):
        return url_for("courses.module", code=code, m=module.position)
    return url_for("courses.lesson", code=code, n=coming.position)


def _after_url(code: str, this: LessonView, following: LessonView | None) -> str:
    if following is None or following.module_position != this.module_position:
        return url_for("courses.notes", code=code, m=this.module_position)
    return url_for("courses.lesson", code=code, n=following.position)
