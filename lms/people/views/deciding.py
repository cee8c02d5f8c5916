"""Answers to the questions of an import, and people whom the list does not name any more."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.access import requires
from lms.db import db
from lms.people import operations
from lms.people.roster import deciding
from lms.people.roster.imports import see_import
from lms.people.roster.proposals import KINDS
from lms.text.dates import read_date
from lms.web.refusals import Refusal


@requires("manager")
def decide(import_id: int) -> ResponseReturnValue:
    """Fields "q-<row>-<kind>" hold an option, "f-<row>-<kind>" what was chosen freely, which wins.

    "g-<row>-<kind>" is a free choice of before, with no option ticked beside it: an option ticked since wins.
    """
    with db.write():
        deciding.decide(import_id, _answers())
    flash(_("Đã lưu. Có thể đóng trang, quay lại sau."))
    if request.form.get("tiep"):
        return redirect(url_for("people.confirm_import", import_id=import_id), 303)
    return redirect(url_for("people.import_review", import_id=import_id, muc="ask"), 303)


def _answers() -> dict[int, dict[str, str]]:
    answers: dict[int, dict[str, str]] = {}
    for name in sorted(request.form, key=lambda name: "gqf".find(name[:1])):  # the last one wins
        mark, _dash, rest = name.partition("-")
        row_id, _dash, kind = rest.partition("-")
        value = request.form.get(name, "")
        if mark in ("g", "q", "f") and row_id.isdecimal() and kind in KINDS and value:
            answers.setdefault(int(row_id), {})[kind] = value if mark == "q" else f"{kind}:{value}"
    return answers


@requires("manager")
def add_hamlets(import_id: int) -> ResponseReturnValue:
    with db.write():
        deciding.add_unknown_hamlets(import_id)
    flash(_("Đã thêm khóm, ấp vào danh mục."))
    return redirect(url_for("people.import_review", import_id=import_id), 303)


@requires("manager")
def end_missing(import_id: int, post_id: int) -> ResponseReturnValue:
    """Somebody says that a person who is not on the list any more has left, and on which day."""
    see_import(import_id)
    last_day = read_date(request.form.get("ngay", ""))
    if last_day is None:
        raise Refusal(_("Ngày nghỉ chưa đúng. Ghi như 05/03/2026."), 422)
    with db.write():
        operations.end_post(post_id, last_day)
    flash(_("Đã ghi ngày nghỉ. Kết quả học của người này vẫn giữ nguyên."))
    return redirect(url_for("people.import_review", import_id=import_id, muc="missing"), 303)
