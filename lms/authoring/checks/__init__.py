"""`lms content check`: the rules of content-guide.md A9 as pure functions over the files of a package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from lms.authoring.checks.cast import cast_findings
from lms.authoring.checks.fields import file_fields, item_fields, law_of, lesson_fields, module_fields
from lms.authoring.checks.findings import Context, Finding, errors_of
from lms.authoring.checks.hours import draws_of, hours_findings, seconds_of_items
from lms.authoring.checks.lines import lines_of
from lms.authoring.checks.questions import (
    pool_findings,
    quiz_findings,
    role_findings,
    schema_findings,
    style_findings,
)
from lms.authoring.checks.reading_again import reading_findings
from lms.authoring.checks.screens import markup_findings, practice_findings, screen_findings
from lms.authoring.checks.sounds import sound_findings
from lms.authoring.checks.stale import khmer_findings
from lms.authoring.checks.texts import HALL, of_front, of_item, of_markdown
from lms.authoring.checks.words import word_findings
from lms.courses.documents import DocumentError, body_of, decode, load_yaml, split_front
from lms.courses.messages import say
from lms.courses.package import CoursePackage, LessonPackage, ModulePackage, Package, read_package

__all__ = ["Context", "Finding", "check", "check_package", "check_sheet", "check_text", "errors_of"]

READ = ("title", "content_note")


def check(files: Mapping[str, bytes], context: Context) -> list[Finding]:
    """All that the checks find in a package, file by file; allowed hits are marked, not left out."""
    return check_package(read_package(files), files, context)


def check_package(package: Package, files: Mapping[str, bytes], context: Context) -> list[Finding]:
    """`check`, where the files were read already."""
    found = [Finding("E13", problem.path, "", say(problem), "package") for problem in package.problems]
    if package.course is not None:
        found += _course(package.course, _Sources(files), context)
    return found


def check_text(files: Mapping[str, bytes], path: str, context: Context) -> list[Finding]:
    """What `check` finds in one lesson or introduction: quick enough to be asked while somebody types."""
    package, sources = read_package(files), _Sources(files)
    found = [Finding("E13", problem.path, "", say(problem), "package") for problem in package.problems]
    for module in package.course.modules if package.course is not None else ():
        if path.startswith(f"{module.path}/"):
            found += [*_introduction(module, sources, context), *practice_findings(module)]
            seconds, lessons = seconds_of_items(module), [one for one in module.lessons if path.endswith(one.file)]
            found += [one for lesson in lessons for one in _lesson(module, lesson, seconds, sources, context)]
    return [one for one in found if one.path == path]


def check_sheet(path: str, files: Mapping[str, bytes], context: Context) -> list[Finding]:
    """A text to be said or handed out that belongs to no course, of a talk kit for instance."""
    sources = _Sources(files)
    return [*_facilitator(path, sources, context), *_marks(path, sources.text(path), context)]


class _Sources:
    """The files as text; "" for what is not there or cannot be read (the package's own problems say so)."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def text(self, path: str) -> str:
        try:
            return decode(self.files[path]) if path in self.files else ""
        except DocumentError:
            return ""


def _course(course: CoursePackage, sources: _Sources, context: Context) -> Iterator[Finding]:
    draws = draws_of(course)
    said = of_front("course.yaml", sources.text("course.yaml"), course.front, ("title", "subtitle", "summary"))
    yield from word_findings(said, context)
    yield from quiz_findings(course, draws)
    yield from role_findings(course)
    yield from cast_findings(course)
    for module in course.modules:
        yield from _module(module, draws.get(module.code, 0), sources, context)


def _module(module: ModulePackage, draw: int, sources: _Sources, context: Context) -> Iterator[Finding]:
    yield from _introduction(module, sources, context)
    yield from hours_findings(module, draw)
    yield from practice_findings(module)
    seconds = seconds_of_items(module)
    for lesson in module.lessons:
        yield from _lesson(module, lesson, seconds, sources, context)
    yield from _facilitator(f"{module.path}/facilitator.vi.md", sources, context)
    yield from _questions(module, draw, sources, context)


def _introduction(module: ModulePackage, sources: _Sources, context: Context) -> Iterator[Finding]:
    yield from module_fields(module, context)
    yield from _text(f"{module.path}/module.vi.md", module.front, sources, context)


def _lesson(
    module: ModulePackage, lesson: LessonPackage, seconds: Mapping[str, Decimal], sources: _Sources, context: Context
) -> Iterator[Finding]:
    path = f"{module.path}/{lesson.file}"
    yield from lesson_fields(module, lesson, context)
    yield from _text(path, lesson.front, sources, context)
    yield from screen_findings(module, lesson, seconds)
    yield from khmer_findings(path, sources.files, lesson.front)
    yield from sound_findings(path, sources.files, lesson.front, lesson.body)


def _text(path: str, front: Mapping[str, Any], sources: _Sources, context: Context) -> Iterator[Finding]:
    source = sources.text(path)
    body = body_of(source)
    keys = front.get("law")
    cited = [str(key) for key in keys] if isinstance(keys, list) else []
    yield from _marks(path, source, context)
    yield from word_findings(of_front(path, source, front, READ), context)
    yield from word_findings(of_markdown(path, source, body, cited), context)


def _marks(path: str, source: str, context: Context) -> Iterator[Finding]:
    body = body_of(source)
    yield from markup_findings(path, body, source.count("\n") - body.count("\n"), context)


def _facilitator(path: str, sources: _Sources, context: Context) -> Iterator[Finding]:
    """The page for whoever leads the class: the same care, but plain terms of the trade may stand."""
    source = sources.text(path)
    if not source:
        return
    try:
        front, body = split_front(source)
    except DocumentError:
        yield Finding("E13", path, "", "", "front-missing")
        return
    yield from law_of(path, "", front.get("law"), context)
    yield from word_findings(of_markdown(path, source, body, map(str, front.get("law") or ()), HALL), context)


def _questions(module: ModulePackage, draw: int, sources: _Sources, context: Context) -> Iterator[Finding]:
    path = f"{module.path}/questions.yaml"
    text = sources.text(path)
    lines = lines_of(text)
    yield from schema_findings(path, module)
    yield from pool_findings(module, draw)
    yield from reading_findings(module, draw)
    yield from style_findings(path, module, lines)
    try:
        document = load_yaml(text)
    except DocumentError:
        return
    if isinstance(document, dict):
        yield from file_fields(path, document, context)
    for at, item in enumerate(module.questions):
        yield from item_fields(path, item, module, context)
        yield from word_findings(of_item(path, at, item, lines), context)
