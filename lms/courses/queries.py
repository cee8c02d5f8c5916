"""The questions behind a learner's pages. Always about the viewer; flat in the number of people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from werkzeug.exceptions import NotFound

from lms.access import Viewer
from lms.certificates.models import Achievement
from lms.courses import rules
from lms.courses.law import cite_all, law_changed_at, law_table
from lms.courses.models import Course, Edition, EditionFile, Enrolment, LessonProgress
from lms.courses.pages import Card, LessonPage, ModulePage, Place, Under, Work
from lms.courses.passages import to_remember
from lms.courses.shown import media_urls, rendered, sound_of
from lms.courses.snapshot import LessonView, edition_view
from lms.db import db, utc_now
from lms.people.queries import roles_held
from lms.people.scope import one_person, own, visible
from lms.text.dates import local_today, read_date
from lms.web.helplines import helplines_changed_at


def my_work(viewer: Viewer) -> Work:
    """Every course with a published edition, by where the viewer stands with it."""
    enrolments = _mine(viewer)
    passed = _passed(viewer)
    cards = [_card(edition_id, code, enrolments, passed) for code, edition_id in _newest_editions()]
    due = [card for card in cards if card.standing in ("due", "again")]
    held = roles_held(viewer.person_id, local_today(utc_now())) if due and viewer.person_id else frozenset()
    mine = [card for card in due if rules.meant_for(held, card.edition.front.get("for_roles"))]
    return Work(
        under_way=[card for card in cards if card.standing == "under_way"],
        due=mine,
        done=[card for card in cards if card.standing == "done"],
        others=[card for card in due if card not in mine],
    )


def course_card(viewer: Viewer, code: str) -> Card:
    """The viewer's standing with one course. 404 if the course has no published edition."""
    newest = dict(_newest_editions(code))
    if code not in newest:
        raise NotFound
    return _card(newest[code], code, _mine(viewer, code), _passed(viewer, code))


def current_enrolment(viewer: Viewer, code: str) -> Under | None:
    """The enrolment whose pages the viewer reads: the one under way, else the last one."""
    return _current(_mine(viewer, code))


def lesson_place(viewer: Viewer, code: str, position: int, lang: str) -> Place | None:
    """Where the viewer stands at `position` of her edition; None without an enrolment; 404 for no such screen."""
    under = current_enrolment(viewer, code)
    if under is None:
        return None
    lesson = under.edition.lesson(position)
    return Place(
        edition_id=under.edition.id,
        position=position,
        lang=lang,
        finished=lesson.id in under.finished_ids,
        saved_here=under.resume_id == lesson.id,
        changed=(law_changed_at(), helplines_changed_at()),
    )


def lesson_page(place: Place) -> LessonPage:
    """The screen that everyone at `place` sees."""
    edition = edition_view(place.edition_id)
    lesson = edition.lesson(place.position)
    module = edition.module(lesson.module_position)
    text = lesson.texts.get(place.lang, {})
    body, shown_in = (text["body"], place.lang) if text.get("body") else (lesson.body, "vi")
    keys, said = lesson.front.get("law"), lesson.front if shown_in == "vi" else text
    return LessonPage(
        place=place,
        code=edition.code,
        module=module,
        lesson=lesson,
        lang=shown_in,
        title=text.get("title") or lesson.title,
        content_note=text.get("content_note") or _words(lesson.front.get("content_note")),
        html=rendered(body, shown_in, media_urls(edition, module)),
        sound=sound_of(edition, module, said.get("audio")),
        citations=cite_all(law_table(), map(str, keys if isinstance(keys, list) else [])),
        reviewed_on=read_date(_words(lesson.front.get("reviewed_on"))),
        previous=edition.before(lesson),
        following=edition.after(lesson),
    )


def module_page(viewer: Viewer, code: str, position: int, lang: str) -> ModulePage | None:
    """A module's introduction and what to remember; None without an enrolment; 404 for no such module."""
    under = current_enrolment(viewer, code)
    if under is None:
        return None
    module = under.edition.module(position)
    text = module.texts.get(lang, {})
    body, shown_in = (text["body"], lang) if text.get("body") else (module.body, "vi")
    reminders = [_reminder(lesson, lang) for lesson in module.lessons]
    return ModulePage(
        under=under,
        module=module,
        lang=shown_in,
        title=text.get("title") or module.title,
        content_note=text.get("content_note") or _words(module.front.get("content_note")),
        html=rendered(body, shown_in, media_urls(under.edition, module)),
        following=next((other for other in under.edition.modules if other.position > position), None),
        reminders=[one for one in reminders if one[1]],
    )


def _reminder(lesson: LessonView, lang: str) -> tuple[str, list[str], str]:
    text = lesson.texts.get(lang, {})
    if text.get("title") and text.get("body"):
        return text["title"], to_remember(text["body"]), lang
    return lesson.title, to_remember(lesson.body), "vi"


def media_file(code: str, digest: str, drafts: bool) -> bytes:
    """A picture or a sound of a published edition (of a draft too, for those who write it). 404 otherwise."""
    wanted = (
        select(EditionFile.data)
        .join(Edition, Edition.id == EditionFile.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(Course.code == code, EditionFile.sha256 == digest, EditionFile.path.like("%media/%"))
        .limit(1)
    )
    if not drafts:
        wanted = wanted.where(Edition.number.is_not(None))
    data = db.session.scalar(wanted)
    if data is None:
        raise NotFound
    return data


def content_hash_of(edition_id: int) -> str:
    """Of a published edition: over all its files, as `files.content_hash`."""
    return db.session.scalars(select(Edition.content_hash).where(Edition.id == edition_id)).one() or ""


def _words(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _newest_editions(code: str | None = None) -> list[tuple[str, int]]:
    """(course code, edition id) of the newest published edition of each course, by code."""
    newest = select(func.max(Edition.number)).where(Edition.course_id == Course.id).correlate(Course).scalar_subquery()
    wanted = (
        select(Course.code, Edition.id).join(Edition, Edition.course_id == Course.id).where(Edition.number == newest)
    )
    if code is not None:
        wanted = wanted.where(Course.code == code)
    return [(found, edition_id) for found, edition_id in db.session.execute(wanted.order_by(Course.code))]


def _mine(viewer: Viewer, code: str | None = None) -> list[Under]:
    """The viewer's enrolments, newest first, with what is finished: one statement once editions are read."""
    if viewer.person_id is None:
        return []
    asked = {"me": viewer.person_id} | ({"code": code} if code else {})
    found: Sequence[Any] = db.session.execute(_MINE_OF_COURSE if code else _MINE, asked).all()
    rows: dict[int, list[Any]] = {}
    for row in found:
        rows.setdefault(row.id, []).append(row)
    return [_under(group) for group in rows.values()]


_MINE: Select[*tuple[Any, ...]] = own(
    select(
        Enrolment.id,
        Enrolment.edition_id,
        Enrolment.started_on,
        Enrolment.completed_on,
        Enrolment.resume_lesson_id,
        LessonProgress.lesson_id,
    )
    .outerjoin(LessonProgress, LessonProgress.enrolment_id == Enrolment.id)
    .order_by(Enrolment.id.desc()),
    of=Enrolment,
)
_MINE_OF_COURSE = _MINE.where(
    Enrolment.edition_id.in_(
        select(Edition.id).join(Course, Course.id == Edition.course_id).where(Course.code == bindparam("code"))
    )
)
"""Built once: every page of a lesson runs it."""


def _under(rows: list[Any]) -> Under:
    first = rows[0]
    return Under(
        enrolment_id=first.id,
        started_on=first.started_on,
        completed_on=first.completed_on,
        resume_id=first.resume_lesson_id,
        finished_ids=frozenset(row.lesson_id for row in rows if row.lesson_id is not None),
        edition=edition_view(first.edition_id),
    )


def _current(enrolments: list[Under]) -> Under | None:
    under_way = [under for under in enrolments if under.completed_on is None]
    return next(iter(under_way or enrolments), None)


def _passed(viewer: Viewer, code: str | None = None) -> dict[str, date]:
    """course code → the last day the viewer met it, by any proof that stands."""
    if viewer.person_id is None:
        return {}
    wanted = (
        select(Achievement.course_code, func.max(Achievement.completed_on).label("last"))
        .where(
            Achievement.person_id.in_(one_person(viewer.person_id)),
            or_(Achievement.kind != "outside", Achievement.verified_at.is_not(None)),
            Achievement.revoked_at.is_(None),
            Achievement.superseded_at.is_(None),
        )
        .group_by(Achievement.course_code)
    )
    if code is not None:
        wanted = wanted.where(Achievement.course_code == code)
    rows = db.session.execute(visible(viewer, wanted, of=Achievement)).all()
    return {row.course_code: row.last for row in rows}


def _card(edition_id: int, code: str, enrolments: list[Under], passed: dict[str, date]) -> Card:
    mine = [under for under in enrolments if under.edition.code == code]
    under = _current(mine)
    newest = edition_view(edition_id)
    completed_on = passed.get(code)  # a proof that stands: an enrolment stays finished when its proof is revoked
    months = (under.edition if under else newest).validity_months
    under_way = under is not None and under.completed_on is None
    standing = rules.standing(under_way, completed_on, months, local_today(utc_now()))
    stays = under is not None and standing in ("under_way", "done")
    return Card(under.edition if under and stays else newest, standing, under, completed_on)
