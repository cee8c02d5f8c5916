"""What a course is, taken along offline: an edition as files that are named by their hashes.

    course.json               title, modules, lessons and which files they are made of
    modules/1.vi.html         a module's introduction
    lessons/01.vi.html        a lesson, cleaned; pictures in it are named as the manifest's `src` says
    practice/01.vi.json       its practice items (see practice_files.py)
    modules/…/media/…         pictures, as they were published

Nothing of the quiz is in it. The files say what pages say today: a helpline's number that changes makes another hash.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import request, url_for
from flask_babel import force_locale
from werkzeug.exceptions import NotFound

from lms.access import Viewer
from lms.api import practice_files
from lms.courses import media, queries
from lms.courses.files import hash_of_hashes, sha256
from lms.courses.law import cite_all, law_table
from lms.courses.shown import media_urls, rendered
from lms.courses.snapshot import EditionView, LessonView, ModuleView
from lms.kept import kept
from lms.web.helplines import helplines
from lms.web.languages import offered

HTML, JSON = "text/html", "application/json"
KINDS = (HTML, JSON, media.PNG, media.JPEG, media.WEBP, media.SVG)
KEPT = 8


@dataclass(frozen=True)
class File:
    """`data` None for a picture: it stays in the database. `src`: how lessons name a picture."""

    path: str
    sha256: str
    size: int
    kind: str
    data: bytes | None
    src: str | None = None


@dataclass(frozen=True)
class CoursePackage:
    course: str
    edition: int
    content_hash: str
    files: tuple[File, ...]

    @cached_property
    def hash(self) -> str:
        return hash_of_hashes((file.path, file.sha256) for file in self.files)

    @cached_property
    def by_hash(self) -> dict[str, File]:
        return {file.sha256: file for file in self.files}


def package_of(viewer: Viewer, code: str) -> CoursePackage:
    """Of the edition that the viewer learns. 404 without an enrolment, as for a course that does not exist."""
    under = queries.current_enrolment(viewer, code)
    if under is None:
        raise NotFound
    numbers = tuple(sorted((key, line.number) for key, line in helplines().items()))
    assessed = practice_files.assessed_in(code)
    key = (under.edition.id, numbers, law_table(), assessed, tuple(offered()), request.script_root)
    found: CoursePackage = kept("api: packages", KEPT).or_make(key, lambda: _build(under.edition, assessed))
    return found


def contents(package: CoursePackage, digest: str) -> tuple[File, bytes]:
    """The file of the package with this hash; 404 for every other, whoever's it is."""
    file = package.by_hash.get(digest)
    if file is None:
        raise NotFound
    return file, queries.media_file(package.course, digest, drafts=False) if file.data is None else file.data


def _build(edition: EditionView, assessed: practice_files.Assessed) -> CoursePackage:
    practice = practice_files.practice_of(edition, assessed)
    made = [*_texts(edition), *_practice(edition, practice), *_pictures(edition)]
    made.append(_file("course.json", JSON, _json(_course(edition, {file.path for file in made}))))
    hash_of_content = queries.content_hash_of(edition.id)
    files = tuple(sorted(made, key=lambda file: file.path))
    return CoursePackage(edition.code, edition.number or 0, hash_of_content, files)


def _texts(edition: EditionView) -> Iterator[File]:
    for module in edition.modules:
        pictures = media_urls(edition, module)
        yield _html(_intro(module, "vi"), rendered(module.body, "vi", pictures))
        for lesson in module.lessons:
            for lang in languages(lesson):
                body = lesson.body if lang == "vi" else lesson.texts[lang]["body"]
                yield _html(_page(lesson, lang), rendered(body, lang, pictures))


def _practice(edition: EditionView, practice: practice_files.Practice) -> Iterator[File]:
    for lesson in edition.lessons:
        for lang in languages(lesson):
            with force_locale(lang):
                items = practice.items(lesson, lang)
            if items:
                told = {"lesson": lesson.position, "lang": lang, "items": items}
                yield _file(_exercise(lesson, lang), JSON, _json(told))


def _pictures(edition: EditionView) -> Iterator[File]:
    for path, digest in edition.media.items():
        data = queries.media_file(edition.code, digest, drafts=False)
        kind = media.kind_of(data)
        if kind is not None and kind not in media.SOUNDS:  # a phone has no player for them without the site, yet
            src = url_for("courses.file", code=edition.code, digest=digest)
            yield File(path, digest, len(data), kind, None, src)


def _course(edition: EditionView, paths: set[str]) -> dict[str, Any]:
    return {
        "schema": "lhp-offline/1",
        "course": edition.code,
        "edition": edition.number,
        "title": edition.title,
        "modules": [
            {
                "position": module.position,
                "title": module.title,
                "page": _intro(module, "vi"),
                "lessons": [_lesson(lesson, paths) for lesson in module.lessons],
            }
            for module in edition.modules
        ],
    }


def _lesson(lesson: LessonView, paths: set[str]) -> dict[str, Any]:
    langs = languages(lesson)
    titles = {lang: lesson.texts.get(lang, {}).get("title") or lesson.title for lang in langs}
    laws = lesson.front.get("law")
    return {
        "position": lesson.position,
        "title": titles | {"vi": lesson.title},
        "minutes": float(lesson.minutes),
        "law": cite_all(law_table(), map(str, laws if isinstance(laws, list) else [])),
        "pages": {lang: _page(lesson, lang) for lang in langs},
        "practice": {lang: _exercise(lesson, lang) for lang in langs if _exercise(lesson, lang) in paths},
    }


def languages(lesson: LessonView) -> list[str]:
    """Vietnamese, and those offered here that its text has been put into."""
    return ["vi", *(lang for lang in offered() if lang != "vi" and lesson.texts.get(lang, {}).get("body"))]


def _intro(module: ModuleView, lang: str) -> str:
    return f"modules/{module.position}.{lang}.html"


def _page(lesson: LessonView, lang: str) -> str:
    return f"lessons/{lesson.position:02d}.{lang}.html"


def _exercise(lesson: LessonView, lang: str) -> str:
    return f"practice/{lesson.position:02d}.{lang}.json"


def _html(path: str, markup: str) -> File:
    return _file(path, HTML, str(markup).encode())


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _file(path: str, kind: str, data: bytes) -> File:
    return File(path, sha256(data), len(data), kind, data)
