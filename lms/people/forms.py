"""The forms of this room. What was typed stays in its field when the form comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional, ValidationError

from lms.people.areas import Place
from lms.people.models import Person, Role
from lms.people.operations.persons import PersonFacts
from lms.people.register_list import birth_words
from lms.people.rights import today
from lms.people.roster.by_hand import MOST_TYPED, Typed, read_typed
from lms.text.dates import read_date, show_date
from lms.text.free_text import finds_personal_numbers
from lms.text.names import clean
from lms.text.phones import normalise_sign_in, show_phone

NO_CHOICE = ""
SEX_CHOICES = [
    SelectChoice(NO_CHOICE, _l("Chưa rõ")),
    SelectChoice("nu", _l("Nữ")),
    SelectChoice("nam", _l("Nam")),
]


class Form(FlaskForm):  # type: ignore[misc]
    """Flask-WTF has no types; its one untyped class is named here."""


class DayField(StringField):
    """A day as people write it; `day` is what it says, None while it is empty or wrong."""

    def __init__(self, label: Any, validators: Sequence[Any], **more: Any) -> None:
        super().__init__(label, [*validators, self._check], **more)
        self.day: date | None = None

    def _check(self, form: Any, field: Field) -> None:
        self.day = read_date(self.data or "")
        if self.data and self.day is None:
            raise ValidationError(_("Ngày “%(text)s” không có trong lịch. Ghi như 05/03/2026.", text=self.data[:40]))
        if self.day is not None and self.day > today():
            raise ValidationError(_("Ngày %(day)s chưa tới.", day=show_date(self.day)))

    def show(self, day: date) -> None:
        self.data = show_date(day)


def _need(message: Any) -> list[Any]:
    return [InputRequired(message)]


def _day(label: Any, *, needed: bool = True) -> DayField:
    rules = _need(_l("Anh/Chị chưa ghi ngày.")) if needed else [Optional()]
    return DayField(label, rules, render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": 40})


def is_phone(form: Form, field: Field) -> None:
    if field.data and normalise_sign_in(field.data) is None:
        raise ValidationError(_("Số điện thoại này chưa đọc được. Ví dụ đúng: 0912 345 678."))


def at_most(letters: int) -> Any:
    """Unlike `Length` it puts no limit into the page: a browser would cut what is pasted without a word."""

    def check(form: Form, field: Field) -> None:
        if len(field.data or "") > letters:
            raise ValidationError(_("Chỗ này ghi nhiều nhất %(n)s chữ cái.", n=letters))

    return check


def is_well_read(form: PersonForm, field: Field) -> None:
    """By the rules that read a list. What stands in the register already is not asked about again."""
    if field.data == form.standing.get(field.name):
        return
    typed = form.typed()
    if fault := typed.faults.get(field.name):
        raise ValidationError(fault)
    if (doubt := typed.doubts.get(field.name)) and not form.sure.data:
        form.doubtful = True
        raise ValidationError(_("%(doubt)s. Nếu đúng như vậy, đánh dấu ở cuối trang rồi ghi lại.", doubt=doubt))


def holds_letters(form: Form, field: Field) -> None:
    if fault := read_typed(f"{field.data or ''} {field.data or ''}", "", today()).faults.get("full_name"):
        raise ValidationError(fault)


def holds_no_numbers(form: Form, field: Field) -> None:
    """Notes are read by many: no identity or phone numbers in them."""
    if finds_personal_numbers(field.data or ""):
        raise ValidationError(_("Ghi chú không được có số giấy tờ cá nhân hay số điện thoại."))


def fill_places(field: SelectField, places: Iterable[Place]) -> None:
    field.choices = [SelectChoice(str(place.unit_id), place.label) for place in places]


def fill_roles(field: SelectField, roles: Iterable[Role]) -> None:
    field.choices = [SelectChoice(role.code, role.name) for role in roles]


class NewImportForm(Form):
    file = FileField(
        _l("Tệp danh sách"),
        [FileRequired(_l("Anh/Chị chưa chọn tệp."))],
        render_kw={"accept": ".xlsx,.xls,.ods,.csv,.txt"},
    )
    unit = SelectField(_l("Danh sách của phường, xã nào"))
    list_date = _day(_l("Danh sách đúng đến ngày nào"))


class PersonForm(Form):
    """`standing`: name and birth as the register has them. `doubtful`: something is asked, and `sure` answers."""

    full_name = StringField(
        _l("Họ và tên"), [*_need(_l("Anh/Chị chưa ghi họ và tên.")), at_most(MOST_TYPED), is_well_read]
    )
    given_name = StringField(_l("Tên gọi để xếp thứ tự"), [Optional(), at_most(60), holds_letters])
    birth = StringField(_l("Ngày hoặc năm sinh"), [Optional(), at_most(40), is_well_read])
    sex = SelectField(_l("Giới tính"), choices=SEX_CHOICES)
    phone = TelField(_l("Số điện thoại"), [Optional(), at_most(40), is_phone], render_kw={"inputmode": "tel"})
    phone_spare = TelField(_l("Số điện thoại phụ"), [Optional(), at_most(40), is_phone], render_kw={"inputmode": "tel"})
    note = TextAreaField(_l("Ghi chú"), [Optional(), at_most(1000), holds_no_numbers])
    sure = BooleanField(_l("Đúng như vậy, vẫn ghi"))

    def __init__(self, person: Person | None = None, **more: Any) -> None:
        super().__init__(**more)
        self.doubtful = False
        self.standing = {"full_name": person.full_name, "birth": birth_words(person)} if person else {}

    def typed(self) -> Typed:
        return read_typed(self.full_name.data or "", self.birth.data or "", today())

    def told(self) -> str:
        """What was understood in another way than it was written."""
        notes = self.typed().notes
        return ". ".join(words for name, words in notes.items() if self[name].data != self.standing.get(name))

    def facts(self) -> PersonFacts:
        typed = self.typed()
        return PersonFacts(
            full_name=typed.full_name,
            given_name=clean(self.given_name.data or "") or None,
            birth=typed.birth,
            sex=self.sex.data or None,
            phone=normalise_sign_in(self.phone.data or ""),
            phone_spare=normalise_sign_in(self.phone_spare.data or ""),
            note="; ".join(filter(None, (typed.note, (self.note.data or "").strip()))) or None,
        )

    def show(self, person: Person) -> None:
        self.full_name.data, self.given_name.data = person.full_name, person.given_name
        self.birth.data, self.sex.data = birth_words(person), person.sex or NO_CHOICE
        self.phone.data = show_phone(person.phone) if person.phone else ""
        self.phone_spare.data = show_phone(person.phone_spare) if person.phone_spare else ""
        self.note.data = person.note


class NewPersonForm(PersonForm):
    role = SelectField(_l("Chức danh"))
    unit = SelectField(_l("Nơi làm"))
    first_day = _day(_l("Giữ chức danh từ ngày"))
    another = BooleanField(_l("Đây là một người khác, vẫn thêm mới"))


class NewPostForm(Form):
    role = SelectField(_l("Chức danh"))
    unit = SelectField(_l("Nơi làm"))
    first_day = _day(_l("Giữ chức danh từ ngày"))


class EndPostForm(Form):
    last_day = _day(_l("Ngày cuối cùng còn làm"))


class PostDaysForm(Form):
    first_day = _day(_l("Từ ngày"))
    last_day = _day(_l("Đến hết ngày"), needed=False)
