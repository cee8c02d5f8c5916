"""What a draft changes against the edition in use, lesson by lesson and question by question. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lms.courses.package import read_package
from lms.quizzes.bank import body_sha256

Files = Mapping[str, bytes]
Sort = Literal["added", "changed", "removed"]
LESSON, QUESTION, OTHER = "lesson", "question", "other"
QUESTIONS = "/questions.yaml"


@dataclass(frozen=True)
class Change:
    """`kind`: LESSON or QUESTION with its words in `title`, or OTHER with a path."""

    sort: Sort
    kind: str
    title: str


def changes(before: Files, after: Files) -> list[Change]:
    """In the order of the course: first lessons, then questions, then all other files."""
    old, new = _named(before), _named(after)
    found = [*_compared(LESSON, _lessons(before, old), _lessons(after, new), {**old.lessons, **new.lessons})]
    found += _compared(QUESTION, old.questions, new.questions, {**old.stems, **new.stems})
    others = [{path: data for path, data in files.items() if not _told(path, old, new)} for files in (before, after)]
    return [*found, *_compared(OTHER, others[0], others[1], {path: path for path in {**before, **after}})]


@dataclass(frozen=True)
class _Names:
    """`lessons`: path → title; `questions`: key → what identifies its wording; `stems`: key → its question."""

    lessons: Mapping[str, str]
    questions: Mapping[str, str]
    stems: Mapping[str, str]


def _named(files: Files) -> _Names:
    course = read_package(files).course
    modules = course.modules if course is not None else ()
    items = {str(item.get("id")): item for module in modules for item in module.questions}
    return _Names(
        {f"{module.path}/{lesson.file}": lesson.title for module in modules for lesson in module.lessons},
        {key: body_sha256(item) for key, item in items.items()},
        {key: str(item.get("stem") or key) for key, item in items.items()},
    )


def _lessons(files: Files, names: _Names) -> dict[str, bytes]:
    return {path: files[path] for path in names.lessons}


def _told(path: str, *names: _Names) -> bool:
    return path.endswith(QUESTIONS) or any(path in one.lessons for one in names)


def _compared(kind: str, old: Mapping[str, Any], new: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[Change]:
    for key in {**old, **new}:
        if key not in old:
            yield Change("added", kind, titles[key])
        elif key not in new:
            yield Change("removed", kind, titles[key])
        elif old[key] != new[key]:
            yield Change("changed", kind, titles[key])
