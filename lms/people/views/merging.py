"""Two entries that are one person: choose, look at both, decide; and take it back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from lms.access import requires
from lms.access.current import viewer
from lms.db import db
from lms.people import operations
from lms.people.person_page import may_see, person_page
from lms.people.register_list import Filter, page_of
from lms.people.rights import managed_among, today
from lms.people.roster.faces import faces_of_people
from lms.web.addresses import row_id

MOST_SHOWN = 12


@requires("manager")
def merge(person_id: int) -> ResponseReturnValue:
    page = person_page(viewer(), person_id)
    if not page.may_change:
        raise NotFound
    into = request.form.get("vao", type=row_id)
    if request.method == "POST" and into is not None:
        with db.write():
            target = operations.merge(person_id, into)
        flash(_("Đã gộp. Chức danh và kết quả học của cả hai được giữ nguyên; có thể tách ra bất cứ lúc nào."))
        return redirect(url_for("people.person", person_id=target), 303)
    search = request.args.get("tim", page.person.full_name)[:100]
    faces = faces_of_people([person_id, *_candidates(person_id, search)], viewer(), today())
    mine = faces.pop(person_id)
    chosen_none = request.method == "POST"
    return render_template(
        "people/merge.html", page=page, mine=mine, others=faces, search=search, chosen_none=chosen_none
    ), 422 if chosen_none else 200


def _candidates(person_id: int, search: str) -> list[int]:
    """People of that name whom the viewer keeps."""
    found = page_of(viewer(), Filter(text=search, state="all"), today(), MOST_SHOWN + 1).people
    ids = [one.person_id for one in found if one.person_id != person_id][:MOST_SHOWN]
    kept = managed_among(viewer(), ids)
    return [one for one in ids if one in kept]


@requires("manager")
def unmerge(person_id: int) -> ResponseReturnValue:
    with db.write():
        into = operations.unmerge(person_id)
    flash(_("Đã tách ra thành hai người như trước."))
    target = person_id if may_see(viewer(), person_id) else into
    return redirect(url_for("people.person", person_id=target), 303)
