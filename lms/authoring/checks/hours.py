"""Honest hours (content-guide.md A7) of a module: what it declares against what it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from lms.authoring.checks.findings import Finding
from lms.courses.package import CoursePackage, LessonPackage, ModulePackage
from lms.courses.passages import count_words
from lms.courses.rules import (
    SECONDS_PER_TIET,
    amount,
    quiz_seconds,
    reading_seconds,
    screen_seconds,
    tiet,
)
from lms.quizzes.seconds import seconds_by_key

TOO_MODEST = Decimal("1.4")
PER_DECISION = 30


def seconds_of_items(module: ModulePackage) -> dict[str, Decimal]:
    """item id → seconds. A case takes its shortest safe path, an essay the minutes its author gives it."""
    found = seconds_by_key(item for item in module.questions if item.get("id"))
    for item in module.questions:
        if item.get("type") == "case":
            found[str(item.get("id"))] = case_seconds(item)
        elif item.get("type") == "essay":
            found[str(item.get("id"))] = amount(item.get("minutes")) * 60
    return found


def lesson_seconds(lesson: LessonPackage, seconds: Mapping[str, Decimal]) -> Decimal:
    outside, inside = count_words(lesson.body)
    named = lesson.front.get("practice")
    known = [str(key) for key in named if str(key) in seconds] if isinstance(named, list) else []
    return screen_seconds(outside, inside, known, seconds.__getitem__)


def module_seconds(module: ModulePackage, draw: int) -> Decimal:
    """All compulsory screens with their practice, and the module's part of the quiz."""
    seconds = seconds_of_items(module)
    screens = sum((lesson_seconds(lesson, seconds) for lesson in module.lessons), Decimal(0))
    return screens + quiz_seconds(draw, list(seconds.values()))


def draws_of(course: CoursePackage, test: str = "final_quiz") -> dict[str, int]:
    """module code → how many items the quiz draws from it, or the test before the course (`pre_test`)."""
    quiz = course.front.get(test)
    rows = quiz.get("draw") if isinstance(quiz, dict) else None
    found: dict[str, int] = {}
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            code = str(row.get("module"))
            found[code] = found.get(code, 0) + int(amount(row.get("count")))
    return found


def hours_findings(module: ModulePackage, draw: int) -> Iterator[Finding]:
    path, declared = f"{module.path}/module.vi.md", amount(module.front.get("tiet_tt"))
    whole = module_seconds(module, draw)
    if declared > tiet(whole):
        yield Finding("E13", path, "", str(tiet(whole)), "hours-over")
    elif whole > declared * TOO_MODEST * SECONDS_PER_TIET:
        yield Finding("W07", path, "", str(tiet(whole)), "hours-under")


def case_seconds(item: Mapping[str, Any]) -> Decimal:
    """Along the shortest path of safe choices that ends well; 0 where there is none."""
    nodes = item.get("nodes")
    found = _shortest(nodes, str(item.get("start")), ()) if isinstance(nodes, dict) else None
    return reading_seconds(0, _words(item.get("stem"))) + found if found is not None else Decimal(0)


def _shortest(nodes: Mapping[str, Any], at: str, behind: tuple[str, ...]) -> Decimal | None:
    node = nodes.get(at)
    if not isinstance(node, dict) or at in behind:
        return None
    told = reading_seconds(_words(node.get("text")), 0)
    if "end" in node:
        return told if node["end"] == "tot" else None
    choices = [one for one in node.get("choices") or () if isinstance(one, dict)]
    offered = reading_seconds(0, sum(_words(one.get("text")) for one in choices))
    ways = [
        reading_seconds(_words(one.get("fb")), 0) + rest
        for one in choices
        if one.get("safe") and (rest := _shortest(nodes, str(one.get("next")), (*behind, at))) is not None
    ]
    return told + offered + PER_DECISION + min(ways) if ways else None


def _words(text: Any) -> int:
    return sum(count_words(str(text or "")))
