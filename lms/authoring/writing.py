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
from lms.courses import operations as courses
from lms.courses.documents import DocumentError, decode
from lms.courses.files import sha256
from lms.courses.models import Course, Edition, EditionFile
from lms.courses.package import LANGUAGES, LESSON_FILE, MODULE_FOLDER, lesson_order
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
    """Somebody saved the same text in between, or took it out; nothing was written."""

    def __init__(self, gone: bool = False) -> None:
        saved = _("Có người vừa lưu bài này trước Anh/Chị. Chữ Anh/Chị viết vẫn còn nguyên trong ô, chưa ghi đè gì cả.")
        super().__init__(_("Bài này không còn trong bản nháp. Chữ Anh/Chị viết vẫn còn trong ô.") if gone else saved)


def save_text(course: Course, path: str, text: str, opened: str) -> str:
    """Put a lesson (or a module's introduction) into the draft; the SHA-256 of what is stored now.

    `opened` is "" for a lesson that was taken out while its form was open, and shall come back.
    """
    if not EDITABLE.fullmatch(path):
        raise Refusal(_("Không sửa tệp này ở đây được."), 404)
    draft = the_draft(course)
    file = db.session.get(EditionFile, (draft.id, path))
    if (file.sha256 if file is not None else "") != opened:
        raise Changed(gone=file is None)
    data = _encoded(text)
    courses.write_draft_file(draft, path, data)
    if file is None:
        _write_order(draft, _folder(path), _order(draft, _folder(path)))
    return sha256(data)


def add_lesson(course: Course, folder: str, title: str) -> str:
    """A new last screen of a module; its path. A number that another lesson had is not given again."""
    if not title.strip():
        raise Refusal(_("Bài mới chưa có tên. Anh/Chị quay lại ghi tên bài rồi bấm Thêm bài."), 400)
    draft = the_draft(course)
    order = _order(draft, folder)
    number = max((int(match["number"]) for match in map(LESSON_FILE.fullmatch, order) if match), default=0) + 1
    if number > MOST_LESSONS:
        raise Refusal(_("Một phần có nhiều nhất %(most)s bài.", most=MOST_LESSONS))
    path = f"modules/{folder}/lesson-{number:02d}.vi.md"
    front: dict[str, Any] = {"title": title.strip(), "minutes": 1, "outcome": "", "law": []}
    front |= {"reviewed_on": _today(), "content_note": "", "practice": []}
    courses.write_draft_file(draft, path, _encoded(files.new_document(front, SKELETON)))
    _write_order(draft, folder, [*order, path.rpartition("/")[2]])
    return path


def delete_lesson(course: Course, path: str, opened: str) -> dict[str, bytes]:
    """Take a screen out of the draft, with its translations: the files, for undoing it. Published editions keep
    theirs."""
    draft = the_draft(course)
    folder = _folder(path)
    order = _order(draft, folder)
    _refuse_changed(sha256(_data(draft, path)), opened)
    removed = {one: _data(draft, one) for one in _with_translations(draft, path)}
    for one in removed:
        courses.remove_draft_file(draft, one)
    _write_order(draft, folder, order)
    return removed


def restore_lesson(course: Course, removed: Mapping[str, bytes]) -> None:
    """Undo `delete_lesson`: the same files in their old place, unless another lesson has taken it since."""
    draft = the_draft(course)
    for path, data in removed.items():
        if not RESTORABLE.fullmatch(path):
            raise Refusal(_("Không sửa tệp này ở đây được."), 404)
        if path.rpartition("/")[2] in _names(draft, _folder(path)):
            raise Refusal(_("Chỗ cũ của bài này đã có bài khác, nên không hoàn tác được nữa."), 409)
        courses.write_draft_file(draft, path, _checked(data))
    for folder in {_folder(path) for path in removed}:
        _write_order(draft, folder, _order(draft, folder))


def bring_back_lesson(course: Course, path: str) -> None:
    """Put a lesson back as the newest edition still has it, with its translations."""
    newest = courses.newest_published(course)
    base = path.removesuffix("vi.md")
    held = courses.export_files(newest) if newest is not None and base != path else {}
    found = {one: data for one, data in held.items() if one.startswith(base)}
    if path not in found:
        raise Refusal(_("Bản đã phát hành không có bài này."), 404)
    restore_lesson(course, found)


def move_lesson(course: Course, path: str, step: int) -> None:
    """Let a screen and its neighbour (`step` −1 up, +1 down) change places in their module. No file is renamed."""
    if not EDITABLE.fullmatch(path):
        raise Refusal(_("Không sửa tệp này ở đây được."), 404)
    draft = the_draft(course)
    folder, name = _folder(path), path.rpartition("/")[2]
    order = _order(draft, folder)
    there = [one for one in order if one in _names(draft, folder)]
    at = there.index(name) if name in there else -1
    if at < 0 or not 0 <= at + step < len(there):
        return
    one, other = order.index(name), order.index(there[at + step])
    order[one], order[other] = order[other], order[one]
    _write_order(draft, folder, order)


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


def _folder(path: str) -> str:
    return path.split("/")[1]


def _order(draft: Edition, folder: str) -> list[str]:
    """The files of a module's lessons in order, also of those that were taken out."""
    return lesson_order(_module_document(draft, folder).front, _lessons(draft, folder))


def _write_order(draft: Edition, folder: str, order: list[str]) -> None:
    """Into the module's front matter, unless the numbers of the files say it already."""
    module = _module_document(draft, folder)
    wanted = None if order == sorted(_lessons(draft, folder)) else order
    text = files.write_document(module, {"lessons": wanted}, module.body)
    courses.write_draft_file(draft, f"modules/{folder}/module.vi.md", _encoded(text))


def _module_document(draft: Edition, folder: str) -> files.Document:
    try:
        return files.read_document(decode(_data(draft, f"modules/{folder}/module.vi.md")))
    except DocumentError as error:
        raise Refusal(_("Lời mở đầu của phần này viết sai cách. Hãy sửa lời mở đầu trước."), 409) from error


def _lessons(draft: Edition, folder: str) -> set[str]:
    return {name for name in _names(draft, folder) if LESSON_FILE.fullmatch(name)}


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
