"""Staff lists: all of them, a new one, entering one into the register, putting it aside, undoing it."""

from __future__ import annotations

import io

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.access import requires
from lms.access.current import viewer
from lms.db import db
from lms.people.areas import area, for_lists
from lms.people.exporting import template_xlsx
from lms.people.forms import NewImportForm, fill_places
from lms.people.rights import today
from lms.people.roster.confirming import confirm
from lms.people.roster.deciding import drop, look_ahead
from lms.people.roster.imports import see_import
from lms.people.roster.opening import open_list
from lms.people.roster.overview import imports_of, overview, unit_name
from lms.people.roster.staging import draft, keep, keep_file, rows_of
from lms.people.roster.undoing import people_with_proof, undo
from lms.people.views.people import XLSX, roles
from lms.people.words import IMPORT_STATES
from lms.web.refusals import Refusal


@requires("manager")
def imports() -> ResponseReturnValue:
    found = imports_of(viewer(), today())
    shown = [(roster, unit_name(roster)) for roster in found]
    return render_template("people/imports.html", found=shown, states=IMPORT_STATES)


@requires("manager")
def template_file() -> ResponseReturnValue:
    data = template_xlsx(roles())
    return send_file(io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name="mau-danh-sach.xlsx")


@requires("manager")
def new_import() -> ResponseReturnValue:
    form = NewImportForm()
    fill_places(form.unit, for_lists(area(viewer(), today(), "manager")))
    refused = None
    if form.validate_on_submit():
        try:
            return redirect(url_for("people.import_review", import_id=_stage(form)), 303)
        except Refusal as refusal:
            refused = refusal.message
    return render_template(
        "people/new_import.html", form=form, refused=refused
    ), 422 if request.method == "POST" else 200


def _stage(form: NewImportForm) -> int:
    """The file is read and matched before the transaction begins, so that nobody waits for a slow one."""
    day = form.list_date.day
    assert day is not None
    data, name = form.file.data.read(), form.file.data.filename or ""
    opened = open_list(data, name, day)
    drafted = draft(opened, day, int(form.unit.data))
    kept = keep_file(opened)
    with db.write():
        return keep(drafted, kept).id


@requires("manager")
def confirm_import(import_id: int) -> ResponseReturnValue:
    """GET says what would be written; POST writes it, unless the register has changed in the meantime."""
    if request.method == "GET":
        roster = see_import(import_id)
        return render_template("people/confirm_import.html", seen=overview(roster, rows_of(import_id)))
    ahead = look_ahead(import_id)
    with db.write():
        outcome = confirm(import_id, ahead)
    if outcome.moved:
        words = _("Sổ vừa thay đổi nên %(n)s dòng nay khác trước. Anh/Chị xem lại rồi ghi vào sổ.", n=outcome.moved)
        flash(words, "error")
    else:
        done = outcome.applied
        flash(
            _(
                "Đã ghi vào sổ: %(people)s người mới, %(updated)s người được cập nhật, %(posts)s chức danh.",
                people=done.people,
                updated=done.updated,
                posts=done.posts,
            )
        )
    return redirect(url_for("people.import_review", import_id=import_id), 303)


@requires("manager")
def drop_import(import_id: int) -> ResponseReturnValue:
    with db.write():
        drop(import_id)
    flash(_("Đã bỏ tệp này. Sổ không có gì thay đổi."))
    return redirect(url_for("people.imports"), 303)


@requires("manager")
def undo_import(import_id: int) -> ResponseReturnValue:
    """GET says what would be withdrawn and who has to stay; POST does it, unless somebody more has to stay by now."""
    if request.method == "GET":
        return _ask_to_undo(import_id)
    try:
        with db.write():
            undo(import_id, keep_people=bool(request.form.get("giu")))
    except Refusal as refusal:
        return _ask_to_undo(import_id, refusal.message), refusal.status
    flash(_("Đã hoàn tác danh sách này."))
    return redirect(url_for("people.import_review", import_id=import_id), 303)


def _ask_to_undo(import_id: int, refused: str = "") -> str:
    roster = see_import(import_id)
    return render_template(
        "people/undo_import.html",
        seen=overview(roster, rows_of(import_id)),
        proven=people_with_proof(roster),
        refused=refused,
    )
