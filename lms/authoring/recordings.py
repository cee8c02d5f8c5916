"""Screens read aloud: what a person reads into the microphone, and the slot where the recording belongs.

Nothing is spoken by a machine. A recording is a file of the module's `media` folder that the lesson names as `audio`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from lms.authoring.checks.sounds import SAYS, is_stale, words_read
from lms.authoring.files import read_document, write_document
from lms.courses import media
from lms.courses.content import CARE, CASE, KEEP, LAW, TOKEN, VIETNAMESE
from lms.courses.documents import DocumentError, decode
from lms.courses.law import LawTable, cite
from lms.courses.media_notes import without_notes
from lms.courses.models import Edition, EditionFile
from lms.courses.operations import remove_draft_file, write_draft_file
from lms.courses.passages import passages
from lms.courses.rules import minutes
from lms.courses.snapshot import LessonView
from lms.db import db
from lms.web.refusals import Refusal

PICTURE = re.compile(r"!\[(?P<words>[^\]\[]*)\]\([^()]*\)")
UNSPOKEN = re.compile(r"[☐☑✓✗]|[….]{4,}|…{2,}")
"""Boxes to tick and lines to write on."""
WORDS_A_MINUTE = 120
"""Read slowly, with a breath between sentences."""
ENDINGS = {media.MP3: "mp3", media.M4A: "m4a"}
SAID_BEFORE = {CASE: VIETNAMESE.case, CARE: VIETNAMESE.care, LAW: VIETNAMESE.law, KEEP: VIETNAMESE.keep}


@dataclass(frozen=True)
class Script:
    """One screen to be read: (cue in the margin, words). `slot`: its recording's file; `minutes` at a slow pace.

    `stale`: the recording there says what the screen said before.
    """

    lesson: LessonView
    lines: list[tuple[str, str]]
    slot: str
    minutes: Decimal
    stale: bool


def script_of(lesson: LessonView, law: LawTable, number: Callable[[str], str | None]) -> Script:
    """The screen as it is heard. `number`: helpline key → number of the whole country; others differ by ward, and a
    recording must not age with them: it sends the ear to the screen.
    """
    lines = [("Tên bài", lesson.title)]
    if note := lesson.front.get("content_note"):
        lines.append(("Trước khi nghe", str(note)))
    lines += _body(lesson.body, law, number)
    length = sum(len(words.split()) for _, words in lines)
    pace = minutes(Decimal(length * 60) / WORDS_A_MINUTE)
    return Script(lesson, lines, slot_of(lesson.file), pace, is_stale(lesson.front, lesson.body))


def slot_of(file: str, kind: str = media.MP3) -> str:
    """lesson-03.vi.md → media/lesson-03.vi.mp3"""
    return f"media/{file.removesuffix('.md')}.{ENDINGS[kind]}"


def keep_recording(draft: Edition, path: str, data: bytes) -> None:
    """Put a recording into the slot of the lesson at `path`, in place of an earlier one. Never commits.

    `Refusal` for what is no recording, is too large, or a lesson whose text cannot be read.
    """
    kind = media.kind_of(data)
    if kind not in ENDINGS:
        raise Refusal(_("Tệp này không phải bản thu MP3 hay M4A. Anh/Chị chọn tệp thu âm trong máy nhé."), 400)
    slot = slot_of(path.rpartition("/")[2], kind)
    _name(draft, path, slot)
    _empty_slots(draft, path, but=slot)
    write_draft_file(draft, _beside(path, slot), without_notes(data))


def drop_recording(draft: Edition, path: str) -> None:
    """Take the recording of a lesson out of the draft; a draft without it stays as it is."""
    _name(draft, path, None)
    _empty_slots(draft, path, but="")


def _beside(path: str, slot: str) -> str:
    return f"{path.rpartition('/')[0]}/{slot}"


def _empty_slots(draft: Edition, path: str, but: str) -> None:
    """The lesson's own slots alone: another file that it named as `audio` may be somebody else's."""
    for kind in ENDINGS:
        slot = slot_of(path.rpartition("/")[2], kind)
        if slot != but and db.session.get(EditionFile, (draft.id, _beside(path, slot))) is not None:
            remove_draft_file(draft, _beside(path, slot))


def _name(draft: Edition, path: str, slot: str | None) -> None:
    file = db.session.get_one(EditionFile, (draft.id, path))
    try:
        document = read_document(decode(file.data))
    except DocumentError as error:
        raise Refusal(_("Bài này đang có chỗ máy không đọc được. Anh/Chị sửa bài trước, rồi gửi bản thu.")) from error
    named = {"audio": slot, SAYS: words_read(document.front, document.body) if slot else None}
    if any(document.front.get(key) != value for key, value in named.items()):
        write_draft_file(draft, path, write_document(document, named, document.body).encode())


def _body(body: str, law: LawTable, number: Callable[[str], str | None]) -> Iterator[tuple[str, str]]:
    heard = PICTURE.sub(lambda found: f"Trong hình: {found['words']}", body)
    heard = UNSPOKEN.sub("", heard)
    heard = TOKEN.sub(lambda found: _read_out(number(found[1])), heard)
    last = ""
    for passage in passages(heard):
        inside = f"{passage.container} {passage.key}".strip()
        yield (_cue(passage.container, passage.key, law) if inside != last else "", passage.text)
        last = inside


def _cue(container: str, key: str, law: LawTable) -> str:
    article = cite(law, key) if container == LAW else None
    return f"{SAID_BEFORE[LAW]}: {article}" if article else SAID_BEFORE.get(container, "")


def _read_out(number: str | None) -> str:
    return " ".join(number) if number else "số ghi trên màn hình"
