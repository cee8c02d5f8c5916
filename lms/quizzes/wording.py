"""This room's words: the two answers of a true/false item, why a submission waits, an item's text as markup."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from lms.quizzes.items import FALSE, TRUE, Item, Option

TRUE_FALSE = {TRUE: _l("Đúng"), FALSE: _l("Không đúng")}

REASONS = {
    "no-ticket": _l("Gói gửi lên không nói là của bài nào."),
    "not-own-ticket": _l("Bài này không phải của tài khoản đã gửi."),
    "closed-before": _l("Bài này đã nộp và chấm trước đó rồi."),
    "answers-shape": _l("Danh sách câu trả lời không đúng khuôn."),
    "not-of-item": _l("Có câu trả lời không thuộc câu hỏi của bài này."),
    "other-accepted": _l("Cùng một mã gửi, nhưng nội dung khác bản đã nhận trước."),
}

_STRONG = re.compile(r"\*\*(.+?)\*\*")


def reason_words(reason: str | None) -> str:
    """Why it waits, for the trainer; what the judging raised is told as a fault of the machine."""
    return str(REASONS.get(reason or "") or _("Máy chủ gặp lỗi khi chấm bài này."))


def inline(text: str) -> Markup:
    """A stem or an option: plain text in which **words** may be strong."""
    return Markup(_STRONG.sub(r"<strong>\1</strong>", str(escape(text))))


def option_text(item: Item, option: Option) -> Markup:
    return inline(str(TRUE_FALSE[option.id]) if item.type == "true_false" else option.text)
