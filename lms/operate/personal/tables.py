"""Every table of the database: what of it is told to the person it is about, or why nothing is.

A test holds these lists against the schema: a new table, or a new column of a told one, is a decision.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Table, or_, select

from lms.db import Base
from lms.operate.personal.whose import Whose

Condition = Callable[[Table, Whose], ColumnElement[bool]]


class Told(NamedTuple):
    """`rows`: which rows are theirs. `without`: column → why it is not in the file."""

    title: Any
    rows: Condition
    without: dict[str, str] = {}


def table_of(name: str) -> Table:
    return Base.metadata.tables[name]


def people(*columns: str) -> Condition:
    return lambda table, whose: or_(*(table.c[one].in_(whose.people) for one in columns))


def accounts(column: str) -> Condition:
    return lambda table, whose: table.c[column].in_(whose.accounts)


def under(column: str, parent: str) -> Condition:
    """Rows that belong to a row of `parent` which is theirs."""

    def rows(table: Table, whose: Whose) -> ColumnElement[bool]:
        above = table_of(parent)
        return table.c[column].in_(select(above.c.id).where(TOLD[parent].rows(above, whose)))

    return rows


SECRET = "only a hash of a secret is kept: it says nothing of the person, and could help to guess the secret"
COMPUTED = "made from the name, to sort and to search"
LINE = "the line as it stands in the office's list, with what was asked about it: it may name others as well"

TOLD: dict[str, Told] = {
    "person": Told(_l("Trong sổ"), people("id"), {"sort_key": COMPUTED, "search_key": COMPUTED}),
    "person_merge": Told(_l("Ghi trùng đã gộp"), people("person_id", "into_id")),
    "assignment": Told(_l("Chức danh, nhiệm vụ"), people("person_id")),
    "identity_check": Told(_l("Xác nhận và báo sai thông tin"), people("person_id")),
    "roster_row": Told(
        _l("Có tên trong danh sách do phường gửi lên"),
        people("person_id"),
        dict.fromkeys(("raw", "parsed", "why", "questions", "decision", "effect"), LINE),
    ),
    "account": Told(
        _l("Tài khoản"), accounts("id"), dict.fromkeys(("pin_hash", "card_hash", "first_code_hash"), SECRET)
    ),
    "sign_in_session": Told(_l("Các lần đăng nhập"), accounts("account_id"), {"token_hash": SECRET}),
    "account_grant": Told(_l("Quyền được giao"), accounts("account_id")),
    "api_token": Told(_l("Khóa cho chương trình khác"), accounts("account_id"), {"token_hash": SECRET}),
    "enrolment": Told(_l("Khóa đã học"), people("person_id")),
    "lesson_progress": Told(_l("Bài đã học xong"), under("enrolment_id", "enrolment")),
    "attempt": Told(_l("Lần làm bài kiểm tra"), people("person_id")),
    "attempt_step": Told(_l("Câu trả lời đã chọn"), under("attempt_id", "attempt")),
    "item_result": Told(_l("Kết quả từng câu"), under("attempt_id", "attempt")),
    "submission": Told(_l("Bài máy đã gửi"), accounts("account_id")),
    "achievement": Told(_l("Kết quả tập huấn"), people("person_id")),
    "certificate": Told(_l("Giấy chứng nhận"), people("person_id")),
}

_NOBODY = "nobody's data: the same for everybody"
_PLACES, _LESSONS, _PLANS = (f"{_NOBODY} ({what})" for what in ("places", "what is taught", "plans and rules"))

UNTOLD: dict[str, str] = {
    "audit_entry": "told by trail.py: what was done to their records, and what they did",
    "audit_detail": "told by trail.py, with the entries about them",
    "audit_head": "where the chain ends: nobody's data",
    "sign_in_tries": "wrong tries at a number, forgotten after a day; several people may share the number",
    "roster_import": "the office's list as a whole; the lines about the person are told (roster_row)",
    "roster_confirmation": "a head count; who vouched for it stands in the trail",
    "job": "work that waits: names no person",
    "coverage_answer": "sums over many thousands of people",
    "certificate_book": "the last serial number of a year",
    "item_tally": "sums of answers, made so that nobody can be told from them",
    "retention_run": "what was deleted, as counts",
    "retention_pass": "what was deleted, as counts",
    "role": _PLANS,
    **dict.fromkeys(
        ("unit", "unit_version", "unit_lineage", "unit_alias", "unit_scope", "unit_scope_root", "unit_path"), _PLACES
    ),
    **dict.fromkeys(
        (
            *("course", "edition", "edition_file", "module", "lesson"),
            *("question", "question_version", "edition_item", "quiz"),
        ),
        _LESSONS,
    ),
    **dict.fromkeys(("plan", "plan_role", "requirement_set"), _PLANS),
}
