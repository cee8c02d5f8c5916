"""An edition as one frozen value. A published one never changes: each process reads it once and keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import contains_eager
from werkzeug.exceptions import NotFound

from lms.courses.documents import DocumentError, decode, split_front
from lms.courses.files import is_media
from lms.courses.models import Edition, EditionFile, Lesson, Module
from lms.courses.package import LANGUAGES, translation
from lms.courses.rules import amount
from lms.db import db
from lms.kept import kept

KEPT = 64
INTRODUCTION = re.compile(rf"modules/(?P<folder>[^/]+)/module\.(?P<lang>{'|'.join(LANGUAGES)})\.md")
_FILES = select(
    EditionFile.path,
    EditionFile.sha256,
    func.length(EditionFile.data).label("size"),
    case((EditionFile.path.like("modules/%/module.__.md"), EditionFile.data)).label("text"),
).where(EditionFile.edition_id == bindparam("edition"))


def practice_of(front: Mapping[str, Any]) -> list[str]:
    """The keys of the items that a lesson practises, by its front matter."""
    ids = front.get("practice")
    return [str(item) for item in ids] if isinstance(ids, list) else []


@dataclass(frozen=True)
class LessonView:
    id: int
    position: int
    file: str
    title: str
    body: str
    front: Mapping[str, Any]
    texts: Mapping[str, Any]
    module_position: int

    @property
    def minutes(self) -> Decimal:
        return amount(self.front.get("minutes"))

    @property
    def practice(self) -> list[str]:
        return practice_of(self.front)


@dataclass(frozen=True)
class ModuleView:
    position: int
    code: str
    folder: str
    title: str
    body: str
    front: Mapping[str, Any]
    lessons: tuple[LessonView, ...]
    texts: Mapping[str, Mapping[str, str]]

    @property
    def path(self) -> str:
        return f"modules/{self.folder}"


@dataclass(frozen=True)
class EditionView:
    """`media`: path in the package → sha256; `sizes`: of these, in bytes."""

    id: int
    number: int | None
    code: str
    motif: int
    title: str
    front: Mapping[str, Any]
    tiet_online: Decimal
    tiet_in_person: Decimal
    validity_months: int
    modules: tuple[ModuleView, ...]
    media: Mapping[str, str]
    sizes: Mapping[str, int]

    @cached_property
    def lessons(self) -> tuple[LessonView, ...]:
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @cached_property
    def minutes(self) -> dict[int, Decimal]:
        """position → minutes."""
        return {lesson.position: lesson.minutes for lesson in self.lessons}

    @cached_property
    def position_of(self) -> dict[int, int]:
        """lesson id → position."""
        return {lesson.id: lesson.position for lesson in self.lessons}

    def lesson(self, position: int) -> LessonView:
        """404 for a position the edition does not have."""
        found = next((lesson for lesson in self.lessons if lesson.position == position), None)
        if found is None:
            raise NotFound
        return found

    def module(self, position: int) -> ModuleView:
        """404 for a position the edition does not have."""
        found = next((module for module in self.modules if module.position == position), None)
        if found is None:
            raise NotFound
        return found

    def after(self, lesson: LessonView) -> LessonView | None:
        return next((other for other in self.lessons if other.position > lesson.position), None)

    def before(self, lesson: LessonView) -> LessonView | None:
        return next((other for other in reversed(self.lessons) if other.position < lesson.position), None)


def edition_view(edition_id: int) -> EditionView:
    """The edition with all that a learner reads: two statements the first time, then none if published."""
    editions = kept("courses: editions", KEPT)
    view: EditionView | None = editions.get(edition_id)
    if view is None:
        view = _load(edition_id)
        if view.number is not None:
            editions.put(edition_id, view)
    return view


def _load(edition_id: int) -> EditionView:
    wanted = (
        select(Edition)
        .join(Edition.course)
        .outerjoin(Edition.modules)
        .outerjoin(Module.lessons)
        .where(Edition.id == edition_id)
        .order_by(Module.position, Lesson.position)
        .options(contains_eager(Edition.course), contains_eager(Edition.modules).contains_eager(Module.lessons))
        .execution_options(populate_existing=True)
    )
    edition = db.session.scalars(wanted).unique().one_or_none()
    if edition is None:
        raise NotFound
    files = db.session.execute(_FILES, {"edition": edition_id}).all()
    media = [row for row in files if is_media(row.path)]
    texts = _introductions(files)
    return EditionView(
        id=edition.id,
        number=edition.number,
        code=edition.course.code,
        motif=edition.course.motif,
        title=edition.title,
        front=edition.front,
        tiet_online=edition.tiet_online,
        tiet_in_person=edition.tiet_in_person,
        validity_months=edition.validity_months,
        modules=tuple(_module(module, texts.get(module.folder, {})) for module in edition.modules),
        media={row.path: row.sha256 for row in media},
        sizes={row.sha256: row.size for row in media},
    )


def _introductions(files: Sequence[Any]) -> dict[str, dict[str, dict[str, str]]]:
    """folder → language → a module's introduction; one that cannot be read is the checks' affair."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in files:
        match = INTRODUCTION.fullmatch(row.path)
        if match is not None:
            with suppress(DocumentError):
                found.setdefault(match["folder"], {})[match["lang"]] = translation(*split_front(decode(row.text)))
    return found


def _module(module: Module, texts: Mapping[str, Mapping[str, str]]) -> ModuleView:
    lessons = tuple(
        LessonView(
            id=lesson.id,
            position=lesson.position,
            file=lesson.file,
            title=lesson.title,
            body=lesson.body,
            front=lesson.front,
            texts=lesson.texts,
            module_position=module.position,
        )
        for lesson in module.lessons
    )
    said = (module.title, module.body, module.front)
    return ModuleView(module.position, module.code, module.folder, *said, lessons, texts)
