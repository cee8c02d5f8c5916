"""The room's codes in the user's words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from lms.people.roster.words import FIELDS, SEXES

__all__ = ["ACTIONS", "FACT_NAMES", "IMPORT_STATES", "LINE_NAMES", "ROW_OUTCOMES", "SEXES", "STATE_NAMES"]

STATE_NAMES = {
    "working": _l("Đang làm nhiệm vụ"),
    "left": _l("Đã nghỉ"),
    "reported": _l("Đang báo sai thông tin"),
    "no_phone": _l("Chưa có số điện thoại"),
    "all": _l("Tất cả"),
}
LINE_NAMES = {
    "family": _l("Văn hóa, gia đình"),
    "justice": _l("Tư pháp"),
    "health": _l("Y tế, dân số"),
}
IMPORT_STATES = {
    "staged": _l("Đang xem lại, chưa ghi vào sổ"),
    "confirmed": _l("Đã ghi vào sổ"),
    "undone": _l("Đã hoàn tác"),
    "dropped": _l("Đã bỏ"),
}
ROW_OUTCOMES = {
    "new": _l("Người mới"),
    "update": _l("Cập nhật"),
    "same": _l("Không đổi"),
    "open": _l("Chờ câu trả lời"),
    "skip": _l("Bỏ qua"),
    "error": _l("Không nhận được"),
}
FACT_NAMES = {**FIELDS, "given_name": _l("Tên gọi để xếp thứ tự"), "note": _l("Ghi chú")}
ACTIONS = {
    "person.created": _l("Thêm vào sổ"),
    "person.corrected": _l("Sửa thông tin"),
    "person.updated": _l("Cập nhật theo danh sách"),
    "person.restored": _l("Trả lại như trước khi nhập danh sách"),
    "person.merged": _l("Gộp vào một người khác"),
    "person.unmerged": _l("Tách ra như cũ"),
    "identity.confirmed": _l("Người học xác nhận thông tin"),
    "identity.reported": _l("Người học báo sai thông tin"),
    "identity.resolved": _l("Đã xử lý báo sai"),
}
