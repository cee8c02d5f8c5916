"""A course package (content-guide.md A8): path → bytes, read into frozen values. Never raises on content.

What the package means is read from copies of the text; the files themselves are kept byte for byte.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lms.courses.documents import DocumentError, body_of, decode, load_yaml, split_front
from lms.courses.files import Problem, content_hash, faults_of_files, manifest
from lms.courses.rules import amount

__all__ = [
    "CoursePackage",
    "LessonPackage",
    "ModulePackage",
    "Package",
    "Problem",
    "content_hash",
    "manifest",
    "read_package",
]

COURSE_FILE = "course.yaml"
COURSE_SCHEMA = "lhp-course/1"
QUESTIONS_SCHEMA = "lhp-questions/1"
LANGUAGES = ("km", "en")
MAX_TITLE = 200
HOURS = ("tiet_tt", "tiet_ttr")
SHOWN = ("title", "content_note", "audio")

MODULE_FOLDER = re.compile(r"modules/(?P<folder>(?P<number>[0-9]{2})-[a-z0-9-]+)/")
LESSON_FILE = re.compile(r"lesson-(?P<number>[0-9]{2})\.vi\.md")
KNOWN_TEXT = re.compile(r"modules/[0-9]{2}-[a-z0-9-]+/(?:module|lesson-[0-9]{2}|facilitator)\.vi\.md")
CODE = re.compile(r"[a-z][a-z0-9-]{0,11}")


@dataclass(frozen=True)
class LessonPackage:
    """One screen. `position` counts within the edition; `texts`: language → {title, body, status, …}."""

    file: str
    position: int
    title: str
    front: Mapping[str, Any]
    body: str
    texts: Mapping[str, Any]


@dataclass(frozen=True)
class ModulePackage:
    """`position` is the number of its folder: an address stays when earlier modules are added later.

    `texts`: of its introduction, as a lesson's.
    """

    folder: str
    position: int
    code: str
    title: str
    front: Mapping[str, Any]
    body: str
    lessons: tuple[LessonPackage, ...]
    questions: tuple[Mapping[str, Any], ...]
    texts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"modules/{self.folder}"


@dataclass(frozen=True)
class CoursePackage:
    code: str
    title: str
    front: Mapping[str, Any]
    modules: tuple[ModulePackage, ...]


@dataclass(frozen=True)
class Package:
    """`course` is None when course.yaml does not say which course this is."""

    course: CoursePackage | None
    problems: tuple[Problem, ...]

    @property
    def refusals(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.refuses)


def read_package(files: Mapping[str, bytes]) -> Package:
    """All that a package says, and all that is wrong with it. Unknown but legal files are no problem."""
    refused = [*faults_of_files(files)]
    if any(problem.refuses for problem in refused):
        return Package(None, tuple(refused))
    return _Reader(files).read()


class _Reader:
    """One reading of one package: collects problems on the way instead of stopping at the first."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.problems: list[Problem] = []
        self.lessons = 0
        self.unread: set[str] = set()

    def read(self) -> Package:
        course = self._course()
        return Package(course, tuple(self.problems))

    def _note(self, path: str, code: str, **args: str | int) -> None:
        if code.startswith("field-") and path in self.unread:
            return  # the front matter that cannot be read is the one thing to mend
        self.problems.append(Problem(path, code, args))

    def _course(self) -> CoursePackage | None:
        front = self._yaml(COURSE_FILE) if COURSE_FILE in self.files else None
        if not isinstance(front, dict):
            self._note(COURSE_FILE, "course-missing")
            return None
        if front.get("schema") != COURSE_SCHEMA:
            self._note(COURSE_FILE, "course-schema", wanted=COURSE_SCHEMA)
            return None
        code = front.get("code")
        if not isinstance(code, str) or not CODE.fullmatch(code):
            self._note(COURSE_FILE, "course-code")
            return None
        title = self._title(COURSE_FILE, front, code)
        modules = tuple(self._modules(code))
        if not modules:
            self._note(COURSE_FILE, "no-modules")
        self._compare(front, modules)
        return CoursePackage(code, title, front, modules)

    def _compare(self, front: Mapping[str, Any], modules: tuple[ModulePackage, ...]) -> None:
        """What course.yaml says of its modules must be what they say: its hours go onto certificates."""
        for name in HOURS:
            whole = sum((amount(module.front.get(name)) for module in modules), Decimal(0))
            if amount(front.get(name)) != whole:
                self._note(COURSE_FILE, "hours-sum", field=name, whole=str(whole))
        if front.get("modules") != [module.folder for module in modules]:
            self._note(COURSE_FILE, "modules-list")

    def _modules(self, code: str) -> Iterator[ModulePackage]:
        found = {match["folder"]: int(match["number"]) for match in map(MODULE_FOLDER.match, self.files) if match}
        self._note_misnamed()
        taken: set[int] = set()
        for folder, number in sorted(found.items()):
            path = f"modules/{folder}/module.vi.md"
            if number in taken or number == 0:
                self._note(path, "module-number", number=number)
            elif path not in self.files:
                self._note(path, "module-missing")
            else:
                taken.add(number)
                yield self._module(code, folder, number)

    def _note_misnamed(self) -> None:
        """A lesson in a file of another name would silently be no lesson."""
        for path in self.files:
            if path.endswith(".vi.md") and not KNOWN_TEXT.fullmatch(path):
                self._note(path, "misnamed")

    def _module(self, code: str, folder: str, number: int) -> ModulePackage:
        base = f"modules/{folder}"
        path = f"{base}/module.vi.md"
        front, body = self._document(path)
        title = self._title(path, front, folder)
        for name in HOURS:
            if not _is_amount(front.get(name)):
                self._note(path, "field-amount", field=name)
        lessons = tuple(self._lessons(base, front))
        if not lessons:
            self._note(path, "no-lessons")
        module_code = f"{code}-m{number}"
        questions = tuple(self._questions(f"{base}/questions.yaml", module_code))
        return ModulePackage(folder, number, module_code, title, front, body, lessons, questions, self._texts(path))

    def _lessons(self, base: str, module: Mapping[str, Any]) -> Iterator[LessonPackage]:
        names = lesson_names(base, self.files)
        for name in (one for one in lesson_order(module, names) if one in names):
            path = f"{base}/{name}"
            front, body = self._document(path)
            self.lessons += 1
            title = self._title(path, front, name)
            yield LessonPackage(name, self.lessons, title, front, body, self._texts(path))

    def _texts(self, path: str) -> dict[str, Any]:
        """The translations beside a .vi.md. A draft until its front matter says `status: reviewed`."""
        texts = {}
        for lang in LANGUAGES:
            beside = path.replace(".vi.md", f".{lang}.md")
            if beside not in self.files:
                continue
            front, body = self._document(beside)
            texts[lang] = translation(front, body) | {"title": self._title(beside, front, "")}
        return texts

    def _questions(self, path: str, module_code: str) -> Iterator[Mapping[str, Any]]:
        if path not in self.files:
            return
        document = self._yaml(path)
        if document is None:
            return
        items = document.get("items") if isinstance(document, dict) else None
        if not isinstance(items, list) or document.get("schema") != QUESTIONS_SCHEMA:
            self._note(path, "questions-schema", wanted=QUESTIONS_SCHEMA)
            return
        if document.get("module") != module_code:
            self._note(path, "questions-module", wanted=module_code)
        for at, item in enumerate(items, 1):
            if isinstance(item, dict):
                yield item
            else:
                self._note(path, "question-shape", number=at)

    def _text(self, path: str) -> str | None:
        try:
            text = decode(self.files[path])
        except DocumentError as error:
            self._note(path, error.code, line=error.line or 0)
            return None
        if not unicodedata.is_normalized("NFC", self.files[path].decode("utf-8-sig")):
            self._note(path, "not-nfc")
        return text

    def _yaml(self, path: str) -> Any:
        text = self._text(path)
        if text is None:
            return None
        try:
            return load_yaml(text)
        except DocumentError as error:
            self._note(path, error.code, line=error.line or 0)
            return None

    def _document(self, path: str) -> tuple[dict[str, Any], str]:
        text = self._text(path)
        if text is None:
            self.unread.add(path)
            return {}, ""
        try:
            return split_front(text)
        except DocumentError as error:
            self.unread.add(path)
            self._note(path, error.code, line=error.line or 0)
            return {}, body_of(text)

    def _title(self, path: str, front: Mapping[str, Any], fallback: str) -> str:
        title = front.get("title")
        if not isinstance(title, str) or not title.strip():
            self._note(path, "field-missing", field="title")
            return fallback
        if len(title) > MAX_TITLE:
            self._note(path, "title-long", limit=MAX_TITLE)
        return title.strip()[:MAX_TITLE]


def translation(front: Mapping[str, Any], body: str) -> dict[str, str]:
    """What a page shows of a text in another language: title, body, status, content_note, audio."""
    said = {name: value if isinstance(value := front.get(name), str) else "" for name in SHOWN}
    return said | {"body": body, "status": "reviewed" if front.get("status") == "reviewed" else "draft"}


def lesson_names(base: str, paths: Iterable[str]) -> set[str]:
    """The files of lessons in a module's folder."""
    names = (path.removeprefix(f"{base}/") for path in paths if path.startswith(f"{base}/"))
    return {name for name in names if LESSON_FILE.fullmatch(name)}


def lesson_order(module: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """As the module's `lessons` says; files it does not name follow by their number.

    A file keeps its name wherever its lesson is put, so that an address or a question that names it stays true. What
    `lessons` names and is not there was taken out: its place and its number are kept for it.
    """
    said = module.get("lessons")
    named = list(dict.fromkeys(map(str, said))) if isinstance(said, list) else []
    return [*named, *sorted(set(names) - set(named))]


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1000
