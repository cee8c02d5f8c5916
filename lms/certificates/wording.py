"""What codes of this room mean, in the words of a page."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.certificates.tasks import ERASED, FULL, LETTERS

STATE_NAMES = {
    "valid": _l("Còn hạn"),
    "expired": _l("Hết hạn"),
    "revoked": _l("Đã thu hồi"),
    "replaced": _l("Đã có giấy thay"),
    "unprintable": _l("Chưa in được"),
}
# The shape beside the word; see the macro `mark`.
STATE_MARKS = {"valid": "ok", "expired": "none", "revoked": "stop", "replaced": "none", "unprintable": "stop"}
KIND_NAMES = {
    "online": _l("Khóa học trên mạng"),
    "class": _l("Học tại lớp"),
    "outside": _l("Giấy của nơi khác, đã xác minh"),
}
PART_NAMES = {
    "honorific": _l("Ông hoặc Bà"),
    "holder_name": _l("Họ và tên"),
    "birth_text": _l("Năm sinh"),
    "role_and_unit": _l("Nhiệm vụ, nơi làm"),
}


def fault_words(fault: str) -> str:
    """Why a paper could not be printed, from the `pdf_fault` of its row."""
    if fault == FULL:
        return str(_("Chưa in được, vì nội dung quá dài cho một trang giấy."))
    if fault == ERASED:
        return str(_("Tệp của giấy này đã hết hạn lưu giữ. Số, mã và ngày cấp vẫn còn trong sổ."))
    letters = fault.removeprefix(LETTERS)
    return str(_("Chưa in được, vì có chữ mà máy in của hệ thống không có: %(letters)s.", letters=letters))
