"""Sentences about units: what is wrong with a file, and what became of a place."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from flask_babel import lazy_gettext as _l

from lms.text.dates import show_date
from lms.units.faults import Fault

FAULTS = {
    "schema": _l("Đây không phải tệp đơn vị hành chính: dòng schema phải là %(schema)s."),
    "missing": _l("Thiếu mục %(place)s."),
    "unknown_field": _l("Không có mục nào tên là %(place)s. Kiểm tra lại chính tả."),
    "unreadable": _l("Không đọc được %(place)s: “%(given)s”."),
    "stated_twice": _l("Đơn vị %(unit)s được kê hai lần. Gộp lại thành một."),
    "backward": _l("%(unit)s: ngày kết thúc %(end)s phải sau ngày bắt đầu %(begin)s."),
    "level_changes": _l(
        "%(unit)s đổi cấp giữa chừng. Đơn vị lên hoặc xuống cấp là đơn vị mới, nối với cũ bằng lineage."
    ),
    "overlap": _l("%(unit)s: hai giai đoạn chồng lên nhau từ ngày %(begin)s."),
    "gap": _l("%(unit)s: bỏ trống từ ngày %(begin)s đến trước ngày %(end)s."),
    "no_parent": _l("%(unit)s chưa có đơn vị cấp trên từ ngày %(begin)s."),
    "unknown_parent": _l("%(unit)s: chưa có đơn vị cấp trên nào tên là %(parent)s."),
    "parent_not_above": _l("%(unit)s không thể nằm trong %(parent)s: đơn vị cấp trên phải ở cấp cao hơn."),
    "before_parent": _l("%(unit)s có từ ngày %(begin)s, nhưng cấp trên %(parent)s đến ngày %(first)s mới có."),
    "after_parent": _l(
        "Cấp trên %(parent)s không còn từ ngày %(end)s, nhưng %(unit)s vẫn còn. Cho kết thúc hoặc chuyển nơi khác."
    ),
    "unknown_in_lineage": _l("Nguồn gốc %(origin)s → %(heir)s: chưa có đơn vị nào tên là %(unit)s."),
    "heir_of_itself": _l("%(unit)s không thể là nguồn gốc của chính nó."),
    "origin_not_there": _l(
        "Nguồn gốc %(unit)s → %(heir)s: ngày %(on)s không nằm trong thời gian tồn tại của %(unit)s."
    ),
    "heir_not_there": _l("Nguồn gốc %(origin)s → %(unit)s: ngày %(on)s chưa có hoặc không còn %(unit)s."),
    "same_name": _l("%(unit)s và %(other)s cùng tên “%(name)s”, cùng cấp trên, cùng thời gian. Có phải là một?"),
    "undecided": _l(
        "%(unit)s chưa ghi nguồn gốc, mà chỉ một phần %(parent)s thuộc %(scope)s. Tạm chưa tính vào %(scope)s."
    ),
    "unknown_in_alias": _l("Cách viết “%(text)s”: chưa có đơn vị nào tên là %(unit)s."),
    "unknown_root": _l("Phạm vi %(scope)s: chưa có đơn vị nào tên là %(unit)s."),
    "history_cut": _l(
        "%(unit)s đã được ghi từ ngày %(first)s; tệp chỉ kê từ ngày %(begin)s. Kê đủ các giai đoạn trước."
    ),
    "unknown_link": _l("Không có nguồn gốc %(origin)s → %(heir)s ngày %(on)s để rút lại."),
    "ended": _l("%(unit)s không tồn tại ngay trước ngày %(on)s."),
    "not_one_unit": _l("Không có đơn vị nào mang số %(unit)s."),
}


def fault_sentence(fault: Fault) -> str:
    values = {name: show_date(value) if isinstance(value, date) else value for name, value in fault.values}
    return str(FAULTS[fault.code] % values)


class Event(Protocol):
    """One link of lineage with the names of its day."""

    @property
    def origin_name(self) -> str: ...
    @property
    def heir_name(self) -> str: ...
    @property
    def on(self) -> date: ...
    @property
    def kind(self) -> str: ...


LINEAGE = {
    "merge": _l("%(origin)s nhập vào %(heir)s từ %(on)s"),
    "split": _l("%(origin)s được tách, một phần thành %(heir)s từ %(on)s"),
    "transfer": _l("%(origin)s giao một phần địa bàn cho %(heir)s từ %(on)s"),
    "rename": _l("%(origin)s đổi tên thành %(heir)s từ %(on)s"),
    "renumber": _l("%(origin)s đánh số lại thành %(heir)s từ %(on)s"),
    "type_change": _l("%(origin)s chuyển thành %(heir)s từ %(on)s"),
}


def lineage_sentence(event: Event) -> str:
    """ "Phường 8 nhập vào Phường Nguyệt Hóa từ 01/07/2025"."""
    return str(LINEAGE[event.kind] % {"origin": event.origin_name, "heir": event.heir_name, "on": show_date(event.on)})
