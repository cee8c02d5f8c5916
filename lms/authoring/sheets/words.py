"""What the commands say of a sheet, in sentences for the person who holds it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.authoring.sheets.lines import Trouble
from lms.authoring.sheets.planning import Plan
from lms.authoring.sheets.table import SheetFault
from lms.authoring.sheets.taking import Left, Unfinished

MOST_SHOWN = 12

_TROUBLES = {
    "other-shape": _l("%(file)s không cùng số đoạn hay cùng loại đoạn với bài tiếng Việt, nên để riêng tệp này lại."),
    "unreadable": _l("%(file)s không đọc được, nên để riêng tệp này lại."),
    "passage-gone": _l(
        "%(file)s: không còn đúng một chỗ trong bài tiếng Việt nói “%(what)s”, nên lượt ấy để riêng lại."
    ),
    "double-ids": _l("%(file)s có hai câu trùng mã, hoặc câu chưa có mã, nên để riêng tệp này lại."),
}
_LEFT = {
    "source-changed": _l("câu tiếng Việt đã đổi sau khi làm phiếu; xin làm phiếu mới cho câu này."),
    "file-unknown": _l("phần này không có tệp hay câu như vậy."),
    "file-left": _l("tệp này đang để riêng lại."),
    "verdict-on-nothing": _l("có kết luận mà ô draft trống."),
    "outdated": _l("phiếu còn giữ lời cũ, người khác đã sửa rồi; xin đọc lại lời mới."),
    "marks": _l(
        "lời dịch phải giữ nguyên các dấu của bài: số đường dây viết như {{duong-day:…}}, "
        "địa chỉ hình trong ngoặc, chỗ trống viết như [[1]]."
    ),
    "shape": _l("lời dịch làm đổi cách trình bày; xin viết liền một đoạn, đừng thêm gạch đầu dòng, dấu | hay :::."),
}
_FAULTS = {
    "packed": _l("Đây là tệp Excel. Xin mở tệp, chọn Lưu thành, kiểu “CSV UTF-8”, rồi nhận lại."),
    "not-utf8": _l("Chữ trong tệp đã hỏng vì kiểu lưu. Xin mở lại phiếu gốc, chọn Lưu thành, kiểu “CSV UTF-8”."),
    "bad-text": _l("Trong tệp có ký tự không hiện ra được, nên chưa nhận phiếu này."),
    "no-table": _l("Tệp này không đọc thành bảng được. Xin dùng lại phiếu gốc."),
    "no-rows": _l("Tệp này trống."),
    "columns": _l("Tệp này thiếu cột: %(what)s. Xin giữ nguyên hàng đầu của phiếu."),
    "verdicts": _l("Cột verdict chỉ ghi “đúng”, “sửa” hoặc để trống. Xin xem lại hàng %(rows)s."),
    "readers": _l("Có kết luận mà chưa ghi tên người đọc ở cột reader. Xin xem lại hàng %(rows)s."),
    "lost-letters": _l("Chữ Khmer đã thành dấu hỏi, chắc vì kiểu lưu. Xin dùng lại phiếu gốc. Hàng %(rows)s."),
    "conflict": _l("Có hai hàng ghi hai lời khác nhau cho cùng một câu. Xin chọn một. Hàng %(rows)s."),
    "language": _l("Phiếu này của một thứ tiếng khác (đang nhận cho “%(what)s”). Hàng %(rows)s."),
    "too-large": _l("Ghi thêm lời này thì tệp %(what)s lớn quá mức khóa học giữ được, nên chưa ghi gì cả."),
    "not-read-back": _l("Ghi xong đọc lại không giống, nên máy không ghi gì cả. Xin báo cho người lo phần máy."),
}


def say_trouble(trouble: Trouble) -> str:
    return str(_TROUBLES[trouble.code] % {"file": trouble.file, "what": trouble.what})


def say_left(left: Left) -> str:
    where = _("%(file)s, số %(nr)s", file=left.file or "?", nr=left.nr or "?")
    return f"{where}: {_LEFT[left.code]}"


def say_unfinished(one: Unfinished) -> str:
    missing = _numbers(one.missing)
    return str(
        _("%(file)s chưa đủ lời để thành một bài, nên chưa ghi. Còn thiếu số %(nr)s.", file=one.file, nr=missing)
    )


def say_fault(fault: SheetFault) -> str:
    return str(_FAULTS[fault.code] % {"rows": _numbers(fault.rows), "what": fault.what})


def say_plan(plan: Plan) -> Iterable[str]:
    yield from map(say_trouble, plan.troubles)
    yield from map(say_left, plan.left)
    yield from map(say_unfinished, plan.unfinished)
    yield _(
        "%(taken)s câu đã nhận, %(same)s câu không đổi, %(left)s câu không nhận.",
        taken=plan.taken,
        same=plan.same,
        left=plan.not_taken,
    )
    if plan.reviewed:
        yield _("Đã đủ hai người đọc: %(files)s.", files=", ".join(map(_shown, plan.reviewed)))


def _numbers(numbers: Sequence[object]) -> str:
    return ", ".join(map(str, numbers[:MOST_SHOWN])) + (" …" if len(numbers) > MOST_SHOWN else "")


def _shown(unit: str) -> str:
    """questions.yaml:k1-m3-q01:km as its readers know it."""
    return unit.split(":")[1] if ":" in unit else unit
