"""Items and pools (content-guide.md A4; A9: E13 and W04)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from lms.authoring.checks.findings import Finding, letting
from lms.authoring.checks.hours import draws_of
from lms.authoring.checks.lines import Lines
from lms.authoring.checks.screens import words_in
from lms.authoring.checks.words import fold
from lms.courses.package import CoursePackage, ModulePackage
from lms.people.reference import shipped_roles
from lms.quizzes.items import PLAYABLE, faults_of

POOL_PER_DRAWN = 3
KEY_LONGER = Fraction(13, 10)
SAME_LETTER, FEW_ITEMS = Fraction(2, 5), 5
LONGEST_FEEDBACK = 35
CATCH_ALL = re.compile(r"^tất cả\b(?! (mọi )?người)|tất cả các (ý|câu|đáp án)|không đáp án nào")
COLD = re.compile(r"sai rồi|nhầm rồi")


def schema_findings(path: str, module: ModulePackage) -> Iterator[Finding]:
    """What the bank could not take in or play. A missing `law` or `outcome` is told by `fields` already."""
    items = {str(item.get("id")): item for item in module.questions}
    for fault in faults_of(module.questions):
        if fault.code == "missing" and fault.field in ("law", "outcome"):
            continue
        lacking = _lacking(items.get(fault.item, {}), fault.field) if fault.code == "missing" else ""
        if lacking:
            code, detail = ("E12", "fb-missing") if fault.field == "fb" else ("E13", "option-missing")
            yield Finding(code, path, fault.item, lacking, detail)
            continue
        yield Finding("E12" if fault.field == "fb" else "E13", path, fault.item, fault.field, fault.code)


def _lacking(item: Mapping[str, Any], field: str) -> str:
    """The letters of the options that have no words, or no feedback: "b, c"; "" for other fields."""
    if field not in ("options", "fb"):
        return ""
    said, options = item.get("fb"), item.get("options")
    if item.get("type") == "true_false" and isinstance(said, dict):
        return ", ".join(key for key in ("true", "false") if not said.get(key))
    name = "fb" if field == "fb" else "text"
    rows = [row for row in options if isinstance(row, dict)] if isinstance(options, list) else []
    return ", ".join(str(row.get("id")) for row in rows if not row.get(name))


def pool_findings(module: ModulePackage, draw: int) -> Iterator[Finding]:
    path = f"{module.path}/questions.yaml"
    playable = [item for item in module.questions if item.get("type") in PLAYABLE]
    if len(playable) < POOL_PER_DRAWN * draw:
        yield Finding("E13", path, "", str(POOL_PER_DRAWN * draw), "pool-small")
    if not any(item.get("must_be_right") for item in module.questions) and not named_must(module):
        yield Finding("E13", path, "", "", "must-none")
    known = {str(item.get("id")) for item in module.questions}
    for key in named_must(module):
        if key not in known:
            yield Finding("E13", f"{module.path}/module.vi.md", "", key, "must-unknown")
    if not any(item.get("type") == "case" for item in module.questions):
        yield Finding("W06", path, "", "", "case-none")


def role_findings(course: CoursePackage) -> Iterator[Finding]:
    """`for_roles` names roles that ship (an office may have added others, so this is no error): a course for roles that
    do not exist would be nobody's work.
    """
    roles = course.front.get("for_roles")
    if roles is None:
        return
    known = {role["code"] for role in shipped_roles()}
    for role in roles if isinstance(roles, list) else [roles]:
        if role not in known:
            yield Finding("W05", "course.yaml", "", str(role), "role-unknown")


def quiz_findings(course: CoursePackage, draws: Mapping[str, int]) -> Iterator[Finding]:
    if not sum(draws.values()):
        yield Finding("E13", "course.yaml", "", "final_quiz", "quiz-none")
    before = draws_of(course, "pre_test")
    codes = {module.code for module in course.modules}
    for code in sorted({*draws, *before} - codes):
        yield Finding("E13", "course.yaml", "", code, "quiz-module-unknown")
    for module in course.modules:
        playable = sum(item.get("type") in PLAYABLE for item in module.questions)
        if draws.get(module.code, 0) + before.get(module.code, 0) > playable:
            yield Finding("E13", "course.yaml", "", module.code, "pre-test-large")


def named_must(module: ModulePackage) -> list[str]:
    quiz = module.front.get("quiz")
    named = quiz.get("must_be_right") if isinstance(quiz, dict) else None
    return [str(key) for key in named] if isinstance(named, list) else []


def style_findings(path: str, module: ModulePackage, lines: Lines) -> Iterator[Finding]:
    """W04: what gives the answer away, and feedback that is long or cold."""
    for at, item in enumerate(module.questions):
        name = str(item.get("id") or f"#{at + 1}")
        for where, found in _style(path, name, item):
            yield from letting([found], lines.allowed(("items", at, *where)))
    yield from _same_letter(path, module)


Where = tuple[str | int, ...]


def _style(path: str, name: str, item: Mapping[str, Any]) -> Iterator[tuple[Where, Finding]]:
    rows = item.get("options")
    options = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    for at, option in enumerate(options):
        if CATCH_ALL.search(fold(str(option.get("text") or ""))):
            yield (
                ("options", at),
                Finding("W04", path, f"{name}:options.{at}.text", str(option.get("text")), "catch-all"),
            )
    if item.get("type") == "single" and _key_stands_out(options):
        yield ("options",), Finding("W04", path, name, "", "key-long")
    for where, text in _feedback(item, options):
        place = f"{name}:{'.'.join(map(str, where))}"
        if words_in(text) > LONGEST_FEEDBACK:
            yield where, Finding("W04", path, place, str(words_in(text)), "feedback-long")
        if COLD.search(fold(text)):
            yield where, Finding("W04", path, place, text[:60], "feedback-cold")


def _feedback(item: Mapping[str, Any], options: list[dict[str, Any]]) -> Iterator[tuple[Where, str]]:
    for at, option in enumerate(options):
        yield ("options", at, "fb"), str(option.get("fb") or "")
    said = item.get("fb")
    for key, text in said.items() if isinstance(said, dict) else ():
        yield ("fb", str(key)), str(text)


def _key_stands_out(options: list[dict[str, Any]]) -> bool:
    """The right option is longer by more than 30 % than the options are on average."""
    lengths = [len(str(option.get("text") or "")) for option in options]
    right = [length for length, option in zip(lengths, options, strict=True) if option.get("correct")]
    return bool(right) and right[0] * len(lengths) > KEY_LONGER * sum(lengths)


def _same_letter(path: str, module: ModulePackage) -> Iterator[Finding]:
    letters = Counter(
        str(option.get("id"))
        for item in module.questions
        if item.get("type") == "single" and isinstance(item.get("options"), list)
        for option in item["options"]
        if isinstance(option, dict) and option.get("correct")
    )
    for letter, count in letters.most_common(1):
        if letters.total() >= FEW_ITEMS and count > SAME_LETTER * letters.total():
            yield Finding("W04", path, "", letter, "same-letter")
