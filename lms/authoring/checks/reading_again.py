"""Which lesson a wrong answer leads back to: it must be there (E13), and be named where nothing else tells it (W08)."""

from __future__ import annotations

from collections.abc import Iterator

from lms.authoring.checks.findings import Finding
from lms.courses.package import ModulePackage
from lms.quizzes.items import PLAYABLE

RECALL = "nhac-lai"
"""The tag of an item that a later lesson practises: what it asks was taught before."""


def reading_findings(module: ModulePackage, draw: int) -> Iterator[Finding]:
    """`draw`: how many questions the quiz takes from this module."""
    path = f"{module.path}/questions.yaml"
    files = {lesson.file for lesson in module.lessons}
    practised = _practised(module)
    for item in module.questions:
        key, named, tags = str(item.get("id")), item.get("read_again"), item.get("tags")
        recalls = isinstance(tags, list) and RECALL in tags
        if named and named not in files:
            yield Finding("E13", path, key, str(named), "read-again-unknown")
        elif draw and not named and item.get("type") in PLAYABLE and (recalls or key not in practised):
            yield Finding("W08", path, key, "", "read-again-missing")


def _practised(module: ModulePackage) -> set[str]:
    named = [lesson.front.get("practice") for lesson in module.lessons]
    return {str(key) for keys in named if isinstance(keys, list) for key in keys}
