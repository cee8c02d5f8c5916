"""The office's pages: the book of certificates, its export, withdrawing a certificate."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import timedelta

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.access import requires
from lms.access.current import viewer
from lms.audit.operations import record
from lms.certificates import operations, replacing, tasks
from lms.certificates.codes import show_code
from lms.certificates.forms import RevokeForm
from lms.certificates.queries.cards import CertificateCard, certificate_for
from lms.certificates.queries.register import (
    OFFICE,
    STATES,
    Filter,
    register_entries,
    register_page,
    waiting_for_name,
)
from lms.certificates.rules import plain_birth
from lms.certificates.wording import PART_NAMES, STATE_MARKS, STATE_NAMES, fault_words
from lms.db import db, utc_now
from lms.jobs import queue
from lms.sheets.writing import Column, Table, Written, birth_cell, write_table
from lms.text.dates import local_today
from lms.web.filters import moment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_MEMORY = 2_000_000


@requires(*OFFICE)
def register() -> str:
    wanted, after = _filter(), request.args.get("sau", "")[:20]
    alone = not (after or wanted.search or wanted.state)
    return render_template(
        "certificates/register.html",
        page=register_page(viewer(), wanted, after),
        wanted=wanted,
        waiting=waiting_for_name(viewer()) if alone else [],
        states=STATES,
        state_names=STATE_NAMES,
        state_marks=STATE_MARKS,
        fault_words=fault_words,
    )


@requires(*OFFICE)
def register_file() -> ResponseReturnValue:
    """The book as it is filtered, as a spreadsheet that says who made it when. The audit knows of it too."""
    who, wanted = viewer(), _filter()
    with db.write():
        record("certificates.exported", "certificate:*", search=bool(wanted.search), state=wanted.state)
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 – sent, then closed, by the server
    write_table(file, [_sheet(register_entries(who, wanted), who.name, wanted)])
    file.seek(0)
    name = f"so-cap-giay-{local_today(utc_now()):%Y-%m-%d}.xlsx"
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


@requires(*operations.REVOKES)
def revoke(code: str) -> ResponseReturnValue:
    """GET asks, POST does: the public check says so from the next request on."""
    certificate, card = certificate_for(viewer(), code)
    form = RevokeForm()
    if form.validate_on_submit():
        with db.write():
            operations.revoke(card.code, form.why.data or "")
        flash(_("Đã thu hồi giấy số %(serial)s.", serial=card.paper.serial))
        return redirect(url_for("certificates.show", code=card.code), 303)
    if not card.stands or not operations.may_change(certificate):
        return redirect(url_for("certificates.show", code=card.code), 303)
    return render_template("certificates/revoke.html", form=form, card=card), 422 if form.errors else 200


@requires(*operations.REVOKES)
def replace(code: str) -> ResponseReturnValue:
    """GET shows what the new paper will say otherwise, POST issues it."""
    certificate, card = certificate_for(viewer(), code)
    if request.method == "POST":
        with db.write():
            new = replacing.replace_certificate(card.code)
        queue.nudge(tasks.KIND)
        flash(_("Đã cấp giấy thay giấy số %(serial)s.", serial=card.paper.serial))
        return redirect(url_for("certificates.show", code=new.code), 303)
    if not card.stands or not operations.may_change(certificate):
        return redirect(url_for("certificates.show", code=card.code), 303)
    differences = replacing.differences(certificate)
    return render_template("certificates/replace.html", card=card, differences=differences, part_names=PART_NAMES)


def _filter() -> Filter:
    return Filter(request.args.get("tim", "")[:100], request.args.get("tinh-trang", ""))


def _sheet(entries: Iterator[CertificateCard], exporter: str, wanted: Filter) -> Table:
    made = _("Xuất lúc %(moment)s, người xuất: %(who)s.", moment=moment(utc_now()), who=exporter)
    narrowed = " · ".join(part for part in (wanted.search, str(STATE_NAMES.get(wanted.state, ""))) if part)
    return Table(
        name=_("Sổ cấp giấy"),
        columns=_columns(),
        rows=map(_row, entries),
        title=_("Sổ cấp giấy chứng nhận"),
        remarks=[made, _("Lọc theo: %(what)s.", what=narrowed)] if narrowed else [made],
    )


def _columns() -> list[Column]:
    headings: list[tuple[str, int]] = [
        (_("Số vào sổ"), 12),
        (_("Cấp ngày"), 12),
        (_("Họ và tên"), 28),
        (_("Ngày, năm sinh"), 14),
        (_("Nhiệm vụ, đơn vị khi cấp"), 44),
        (_("Khóa"), 44),
        (_("Bản"), 6),
        (_("Số tiết trực tuyến"), 10),
        (_("Số tiết tập trung"), 10),
        (_("Hoàn thành ngày"), 12),
        (_("Còn hạn đến hết ngày"), 12),
        (_("Tình trạng"), 12),
        (_("Thu hồi ngày"), 12),
        (_("Lý do thu hồi"), 30),
        (_("Mã kiểm tra"), 22),
    ]
    return [Column(heading, width) for heading, width in headings]


def _row(card: CertificateCard) -> list[Written]:
    paper = card.paper
    return [
        paper.serial,
        paper.issued_on,
        paper.holder_name,
        birth_cell(plain_birth(paper.birth_text)),
        paper.role_and_unit,
        paper.course_title,
        int(card.edition) if card.edition.isdecimal() else card.edition,
        float(paper.tiet_online),
        float(paper.tiet_in_person),
        card.completed_on,
        card.valid_until - timedelta(days=1),
        str(STATE_NAMES[card.state]),
        card.revoked_on,
        card.revoked_reason,
        show_code(card.code),
    ]
