"""Changing a draft in the browser: lessons and questions as files. Never commits.

Each save says which text it was made from (`opened`, a SHA-256). If somebody saved in between, `Changed` is raised and
nothing is written; the screen keeps the author's text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from lms.authoring import files
from lms.authoring.reading_again import follow_swap
from lms.courses import operations as courses
from lms.courses.documents import DocumentError, decode
from lms.courses.files import sha256
from lms.courses.models import Course, Edition, EditionFile
from lms.courses.package import LANGUAGES, LESSON_FILE, MODULE_FOLDER
from lms.db import db, utc_now
from lms.quizzes.bank import body_sha256
from lms.quizzes.models import Question
from lms.text.dates import local_today
from lms.web.refusals import Refusal

EDITABLE = re.compile(MODULE_FOLDER.pattern + r"(?:module|lesson-[0-9]{2})\.vi\.md")
RESTORABLE = re.compile(MODULE_FOLDER.pattern + rf"lesson-[0-9]{{2}}\.(?:vi|{'|'.join(LANGUAGES)})\.md")
MOST_LESSONS = MOST_ITEMS = 99
SKELETON = "::: tinh-huong\n\n:::\n\n::: ghi-nho\n\n:::\n"


class Changed(Refusal):
    """Somebody saved the same text in between; nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            _("Có người vừa lưu bài này trước Anh/Chị. Chữ Anh/Chị viết vẫn còn nguyên trong ô, chưa ghi đè lên gì cả.")
        )


def save_text(course: Course, path: str, text: str, opened: str) -> str:
    """Put a lesson (or a module's introduction) into the draft; the SHA-256 of what is stored now."""
    if not EDITABLE.fullmatch(path):
        raise Refusal(_("Không sửa tệp này ở đây được."), 404)
    draft = the_draft(course)
    _refuse_changed(sha256(_data(draft, path)), opened)
    data = _encoded(text)
    courses.write_draft_file(draft, path, data)
    return sha256(data)


def add_lesson(course: Course, folder: str, title: str) -> str:
    """A new last screen of a module; its path."""
    draft = the_draft(course)
    numbers = [int(match["number"]) for match in map(LESSON_FILE.fullmatch, _names(draft, folder)) if match]
    number = max(numbers, default=0) + 1
    if number > MOST_LESSONS:
        raise Refusal(_("Một phần có nhiều nhất %(most)s bài.", most=MOST_LESSONS))
    path = f"modules/{folder}/lesson-{number:02d}.vi.md"
    front: dict[str, Any] = {"title": title.strip() or _("Bài chưa có tên"), "minutes": 1, "outcome": "", "law": []}
    front |= {"reviewed_on": _today(), "content_note": "", "practice": []}
    courses.write_draft_file(draft, path, _encoded(files.new_document(front, SKELETON)))
    return path


def delete_lesson(course: Course, path: str, opened: str) -> dict[str, bytes]:
    """Take a screen out of the draft, with its translations: the files, for undoing it. Published editions keep
    theirs."""
    draft = the_draft(course)
    _refuse_changed(sha256(_data(draft, path)), opened)
    removed = {one: _data(draft, one) for one in _with_translations(draft, path)}
    for one in removed:
        courses.remove_draft_file(draft, one)
    return removed


def restore_lesson(course: Course, removed: Mapping[str, bytes]) -> None:
    """Undo `delete_lesson`: the same files in their old place, unless another lesson has taken it since."""
    draft = the_draft(course)
    for path, data in removed.items():
        if not RESTORABLE.fullmatch(path):
            raise Refusal(_("Không sửa tệp này ở đây được."), 404)
        if path.rpartition("/")[2] in _names(draft, path.split("/")[1]):
            raise Refusal(_("Chỗ cũ của bài này đã có bài khác, nên không hoàn tác được nữa."), 409)
        courses.write_draft_file(draft, path, _checked(data))


def move_lesson(course: Course, path: str, step: int) -> str:
    """Swap a screen with its neighbour (`step` −1 up, +1 down) inside its module; its new path."""
    draft = the_draft(course)
    folder, _slash, name = path.rpartition("/")
    order = sorted(one for one in _names(draft, folder.removeprefix("modules/")) if LESSON_FILE.fullmatch(one))
    at = order.index(name) if name in order else -1
    if at < 0 or not 0 <= at + step < len(order):
        return path
    other = f"{folder}/{order[at + step]}"
    for suffix in ("vi", *LANGUAGES):
        _swap(draft, path.replace(".vi.md", f".{suffix}.md"), other.replace(".vi.md", f".{suffix}.md"))
    questions = db.session.get(EditionFile, (draft.id, f"{folder}/questions.yaml"))
    if questions is not None:
        courses.write_draft_file(draft, questions.path, follow_swap(questions.data, name, order[at + step]))
    return other


def save_question(course: Course, folder: str, body: Mapping[str, Any], opened: str) -> str:
    """Put one item into its file, in place of the one with its id; the identity of its wording (body_sha256)."""
    draft = the_draft(course)
    path = f"modules/{folder}/questions.yaml"
    text = _text(draft, path)
    _refuse_changed(_identity(text, str(body["id"])), opened)
    if body_sha256(body) != opened:
        courses.write_draft_file(draft, path, _encoded(files.with_item(text, body)))
    return body_sha256(body)


def add_question(course: Course, folder: str, kind: str) -> str:
    """A new, empty item at the end of a module's file; its id, which no question of the course ever had."""
    draft = the_draft(course)
    module = _module_code(draft, folder)
    path = f"modules/{folder}/questions.yaml"
    missing = path.rpartition("/")[2] not in _names(draft, folder)
    text = files.new_questions(module, _today()) if missing else _text(draft, path)
    body = _empty_item(_free_id(course, module, text), kind)
    courses.write_draft_file(draft, path, _encoded(files.with_item(text, body)))
    return str(body["id"])


def delete_question(course: Course, folder: str, key: str, opened: str) -> None:
    draft = the_draft(course)
    path = f"modules/{folder}/questions.yaml"
    text = _text(draft, path)
    _refuse_changed(_identity(text, key), opened)
    courses.write_draft_file(draft, path, _encoded(files.without_item(text, key)))


def the_draft(course: Course) -> Edition:
    draft = courses.draft_of(course)
    if draft is None:
        raise Refusal(_("Khóa học này chưa có bản nháp. Hãy bấm “Soạn bản mới” trước."))
    return draft


def _refuse_changed(now: str, opened: str) -> None:
    if now != opened:
        raise Changed


def _data(draft: Edition, path: str) -> bytes:
    file = db.session.get(EditionFile, (draft.id, path))
    if file is None:
        raise Refusal(_("Bài này không còn trong bản nháp."), 404)
    return file.data


def _text(draft: Edition, path: str) -> str:
    try:
        return decode(_data(draft, path))
    except DocumentError as error:
        raise Refusal(_("Tệp câu hỏi của phần này không đọc được; hãy nhập lại từ thư mục."), 409) from error


def _identity(text: str, key: str) -> str:
    """body_sha256 of the item as it is now; "" if there is none."""
    try:
        found = next((item for item in files.items_of(text) if item.get("id") == key), None)
    except DocumentError as error:
        raise Refusal(_("Tệp câu hỏi của phần này không đọc được; hãy nhập lại từ thư mục."), 409) from error
    return body_sha256(found) if found is not None else ""


def _names(draft: Edition, folder: str) -> list[str]:
    """File names directly in a module's folder."""
    base = f"modules/{folder}/"
    paths = db.session.scalars(select(EditionFile.path).where(EditionFile.edition_id == draft.id))
    inside = [path.removeprefix(base) for path in paths if path.startswith(base)]
    if not inside:
        raise Refusal(_("Không có phần này trong bản nháp."), 404)
    return inside


def _with_translations(draft: Edition, path: str) -> list[str]:
    folder, _slash, name = path.rpartition("/")
    beside = [path.replace(".vi.md", f".{lang}.md") for lang in LANGUAGES]
    there = set(_names(draft, folder.removeprefix("modules/")))
    return [path, *(one for one in beside if one.rpartition("/")[2] in there)]


def _swap(draft: Edition, one: str, other: str) -> None:
    first, second = (db.session.get(EditionFile, (draft.id, path)) for path in (one, other))
    data = {other: first.data if first else None, one: second.data if second else None}
    for path, content in data.items():
        if content is None:
            courses.remove_draft_file(draft, path)
        else:
            courses.write_draft_file(draft, path, content)


def _module_code(draft: Edition, folder: str) -> str:
    code = next((module.code for module in draft.modules if module.folder == folder), None)
    if code is None:
        raise Refusal(_("Không có phần này trong bản nháp."), 404)
    return code


def _free_id(course: Course, module: str, text: str) -> str:
    used = set(db.session.scalars(select(Question.key).where(Question.course_id == course.id)))
    used |= {str(item.get("id")) for item in files.items_of(text)}
    for number in range(1, MOST_ITEMS + 1):
        if f"{module}-q{number:02d}" not in used:
            return f"{module}-q{number:02d}"
    raise Refusal(_("Phần này đã dùng hết mã câu hỏi."))


def _empty_item(key: str, kind: str) -> dict[str, Any]:
    common = {"id": key, "type": kind, "outcome": "", "difficulty": 1, "tags": [], "law": [], "stem": ""}
    if kind == "true_false":
        return common | {"answer": True, "fb": {"true": "", "false": ""}}
    options = [{"id": letter, "text": "", "fb": ""} for letter in "abcd"]
    more = {"score": "each"} if kind == "multiple" else {}
    return common | more | {"options": options}


def _checked(data: bytes) -> bytes:
    """As it is, if it is a text of ours."""
    try:
        decode(data)
    except DocumentError as error:
        raise Refusal(_("Trong bài có ký tự không hiện ra được. Hãy xóa ký tự ấy rồi lưu lại."), 400) from error
    return data


def _encoded(text: str) -> bytes:
    """What a browser sent, as our files are: UTF-8 in NFC, plain newlines."""
    try:
        return decode(text.encode()).encode()
    except (DocumentError, UnicodeEncodeError) as error:
        raise Refusal(_("Trong bài có ký tự không hiện ra được. Hãy xóa ký tự ấy rồi lưu lại."), 400) from error


def _today() -> str:
    return local_today(utc_now()).isoformat()
