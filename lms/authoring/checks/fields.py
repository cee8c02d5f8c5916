"""What front matters and items must carry (content-guide.md A9: E12, and reviewed_on and the Khmer copy of W05)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from lms.authoring.checks.findings import Context, Finding
from lms.authoring.checks.words import GRAPHIC, fold
from lms.courses.content import CASE
from lms.courses.package import LessonPackage, ModulePackage
from lms.courses.passages import passages
from lms.text.dates import add_months

VIOLENT = re.compile(rf"{GRAPHIC}|bạo lực|\bđánh\b|đe dọa")
GOOD_FOR_MONTHS = 12


def module_fields(module: ModulePackage, context: Context) -> Iterator[Finding]:
    path = f"{module.path}/module.vi.md"
    if not outcomes_of(module):
        yield Finding("E12", path, "", "outcomes", "missing")
    yield from _review(path, "", module.front.get("reviewed_on"), context)
    if not isinstance(module.front.get("content_note"), str):
        yield Finding("E12", path, "", "content_note", "missing")


def lesson_fields(module: ModulePackage, lesson: LessonPackage, context: Context) -> Iterator[Finding]:
    path, front = f"{module.path}/{lesson.file}", lesson.front
    yield from law_of(path, "", front.get("law"), context)
    yield from _outcome(path, "", front.get("outcome"), module)
    yield from _review(path, "", front.get("reviewed_on"), context)
    note = front.get("content_note")
    if not isinstance(note, str):
        yield Finding("E12", path, "", "content_note", "missing")
    elif not note.strip() and _tells_of_violence(lesson.body):
        yield Finding("E12", path, "", "content_note", "empty-note")


def item_fields(path: str, item: Mapping[str, Any], module: ModulePackage, context: Context) -> Iterator[Finding]:
    """An item's day of review is its file's, unless it has one of its own."""
    name = str(item.get("id") or "")
    yield from law_of(path, name, item.get("law"), context)
    yield from _outcome(path, name, item.get("outcome"), module)
    if "reviewed_on" in item:
        yield from _review(path, name, item["reviewed_on"], context)


def file_fields(path: str, document: Mapping[str, Any], context: Context) -> Iterator[Finding]:
    yield from _review(path, "", document.get("reviewed_on"), context)


def law_of(path: str, place: str, keys: Any, context: Context) -> Iterator[Finding]:
    if not isinstance(keys, list) or not keys:
        yield Finding("E12", path, place, "law", "missing")
        return
    for key in keys:
        if not context.law.knows(str(key)):
            yield Finding("E12", path, place, str(key), "law-unknown")


def outcomes_of(module: ModulePackage) -> list[str]:
    rows = module.front.get("outcomes")
    return [str(row.get("id")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def day_of(value: Any) -> date | None:
    """A date of a front matter: YYYY-MM-DD, as text."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _outcome(path: str, place: str, outcome: Any, module: ModulePackage) -> Iterator[Finding]:
    if not outcome:
        yield Finding("E12", path, place, "outcome", "missing")
    elif str(outcome) not in outcomes_of(module):
        yield Finding("E12", path, place, str(outcome), "outcome-unknown")


def _review(path: str, place: str, value: Any, context: Context) -> Iterator[Finding]:
    day = day_of(value)
    if day is None:
        yield Finding("E12", path, place, "reviewed_on", "missing" if not value else "bad-date")
    elif add_months(day, GOOD_FOR_MONTHS) <= context.today:
        yield Finding("W05", path, place, day.isoformat(), "review-old")


def _tells_of_violence(body: str) -> bool:
    stories: Iterable[str] = (piece.text for piece in passages(body) if piece.container == CASE)
    return any(VIOLENT.search(fold(story)) for story in stories)
