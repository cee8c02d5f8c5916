"""What the types of questions are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

TYPE_NAMES = {
    "single": _l("Chọn một"),
    "multiple": _l("Chọn nhiều"),
    "true_false": _l("Đúng hay sai"),
    "matching": _l("Ghép đôi"),
    "ordering": _l("Xếp thứ tự"),
    "numeric": _l("Điền số"),
    "short_text": _l("Điền chữ"),
    "gaps": _l("Điền chỗ trống"),
    "hot_spot": _l("Chạm vào hình"),
    "essay": _l("Tự luận"),
    "case": _l("Câu chuyện nhiều bước"),
}
