"""The editor's form for one screen: the front matter as fields, the text as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput

from lms.authoring.files import Document, new_document, read_document, write_document
from lms.authoring.wording import opening
from lms.courses.documents import DocumentError
from lms.courses.law import KEY
from lms.courses.package import MAX_TITLE, ModulePackage
from lms.text.dates import read_date

LISTED, ARTICLES = re.compile(r"[\s,;]+"), re.compile(r"[,;\n]+")
ADDED_LAW = ("law_of", "law_article", "law_clause", "law_point")


class Form(FlaskForm):  # type: ignore[misc]
    """Flask-WTF has no types; its one untyped class is named here."""


class TextForm(Form):
    """What every text has; also a module's introduction."""

    title = StringField(_l("Tên bài"), [InputRequired(), Length(max=MAX_TITLE)])
    content_note = TextAreaField(
        _l("Lời báo trước"),
        description=_l("Nói trước điều có thể làm người học đau lòng. Để trống nếu bài này không có."),
        render_kw={"rows": 2},
    )
    reviewed_on = StringField(_l("Đọc lại ngày"), [InputRequired()], render_kw={"inputmode": "numeric"})
    body = TextAreaField(_l("Nội dung"), render_kw={"rows": 18})
    opened = HiddenField()

    def validate_reviewed_on(self, field: Field) -> None:
        if read_date(field.data or "") is None:
            raise ValidationError(_("Ngày này không có. Ghi như 05/06/2026."))

    def fill(self, document: Document) -> None:
        self.title.data = _text(document.front.get("title"))
        self.content_note.data = _text(document.front.get("content_note"))
        self.reviewed_on.data = shown_day(document.front.get("reviewed_on"))
        self.body.data = document.body

    def changes(self) -> dict[str, Any]:
        """The fields of the front matter as they shall be."""
        day = read_date(self.reviewed_on.data or "")
        return {
            "title": plain(self.title.data),
            "content_note": plain(self.content_note.data),
            "reviewed_on": day.isoformat() if day else "",
        }


class LessonForm(TextForm):
    minutes = StringField(_l("Số phút"), [InputRequired()], render_kw={"inputmode": "decimal", "maxlength": 6})
    outcome = SelectField(_l("Điều cần đạt"))
    law = StringField(_l("Căn cứ pháp luật"), description=_l("Cách nhau bằng dấu phẩy. Ví dụ: L13:12.2.a"))
    practice = SelectMultipleField(
        _l("Câu luyện sau bài này"), option_widget=CheckboxInput(), validate_choice=False, default=()
    )

    def validate_minutes(self, field: Field) -> None:
        if _number(field.data) is None:
            raise ValidationError(_("Ghi một con số, ví dụ 4 hoặc 2,5."))

    def offer(self, module: ModulePackage, front: Mapping[str, Any]) -> None:
        """The outcomes and questions of the module; also what is no longer there, so that a save does not change it.

        The questions of this lesson come first, in their order: a save keeps it.
        """
        practised, chosen = _list(front.get("practice")), front.get("outcome")
        stems = {str(item.get("id")): first_words(item) for item in module.questions}
        self.practice.choices = [(key, stems.get(key, "")) for key in dict.fromkeys([*practised, *stems])]
        rows = module.front.get("outcomes")
        known = [(str(row.get("id")), str(row.get("text"))) for row in rows or () if isinstance(row, dict)]
        other = [(str(chosen or ""), str(chosen or _("(chưa chọn)")))]
        self.outcome.choices = known if str(chosen) in dict(known) else other + known

    def fill(self, document: Document) -> None:
        super().fill(document)
        front = document.front
        self.minutes.data = str(front.get("minutes", "")).replace(".", ",")
        self.outcome.data = _text(front.get("outcome"))
        self.law.data, self.practice.data = ", ".join(_list(front.get("law"))), _list(front.get("practice"))

    def changes(self) -> dict[str, Any]:
        number = _number(self.minutes.data)
        wanted = super().changes() | {"minutes": number, "outcome": self.outcome.data, "law": law_keys(self.law.data)}
        return wanted | {"practice": [key for key in self.practice.data or () if key]}


class RawForm(Form):
    """The whole file, where its front matter cannot be read."""

    text = TextAreaField(_l("Cả tệp"), render_kw={"rows": 24})
    opened = HiddenField()


def text_of(form: TextForm, stored: str) -> str:
    """The file with what the form says; fields the form does not have (cast, audio) stay."""
    body = lines_of(form.body.data)
    try:
        document = read_document(stored)
    except DocumentError:
        return new_document(form.changes(), body)
    changes = {key: value for key, value in form.changes().items() if value or key in document.front}
    return write_document(document, changes, body)


def listed(text: str | None) -> list[str]:
    return [part for part in LISTED.split(text or "") if part]


def law_keys(text: str | None) -> list[str]:
    """Keys apart by commas or spaces; other words stay together up to the comma, as the one thing not understood."""
    pieces = [plain(part) for part in ARTICLES.split(text or "")]
    return [
        key
        for piece in pieces
        if piece
        for key in (piece.split() if all(map(KEY.fullmatch, piece.split())) else [piece])
    ]


def with_added_law(sent: Mapping[str, str]) -> str:
    """The field of law with the article that was put together beside it."""
    instrument, *place = (plain(sent.get(name)).lower() for name in ADDED_LAW)
    added = [f"{instrument.upper()}:{'.'.join(filter(None, place))}"] if instrument and place[0] else []
    return ", ".join(dict.fromkeys([*law_keys(sent.get("law")), *added]))


def first_words(item: Mapping[str, Any]) -> str:
    """What tells a question apart from the others of its module."""
    stem, story = (opening(_text(item.get(name))) for name in ("stem", "scenario"))
    return f"{stem} ({story})" if story else stem


def lines_of(text: str | None) -> str:
    """A text box's lines, ended as a text file's: browsers send \\r\\n, and drop what an empty end means."""
    plain_lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return plain_lines if not plain_lines or plain_lines.endswith("\n") else plain_lines + "\n"


def plain(text: str | None) -> str:
    """One line, as fields of a front matter are."""
    return " ".join((text or "").split())


def shown_day(value: Any) -> str:
    day = read_date(str(value or ""))
    return f"{day:%d/%m/%Y}" if day else _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[str]:
    return list(map(str, value)) if isinstance(value, list) else []


def _number(text: str | None) -> int | float | None:
    try:
        number = Decimal((text or "").strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number < 1000:
        return None
    return int(number) if number == int(number) else float(number)
