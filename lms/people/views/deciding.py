"""Looking through an import: what is asked, what each row was taken for, whom the list does not name any more."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.access import requires
from lms.access.current import viewer
from lms.db import db
from lms.people import operations
from lms.people.areas import area, few
from lms.people.models import RosterRow
from lms.people.rights import today
from lms.people.roster import deciding
from lms.people.roster.imports import see_import
from lms.people.roster.keeping import kept_of
from lms.people.roster.missing import missing
from lms.people.roster.overview import TABS, overview
from lms.people.roster.proposals import KINDS
from lms.people.roster.showing import show_rows
from lms.people.roster.staging import rows_of
from lms.people.roster.words import COLUMNS, SKIPPED
from lms.people.views.marking import differing
from lms.people.views.people import roles
from lms.text.dates import read_date
from lms.web.refusals import Refusal

PAGE = 50
QUESTIONS = 20
MISSING = "missing"


@requires("manager")
def import_review(import_id: int) -> ResponseReturnValue:
    roster, rows = see_import(import_id), rows_of(import_id)
    seen = overview(roster, rows)
    absent = missing(roster, rows, viewer())
    tab = _tab(seen.tabs, bool(absent))
    asked = tab == "ask"
    wanted = _asked_once(rows) if asked else [row for row in rows if row.taken_as == tab]
    page = _page(wanted, QUESTIONS if asked else PAGE)
    return render_template(
        "people/import_review.html",
        seen=seen,
        tab=tab,
        rows=show_rows(roster, rows, page, viewer()),
        total=len(wanted),
        first=wanted.index(page[0]) + 1 if page else 0,
        next_after=page[-1].id if page and page[-1] is not wanted[-1] else None,
        absent=absent,
        kept=kept_of(roster, viewer()),
        differing=differing,
        columns=COLUMNS,
        skipped=SKIPPED,
        places=few(area(viewer(), today(), "manager"), None) if asked else [],
        roles=roles() if asked else [],
        today=today(),
    )


def _tab(tabs: dict[str, int], has_absent: bool) -> str:
    """The one asked for, else the first that holds anything."""
    wanted = request.args.get("muc", "")
    if wanted in TABS or (wanted == MISSING and has_absent):
        return wanted
    return next((tab for tab in TABS if tabs[tab]), "ask")


def _asked_once(rows: Sequence[RosterRow]) -> list[RosterRow]:
    """Rows that ask something no row above has asked already; open ones first."""
    asked: set[tuple[str, str]] = set()
    found = []
    for row in rows:
        if row.taken_as != "ask":
            continue
        keys = {(question["kind"], question["alike"] or str(row.id)) for question in row.questions}
        if not keys or keys - asked:
            found.append(row)
        asked |= keys
    return sorted(found, key=lambda row: (not row.parsed["state"]["open"], row.id))


def _page(rows: Sequence[RosterRow], size: int) -> list[RosterRow]:
    """The rows after the one named in the address."""
    after = request.args.get("sau", type=int)
    start = next((index + 1 for index, row in enumerate(rows) if row.id == after), 0)
    return list(rows[start : start + size])


@requires("manager")
def decide(import_id: int) -> ResponseReturnValue:
    """Fields "q-<row>-<kind>" hold an option, "f-<row>-<kind>" what was chosen freely, which wins."""
    with db.write():
        deciding.decide(import_id, _answers())
    flash(_("Đã lưu. Có thể đóng trang, quay lại sau."))
    if request.form.get("tiep"):
        return redirect(url_for("people.confirm_import", import_id=import_id), 303)
    return redirect(url_for("people.import_review", import_id=import_id, muc="ask"), 303)


def _answers() -> dict[int, dict[str, str]]:
    answers: dict[int, dict[str, str]] = {}
    for name in sorted(request.form, reverse=True):  # "q-" before "f-"
        mark, _dash, rest = name.partition("-")
        row_id, _dash, kind = rest.partition("-")
        value = request.form.get(name, "")
        if mark in ("q", "f") and row_id.isdecimal() and kind in KINDS and value:
            answers.setdefault(int(row_id), {})[kind] = f"{kind}:{value}" if mark == "f" else value
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
    return redirect(url_for("people.import_review", import_id=import_id, muc=MISSING), 303)
