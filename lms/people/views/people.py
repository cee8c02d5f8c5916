"""The list of people, and the same list as a spreadsheet."""

from __future__ import annotations

import tempfile

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from lms.access import requires
from lms.access.current import viewer
from lms.audit.operations import record
from lms.db import db
from lms.people.areas import area_around, in_area, is_one_ward
from lms.people.exporting import write_people
from lms.people.models import Role
from lms.people.register_list import PAGE, STATES, Filter, everybody, page_of
from lms.people.rights import READERS, today
from lms.people.words import STATE_NAMES
from lms.web.addresses import row_id

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 2_000_000


@requires(*READERS)
def people() -> ResponseReturnValue:
    wanted = _wanted()
    page = page_of(viewer(), _within(wanted), today())
    return render_template(
        "people/people.html",
        page=page,
        wanted=wanted,
        query=_query(wanted),
        places=area_around(viewer(), today(), wanted.unit_id, *READERS),
        roles=roles(),
        states=STATE_NAMES,
        page_size=PAGE,
        many_wards=not is_one_ward(viewer(), today(), *READERS),
        may_add=viewer().can("manager"),
    )


@requires(*READERS)
def people_file() -> ResponseReturnValue:
    """Everybody of the filter, not only the page; who took the list away is recorded."""
    wanted = _wanted()
    with db.write():
        record("people.exported", "people", filter=_query(wanted))
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 – sent, then closed, by the server
    write_people(file, everybody(viewer(), _within(wanted), today()), today())
    file.seek(0)
    name = f"danh-sach-{today():%Y-%m-%d}.xlsx"
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


def roles() -> list[Role]:
    return list(db.session.scalars(select(Role).order_by(Role.position, Role.id)))


def _wanted() -> Filter:
    state = request.args.get("tt", "working")
    return Filter(
        text=request.args.get("tim", "")[:100],
        unit_id=request.args.get("noi", type=row_id),
        role=request.args.get("vai", "")[:20],
        state=state if state in STATES else "working",
        after=request.args.get("sau", type=row_id),
    )


def _within(wanted: Filter) -> Filter:
    """A unit outside the viewer's area shows nobody, exactly as one that does not exist."""
    known = wanted.unit_id is None or in_area(viewer(), wanted.unit_id, today(), *READERS)
    return wanted if known else Filter(unit_id=-1)


def _query(wanted: Filter) -> dict[str, str]:
    """The filter as it stands in the address, without the page."""
    values = {
        "tim": wanted.text,
        "noi": str(wanted.unit_id or ""),
        "vai": wanted.role,
        "tt": wanted.state if wanted.state != "working" else "",
    }
    return {name: value for name, value in values.items() if value}
