"""One screen as a text (W01) and the order of screens in a module (E13): short, plain, practised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from lms.authoring.checks.findings import Context, Finding
from lms.authoring.checks.hours import lesson_seconds
from lms.courses.content import LAW
from lms.courses.package import LessonPackage, ModulePackage
from lms.courses.passages import count_words, faults, passages
from lms.courses.rules import amount, minutes

SHORTEST, LONGEST = 120, 220
LONGEST_SENTENCE, MEAN_SENTENCE = 28, 14
SENTENCE_END = re.compile(r"(?<=[.!?…:;])[\"”’)]*\s+")
MINUTES_OFF = Decimal("0.5")
WITHOUT_PRACTICE = 2


def screen_findings(module: ModulePackage, lesson: LessonPackage, seconds: Mapping[str, Decimal]) -> Iterator[Finding]:
    path = f"{module.path}/{lesson.file}"
    count = sum(count_words(lesson.body))
    if not SHORTEST <= count <= LONGEST:
        yield Finding("W01", path, "", str(count), "screen-length")
    yield from _sentences(path, lesson.body)
    wanted = minutes(lesson_seconds(lesson, seconds))
    if abs(wanted - amount(lesson.front.get("minutes"))) > MINUTES_OFF:
        yield Finding("W01", path, "", str(wanted), "minutes-off")


def markup_findings(path: str, body: str, before: int, context: Context) -> Iterator[Finding]:
    """Containers, keys and addresses; `before`: lines of the file above the body."""
    found = faults(body, knows_law=context.law.knows, knows_hotline=lambda key: key in context.hotlines)
    for fault in found:
        code = {"law-unknown": "E12", "image-words-missing": "W05"}.get(fault.code, "E13")
        yield Finding(code, path, f"line:{before + fault.line}", fault.arg, fault.code)


def practice_findings(module: ModulePackage) -> Iterator[Finding]:
    known, run = {str(item.get("id")) for item in module.questions}, 0
    for lesson in module.lessons:
        path = f"{module.path}/{lesson.file}"
        named = lesson.front.get("practice")
        for key in named if isinstance(named, list) else ():
            if str(key) not in known:
                yield Finding("E13", path, "", str(key), "practice-unknown")
        run = 0 if named else run + 1
        if run > WITHOUT_PRACTICE:
            yield Finding("E13", path, "", str(run), "practice-late")
    if not any(lesson.front.get("practice") for lesson in module.lessons):
        yield Finding("E13", f"{module.path}/module.vi.md", "", "", "practice-none")


def sentences(body: str) -> list[str]:
    """The sentences of a text without the exact words of law, which nobody may shorten."""
    pieces = [piece.text for piece in passages(body) if piece.container != LAW]
    return [sentence for piece in pieces for sentence in SENTENCE_END.split(piece) if words_in(sentence)]


def words_in(text: str) -> int:
    return sum(any(sign.isalnum() for sign in word) for word in text.split())


def _sentences(path: str, body: str) -> Iterator[Finding]:
    counts = [(words_in(sentence), sentence) for sentence in sentences(body)]
    for count, sentence in counts:
        if count > LONGEST_SENTENCE:
            yield Finding("W01", path, "", f"{sentence[:60]}…", "sentence-long")
    if counts and sum(count for count, _ in counts) > MEAN_SENTENCE * len(counts):
        yield Finding("W01", path, "", "", "sentences-long")
