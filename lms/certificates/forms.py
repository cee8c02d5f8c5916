"""The forms of this room."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, ValidationError

from lms.certificates.codes import LENGTH, normalise_code
from lms.text.free_text import finds_personal_numbers

LONGEST = 500


class Form(FlaskForm):  # type: ignore[misc]
    """Flask-WTF has no types; its one untyped class is named here."""


def no_identity_number(form: Form, field: Field) -> None:
    """An identity number is never stored in words (domain §6); a phone number may be what is wrong."""
    if "cccd" in finds_personal_numbers(field.data or ""):
        raise ValidationError(_("Xin bỏ số căn cước ra khỏi lời nhắn. Không cần số đó để sửa tên."))


class ChecksField(SelectMultipleField):
    """Several of a few, as boxes to tick."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class ReportForm(Form):
    """ "Báo sai": which parts, and in one's own words what would be right."""

    parts = ChecksField(
        _l("Chỗ nào chưa đúng?"),
        choices=[
            SelectChoice("name", _l("Họ và tên")),
            SelectChoice("birth", _l("Năm sinh")),
            SelectChoice("post", _l("Nhiệm vụ hoặc nơi làm")),
        ],
    )
    message = TextAreaField(
        _l("Ghi lại cho đúng"),
        [Length(max=LONGEST), no_identity_number],
        description=_l("Ví dụ: Tên tôi là Huỳnh Thị Út, không phải Huỳnh Thị Úc."),
        render_kw={"rows": 3, "maxlength": LONGEST},
    )

    def validate_message(self, field: Field) -> None:
        if not self.parts.data and not (field.data or "").strip():
            raise ValidationError(_("Anh/Chị chọn chỗ chưa đúng, hoặc ghi lại cho đúng."))


class RevokeForm(Form):
    why = TextAreaField(
        _l("Lý do thu hồi"),
        [InputRequired(_l("Anh/Chị chưa ghi lý do.")), Length(max=LONGEST), no_identity_number],
        render_kw={"rows": 3, "maxlength": LONGEST},
    )


class CodeForm(Form):
    """Typed by anybody, sent by GET: it changes nothing and needs no token."""

    class Meta:
        csrf = False

    ma = StringField(
        _l("Mã trên giấy"),
        render_kw={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false", "maxlength": 60},
    )

    @property
    def code(self) -> str | None:
        return normalise_code(self.ma.data or "")

    def explain(self) -> None:
        """Put on the field why this is no code. Says nothing about any certificate."""
        typed = sum(letter.isalnum() for letter in self.ma.data or "")
        if typed == LENGTH:
            said = _("Mã chỉ có chữ số và chữ cái không dấu, trừ chữ U. Xin so lại từng chữ với tờ giấy.")
        else:
            said = _("Mã có đủ %(n)s chữ và số, Anh/Chị gõ %(typed)s.", n=LENGTH, typed=typed)
        self.ma.errors = [said]
