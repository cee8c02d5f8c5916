"""What WTForms says by itself, in our users' words (it ships no Vietnamese). A form may say it more exactly."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

_CHOOSE = _l("Chọn một mục trong danh sách.")
_FILL = _l("Mục này còn trống.")
_MALFORMED = _l("Nội dung này chưa đúng dạng.")
_WHOLE = _l("Mục này cần một số nguyên.")
_NUMBER = _l("Mục này cần một con số.")

WORDS = {
    "This field is required.": _FILL,
    "Invalid input.": _MALFORMED,
    "Not a valid choice.": _CHOOSE,
    "Invalid Choice: could not coerce.": _CHOOSE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOOSE,
    "'%(value)s' is not a valid choice for this field.": _CHOOSE,
    "Invalid value, must be one of: %(values)s.": _CHOOSE,
    "Invalid value, can't be any of: %(values)s.": _l("Không dùng được nội dung này, hãy chọn nội dung khác."),
    "Not a valid integer value.": _WHOLE,
    "Not a valid decimal value.": _NUMBER,
    "Not a valid float value.": _NUMBER,
    "Not a valid date value.": _l("Ngày này không có. Ghi như 05/06/2026."),
    "Not a valid datetime value.": _l("Ngày giờ này không có. Ghi như 14:30, 05/06/2026."),
    "Not a valid time value.": _l("Giờ này không có. Ghi như 14:30."),
    "Field must be at least %(min)d character long.": _l("Mục này cần ít nhất %(min)d chữ."),
    "Field cannot be longer than %(max)d character.": _l("Mục này dài quá, tối đa %(max)d chữ."),
    "Field must be exactly %(max)d character long.": _l("Mục này cần đúng %(max)d chữ."),
    "Field must be between %(min)d and %(max)d characters long.": _l("Mục này cần từ %(min)d đến %(max)d chữ."),
    "Number must be at least %(min)s.": _l("Số này phải từ %(min)s trở lên."),
    "Number must be at most %(max)s.": _l("Số này phải từ %(max)s trở xuống."),
    "Number must be between %(min)s and %(max)s.": _l("Số này phải từ %(min)s đến %(max)s."),
    "Field must be equal to %(other_name)s.": _l("Hai lần nhập chưa giống nhau."),
    "Invalid URL.": _l("Đường dẫn này chưa đúng."),
    "This field cannot be edited.": _l("Mục này không sửa được."),
    "This field is disabled and cannot have a value.": _l("Mục này không sửa được."),
    "File does not have an approved extension.": _l("Loại tệp này không nhận được."),
    "File does not have an approved extension: {extensions}": _l("Chỉ nhận tệp loại: {extensions}."),
}


class FormWords:
    """The translator that WTForms asks for; what has no words of ours comes back as a general "not right yet"."""

    def gettext(self, string: str) -> str:
        return str(WORDS.get(string, _MALFORMED))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular)


def install() -> None:
    """Every FlaskForm speaks through `FormWords`, whichever room it stands in."""
    words = FormWords()
    FlaskForm.Meta.get_translations = lambda meta, form: words
