"""The codes of reading and matching as sentences. Only here: the rules below know codes and values, no language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from lms.people.roster.changes import unpack_birth
from lms.people.roster.proposals import Reason
from lms.people.roster.words_of_reading import NOTES, PROBLEMS
from lms.text.dates import show_birth, show_date
from lms.text.numbers import show_int
from lms.text.phones import show_phone

REFUSED = {
    "not_spreadsheet": _l("Đây không phải tệp bảng tính. Hãy mở danh sách bằng Excel rồi lưu thành .xlsx."),
    "empty": _l("Tệp này trống, không có dòng nào."),
    "password": _l("Tệp này có mật khẩu. Hãy mở bằng Excel, bỏ mật khẩu, lưu lại rồi tải lên."),
    "too_many_rows": _l("Tệp có hơn %(limit)s dòng. Hãy chia thành nhiều tệp, chẳng hạn mỗi phường, xã một tệp."),
    "too_many_columns": _l("Bảng có hơn %(limit)s cột. Hãy xóa những cột không dùng rồi tải lên lại."),
    "too_large": _l(
        "Tệp này quá lớn để đọc an toàn. Mỗi tệp nhận nhiều nhất %(rows)s dòng: hãy chia thành nhiều tệp, "
        "chẳng hạn mỗi phường, xã một tệp, và bỏ hình ảnh."
    ),
    "word_document": _l("Đây là tệp văn bản Word. Hãy chép bảng danh sách sang Excel rồi lưu thành .xlsx."),
    "picture": _l("Đây là hình chụp. Hệ thống không đọc tên người từ hình; hãy nhập danh sách vào Excel."),
    "pdf": _l("Đây là tệp PDF. Hãy xin tệp Excel gốc, hoặc nhập danh sách vào tệp mẫu."),
    "broken": _l("Tệp này bị hỏng nên không đọc được. Hãy mở bằng Excel, lưu thành tệp mới rồi tải lên lại."),
    "no_header": _l(
        "Không tìm thấy dòng tiêu đề có cột “Họ và tên” trong 20 dòng đầu. Hãy ghi tên các cột ở một dòng, "
        "như: Họ và tên, Năm sinh, Khóm, Chức danh, Điện thoại."
    ),
    "no_name_column": _l(
        "Dòng %(row)s của trang tính %(sheet)s có các cột %(columns)s, nhưng không có cột họ tên. "
        "Hãy ghi “Họ và tên” ở đầu cột tên rồi tải lên lại."
    ),
    "no_people": _l("Thấy dòng tiêu đề, nhưng bên dưới không có dòng nào là một người."),
}
TEMPLATE_OFFER = _l("Chưa có gì được lưu. Anh/Chị có thể dùng tệp mẫu để nhập danh sách.")

MATCHING = {
    "name_same": _l("Trùng họ tên"),
    "name_near": _l("Họ tên chỉ khác cách viết: trong sổ là %(other)s"),
    "name_plain": _l("Họ tên khác dấu: trong sổ là %(other)s"),
    "name_differs": _l("Họ tên khác: trong sổ là %(other)s"),
    "birth_same_year": _l("cùng năm sinh %(year)s"),
    "birth_same_day": _l("cùng ngày sinh"),
    "birth_differs": _l("năm sinh lệch %(years)s năm"),
    "birth_day_differs": _l("cùng năm sinh nhưng khác ngày"),
    "unit_same": _l("cùng khóm, ấp"),
    "unit_ward": _l("cùng phường, xã"),
    "unit_other": _l("khác khóm, ấp trong cùng phường, xã"),
    "ward_other": _l("khác phường, xã"),
    "phone_same": _l("cùng số điện thoại"),
    "phone_differs": _l("khác số điện thoại"),
    "sex_differs": _l("khác giới tính"),
    "post_same": _l("cùng chức danh"),
    "row_key": _l("Khớp mã dòng của tệp đã xuất"),
    "decided": _l("Anh/Chị đã quyết định"),
    "same_row": _l("Cùng một người với dòng ở trên"),
    "skipped": _l("Bỏ qua theo quyết định của Anh/Chị"),
    "change_full_name": _l("Sửa họ tên: %(before)s → %(after)s"),
    "change_birth": _l("Ngày, năm sinh: %(before)s → %(after)s"),
    "change_sex": _l("Giới tính: %(before)s → %(after)s"),
    "change_phone": _l("Điện thoại: %(before)s → %(after)s"),
    "change_phone_spare": _l("Điện thoại phụ: %(before)s → %(after)s"),
    "post_seen": _l("Đã có trong sổ: %(role)s, %(unit)s"),
    "post_add": _l("Thêm chức danh: %(role)s, %(unit)s, từ %(first_day)s"),
    "post_earlier": _l("Thêm thời gian trước: %(role)s, %(unit)s, %(first_day)s đến %(last_day)s"),
    "post_refine": _l("Ghi rõ nơi làm: %(role)s, %(known_unit)s → %(unit)s"),
    "post_ended": _l("Trong sổ ghi %(role)s, %(unit)s chỉ đến hết ngày %(last_day)s"),
    "unit_unknown": _l("Chưa có “%(raw)s” trong danh mục"),
    "unit_unclear": _l("“%(raw)s” có thể là nhiều nơi, hoặc viết khác danh mục"),
    "unit_elsewhere": _l("“%(raw)s” nằm ngoài địa bàn của danh sách này"),
    "unit_missing": _l("Dòng này chưa ghi phường, xã hay khóm, ấp"),
    "outside_your_line": _l("Chức danh %(roles)s thuộc ngành khác, Anh/Chị không phụ trách"),
    "role_outside_line": _l("Không nhận chức danh thuộc ngành khác: %(roles)s"),
    "has_proof": _l("đã có kết quả học hoặc giấy chứng nhận"),
    "referred_to": _l("đã có tài khoản hoặc có trong danh sách khác"),
    "post_changed": _l("chức danh đã được sửa sau khi nhập"),
    "post_given_again": _l("chức danh cũ đã được ghi lại sau khi nhập"),
    "post_listed_elsewhere": _l("chức danh có trong danh sách khác đã ghi vào sổ"),
    "changed_since": _l("%(field)s đã được sửa sau khi nhập"),
}
SENTENCES: Mapping[str, Any] = {**MATCHING, **PROBLEMS, **NOTES}

COLUMNS = {
    "stt": _l("số thứ tự, không dùng"),
    "full_name": _l("họ và tên"),
    "family_name": _l("họ và chữ lót"),
    "given_name": _l("tên"),
    "sex": _l("giới tính"),
    "nam": _l("nam"),
    "nu": _l("nữ"),
    "birth": _l("ngày, năm sinh"),
    "birth_day": _l("ngày sinh"),
    "birth_month": _l("tháng sinh"),
    "birth_year": _l("năm sinh"),
    "place": _l("khóm, ấp"),
    "ward": _l("phường, xã"),
    "unit": _l("nơi làm việc"),
    "address": _l("địa chỉ"),
    "role": _l("chức danh"),
    "phone": _l("điện thoại"),
    "note": _l("ghi chú"),
    "row_key": _l("mã dòng"),
    "ethnicity": _l("không đọc: dân tộc là dữ liệu nhạy cảm"),
    "id_number": _l("không đọc: số giấy tờ cá nhân"),
    "sensitive": _l("không đọc: dữ liệu nhạy cảm"),
    "other": _l("không dùng"),
}
SKIPPED = {
    "title": _l("tiêu đề"),
    "header": _l("dòng tiêu đề của bảng"),
    "repeated_header": _l("tiêu đề lặp lại"),
    "column_numbers": _l("số của cột"),
    "section": _l("tên nhóm"),
    "total": _l("dòng tổng cộng"),
    "signature": _l("phần ký tên"),
    "number_only": _l("chỉ có số thứ tự"),
    "remark": _l("ghi chú"),
    "no_header": _l("không tìm thấy tiêu đề"),
}
FIELDS = {
    "full_name": _l("Họ và tên"),
    "birth": _l("Ngày, năm sinh"),
    "sex": _l("Giới tính"),
    "phone": _l("Số điện thoại"),
    "phone_spare": _l("Số điện thoại phụ"),
}
SEXES = {"nu": _l("Nữ"), "nam": _l("Nam")}
EMPTY = _l("chưa có")


@dataclass(frozen=True)
class Lexicon:
    """Names for the codes and ids inside reasons: role code → name, unit id → "Khóm 4, Phường Nguyệt Hóa"."""

    roles: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)


def refused_file(code: str, details: Mapping[str, Any]) -> str:
    """Why a file was not taken, and what to do."""
    numbers = {name: show_int(value) if isinstance(value, int) else value for name, value in details.items()}
    return f"{str(REFUSED[code]) % numbers} {TEMPLATE_OFFER}"


def sentence(reason: Reason, lexicon: Lexicon) -> str:
    """One reason in words. KeyError for a code without words is a fault of ours, and a test looks for it."""
    values = {name: _shown(name, value, reason.code, lexicon) for name, value in reason.values.items()}
    return str(SENTENCES[reason.code]) % values


def sentences(reasons: Iterable[Reason], lexicon: Lexicon) -> list[str]:
    return [sentence(reason, lexicon) for reason in reasons]


def units_in(reasons: Iterable[Reason]) -> set[int]:
    """The units whose names `sentence` will need."""
    return {reason.values[name] for reason in reasons for name in ("unit", "known_unit") if name in reason.values}


def birth(packed: list[str] | None) -> str:
    known = unpack_birth(packed)
    return show_birth(known) if known else ""


def _shown(name: str, value: Any, code: str, lexicon: Lexicon) -> str:
    if name in ("before", "after"):
        return fact_words(code.removeprefix("change_"), value)
    if name == "role":
        return lexicon.roles.get(value, value)
    if name == "roles":
        return ", ".join(lexicon.roles.get(role, role) for role in value)
    if name in ("unit", "known_unit"):
        return lexicon.units.get(value) or str(gettext("nơi chưa rõ"))
    if name in ("first_day", "last_day"):
        return show_date(date.fromisoformat(value))
    if name == "field" and value in FIELDS:
        return str(FIELDS[value])
    return str(value)


def fact_words(name: str, value: Any) -> str:
    """A fact as `applying.fact` packs it, in words."""
    if not value:
        return str(EMPTY)
    if name == "birth":
        return birth(value)
    if name == "sex":
        return str(SEXES[value])
    return show_phone(value) if name in ("phone", "phone_spare") else str(value)
