"""This room's words: the two answers of a true/false item, why a submission waits, an item's text as markup."""

from __future__ import annotations

import re
from collections.abc import Collection

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from lms.quizzes.items import FALSE, TRUE, Item, Option

TRUE_FALSE = {TRUE: _l("Đúng"), FALSE: _l("Không đúng")}

REASONS = {
    "no-ticket": _l("Gói gửi lên không nói là của bài nào."),
    "account-closed": _l("Tài khoản đã đóng trước khi bài này được gửi tới."),
    "not-own-ticket": _l("Bài này không phải của tài khoản đã gửi."),
    "closed-before": _l("Bài này đã nộp và chấm trước đó rồi."),
    "answers-shape": _l("Danh sách câu trả lời không đúng khuôn."),
    "not-of-item": _l("Có câu trả lời không thuộc câu hỏi của bài này."),
    "other-accepted": _l("Cùng một mã gửi, nhưng nội dung khác bản đã nhận trước."),
}

_YES = re.compile(r"Đúng[.,:]\s+(?=\S)")
_FIRST_LETTER = re.compile(r"[^\W_]")
_STRONG = re.compile(r"\*\*(.+?)\*\*")


def reason_words(reason: str | None) -> str:
    """Why it waits, for the trainer; what the judging raised is told as a fault of the machine."""
    return str(REASONS.get(reason or "") or _("Máy chủ gặp lỗi khi chấm bài này."))


def inline(text: str) -> Markup:
    """A stem or an option: plain text in which **words** may be strong."""
    return Markup(_STRONG.sub(r"<strong>\1</strong>", str(escape(text))))


def as_reason(feedback: str) -> str:
    """Praise as a reason: "Đúng, luật cho quyền ấy." → "Luật cho quyền ấy." For whoever chose otherwise, and beside
    the answer "Không đúng", where "Đúng." would say two things at once."""
    praise = _YES.match(feedback)
    if praise is None:
        return feedback
    return _FIRST_LETTER.sub(lambda letter: letter[0].upper(), feedback[praise.end() :], count=1)


def feedback_text(item: Item, option: Option, answer: Collection[str]) -> str:
    """What is said to an option after marking, as it reads beside what was chosen."""
    praised = option.correct and option.id in answer and item.type != "true_false"
    return option.feedback if praised or not option.correct else as_reason(option.feedback)


def plain_text(item: Item, option: Option) -> str:
    """An option for tables: its words, for a true/false item the same two as in the quiz."""
    return str(TRUE_FALSE[option.id]) if item.type == "true_false" else option.text


def option_text(item: Item, option: Option) -> Markup:
    return inline(plain_text(item, option))
