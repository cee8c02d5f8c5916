"""The room's codes and durations in the user's words."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from lms.accounts.door import TurnedAway
from lms.accounts.rules import PinFault

CAPABILITY_NAMES = {
    "learner": _l("Người học"),
    "trainer": _l("Người soạn bài"),
    "organiser": _l("Người tổ chức lớp"),
    "manager": _l("Người quản lý danh sách"),
    "inspector": _l("Người kiểm tra"),
    "administrator": _l("Người quản trị"),
}
LINE_NAMES = {
    "family": _l("Văn hóa, gia đình"),
    "justice": _l("Tư pháp"),
    "health": _l("Y tế, dân số"),
}
SAY_LEFT_FROM = 5


def _(text: str, **values: object) -> str:
    """Flask-Babel has no types: its gettext, returning what it returns."""
    return str(gettext(text, **values))


def duration(span: timedelta) -> str:
    """ "20 giây", "15 phút", "2 giờ": always rounded up, so that waiting that long is enough."""
    seconds = max(ceil(span.total_seconds()), 1)
    if seconds < 60:
        return _("%(n)s giây", n=seconds)
    if seconds <= 3600:
        return _("%(n)s phút", n=ceil(seconds / 60))
    return _("%(n)s giờ", n=ceil(seconds / 3600))


def turned_away(answer: TurnedAway, wrong: str) -> str:
    """`wrong`: the sentence for a secret that does not fit, the same for numbers we know and numbers we do not."""
    if answer.left == 0 or (not answer.checked and answer.wait >= timedelta(minutes=5)):
        return _(
            "Đã nhập sai nhiều lần nên phần đăng nhập này tạm khóa để giữ an toàn. Xin thử lại sau %(wait)s, "
            "hoặc nhờ phường cấp lại mã PIN.",
            wait=duration(answer.wait),
        )
    if not answer.checked:
        return _("Anh/Chị thử lại hơi nhanh. Xin chờ %(wait)s rồi nhập lại.", wait=duration(answer.wait))
    parts = [wrong]
    if answer.wait > timedelta(0):
        parts.append(_("Xin chờ %(wait)s rồi thử lại.", wait=duration(answer.wait)))
    if answer.left is not None and answer.left <= SAY_LEFT_FROM:
        parts.append(_("Còn %(left)s lần thử trước khi tạm khóa.", left=answer.left))
    return " ".join(parts)


def wrong_number_or_pin() -> str:
    return _("Số điện thoại hoặc mã PIN chưa đúng.")


def wrong_pin() -> str:
    return _("Mã PIN chưa đúng.")


def wrong_card_secret() -> str:
    return _("Mã vừa nhập chưa đúng với thẻ này.")


def pin_fault(fault: PinFault) -> str:
    """ "Taken" and "easy to guess" sound the same: whoever shares the number must not learn another's PIN."""
    easy = _("Mã PIN này dễ đoán. Anh/Chị chọn sáu số khác, đừng theo thứ tự hay lặp lại.")
    sentences = {
        "not_six_digits": _("Mã PIN phải có đúng 6 chữ số."),
        "from_phone": _("Mã PIN này lấy từ số điện thoại nên dễ đoán. Anh/Chị chọn sáu số khác."),
        "from_birth": _("Mã PIN này giống ngày hoặc năm sinh nên dễ đoán. Anh/Chị chọn sáu số khác."),
    }
    return sentences.get(fault, easy)


def not_ready(answer: PinFault | TurnedAway) -> str:
    """Why a PIN was not taken."""
    if isinstance(answer, TurnedAway):
        return _("Anh/Chị đã thử nhiều mã. Xin chờ %(wait)s rồi chọn lại.", wait=duration(answer.wait))
    return pin_fault(answer)
