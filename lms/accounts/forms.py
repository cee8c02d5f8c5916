"""The forms of this room. Fields that hold a secret are never filled again by the server."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, SelectField, StringField, TelField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.accounts import rules
from lms.text.phones import normalise_sign_in, read_phone

LONGEST = 64


class Form(FlaskForm):  # type: ignore[misc]
    """Flask-WTF has no types; its one untyped class is named here."""


def _digits(autocomplete: str, length: int) -> dict[str, Any]:
    return {
        "class": "pin",
        "inputmode": "numeric",
        "autocomplete": autocomplete,
        "maxlength": length + 3,
    }


class PinField(PasswordField):
    """Digits as typed, without the spaces people copy from the card."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata([rules.tidy_secret(value[:LONGEST]) for value in valuelist])


def _need(message: Any) -> list[Any]:
    return [InputRequired(message)]


def is_phone(form: Form, field: Field) -> None:
    """The number must read as exactly one; says how many digits are missing where that is the trouble."""
    if normalise_sign_in(field.data or "") is not None:
        return
    digits = sum(letter.isdigit() for letter in field.data or "")
    if 0 < digits < 10 and read_phone(field.data).problem:
        raise ValidationError(_("Số này mới có %(n)s chữ số, cần 10.", n=digits))
    raise ValidationError(_("Số điện thoại này chưa đọc được. Ví dụ đúng: 0912 345 678."))


def is_pin(form: Form, field: Field) -> None:
    if rules.secret_kind(field.data or "") != "pin":
        raise ValidationError(_("Mã PIN phải có đúng 6 chữ số."))


def is_pin_or_code(form: Form, field: Field) -> None:
    if rules.secret_kind(field.data or "") == "neither":
        raise ValidationError(_("Mã PIN có 6 chữ số; mã lần đầu trên thẻ có 8 chữ số."))


def _phone_field() -> TelField:
    return TelField(
        _l("Số điện thoại"),
        [*_need(_l("Anh/Chị chưa nhập số điện thoại.")), Length(max=LONGEST), is_phone],
        render_kw={"inputmode": "tel", "autocomplete": "username"},
    )


class SignInForm(Form):
    phone = _phone_field()
    pin = PinField(
        _l("Mã PIN"),
        [*_need(_l("Anh/Chị chưa nhập mã PIN.")), is_pin_or_code],
        render_kw=_digits("current-password", rules.CODE_LENGTH),
    )

    @property
    def number(self) -> str:
        return normalise_sign_in(self.phone.data or "") or ""


class CardForm(Form):
    secret = PinField(
        _l("Mã PIN"),
        [*_need(_l("Anh/Chị chưa nhập mã.")), is_pin_or_code],
        render_kw=_digits("current-password", rules.CODE_LENGTH),
    )


class NewPinForm(Form):
    new_pin = PinField(
        _l("Mã PIN mới"),
        [*_need(_l("Anh/Chị chưa nhập mã PIN mới.")), is_pin],
        render_kw=_digits("new-password", 6),
    )
    again = PinField(
        _l("Nhập lại mã PIN mới"),
        [*_need(_l("Anh/Chị nhập lại mã PIN mới một lần nữa."))],
        render_kw=_digits("new-password", 6),
    )

    def validate_again(self, field: Field) -> None:
        if field.data != self.new_pin.data:
            raise ValidationError(_("Hai lần nhập chưa giống nhau."))


class ChangePinForm(NewPinForm):
    current_pin = PinField(
        _l("Mã PIN đang dùng"),
        [*_need(_l("Anh/Chị chưa nhập mã PIN đang dùng.")), is_pin],
        render_kw=_digits("current-password", 6),
    )


class PhoneForm(Form):
    phone = _phone_field()
    current_pin = PinField(
        _l("Mã PIN đang dùng"),
        [*_need(_l("Anh/Chị chưa nhập mã PIN đang dùng.")), is_pin],
        render_kw=_digits("current-password", 6),
    )

    @property
    def number(self) -> str:
        return normalise_sign_in(self.phone.data or "") or ""


class AccountForm(Form):
    """A new account for somebody of the office."""

    name = StringField(_l("Họ và tên"), [*_need(_l("Anh/Chị chưa nhập họ và tên.")), Length(max=160)])
    office = StringField(_l("Cơ quan, chức vụ"), [Optional(), Length(max=160)])
    phone = TelField(_l("Số điện thoại"), [Optional(), Length(max=LONGEST), is_phone], render_kw={"inputmode": "tel"})


class AccountPhoneForm(Form):
    phone = TelField(_l("Số điện thoại"), [Optional(), Length(max=LONGEST), is_phone], render_kw={"inputmode": "tel"})


class GrantForm(Form):
    capability = SelectField(_l("Quyền"))
    unit = SelectField(_l("Địa bàn"))
    line = SelectField(_l("Ngành"))


class NewAccountForm(AccountForm, GrantForm):
    """With its first right: without one, whoever administers a single area could not find it again."""


class CardsForm(Form):
    """Confirming a print run: whom the people may call is printed on every card."""

    ask_phone = TelField(
        _l("Số điện thoại để hỏi, in trên thẻ"),
        [*_need(_l("Anh/Chị chưa nhập số để hỏi.")), Length(max=LONGEST), is_phone],
        render_kw={"inputmode": "tel"},
    )
