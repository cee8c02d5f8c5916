"""The manager's page, and the same figures as a spreadsheet."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from lms.access import requires
from lms.access.current import viewer
from lms.coverage import stored
from lms.coverage.answers import plan_scope
from lms.coverage.asking import Typed, question_of, typed
from lms.coverage.counted import Counted, count_at_once
from lms.coverage.exporting import write_figures
from lms.coverage.facts import NAMES, READERS
from lms.coverage.grid import Grid, Line
from lms.coverage.large import is_large
from lms.coverage.overview import overview
from lms.coverage.wording import ahead_words, area_words, basis_words
from lms.people.rights import READERS as SEES_LISTS
from lms.units.queries import scopes
from lms.web.addresses import row_id
from lms.web.navigation import has_page
from lms.web.refusals import Refusal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 2_000_000


@requires(*READERS)
def coverage() -> ResponseReturnValue:
    """With a day that is none: the form as it was filled in, what is wrong, and no figure of another day.

    Of a large scope: today's answer with its instant, or how far the job is that counts it.
    """
    filled, faults = typed(request.args), {}
    shown: dict[str, Any] = {}
    try:
        shown = _figures(filled)
    except Refusal as refusal:
        faults = filled.faults or {"dia-ban": refusal.message}
    page = render_template(
        "coverage/coverage.html",
        filled=filled,
        scopes=scopes(),
        faults=faults,
        default_scope=plan_scope(),
        **shown,
    )
    return page, 400 if faults else 200


@requires(*READERS)
def count_again() -> ResponseReturnValue:
    """Somebody wants a newer figure than today's, or tries once more what failed."""
    filled = typed(request.form)
    question = question_of(filled)
    if is_large(viewer(), question):
        stored.ask_again(viewer(), question, None, now=not filled.biet)
    values: dict[str, Any] = dict(filled.query)
    return redirect(url_for("coverage.coverage", **values), 303)


def _figures(filled: Typed) -> dict[str, Any]:
    question = question_of(filled)
    if not is_large(viewer(), question):
        return _seen(filled, count_at_once(viewer(), question), large=False)
    look = stored.look(viewer(), question, None, now=not filled.biet)
    seen = {} if look.found is None else _seen(filled, look.found, large=True)
    return {"look": look, "area": area_words(viewer(), question)} | seen


def _seen(filled: Typed, found: Counted, *, large: bool) -> dict[str, Any]:
    question, basis = found.question, filled.basis
    seen = overview(found, basis, request.args.get("phuong", type=row_id), request.args.get("tinh", type=row_id))
    return {
        "seen": seen,
        "table": Table(seen.grid),
        "area": area_words(viewer(), question),
        "ahead": ahead_words(question, basis),
        "way": basis_words(question, basis),
        "other": basis_words(question, _other(basis)),
        "other_basis": _other(basis),
        "place_url": _place_url(filled),
        "cell_url": _cell_url(filled, only_of_wards=large),
        "may_import": viewer().can("manager") and has_page("people.new_import"),
        "sees_lists": viewer().can(*SEES_LISTS) and has_page("people.confirm_list"),
    }


def _other(basis: str) -> str:
    return "valid" if basis == "ever" else "ever"


def _place_url(filled: Typed) -> Callable[..., str]:
    """place_url(phuong=…): the page with the hamlets of a ward; place_url(tinh=…): with the wards of a province."""

    def url(**place: int) -> str:
        values: dict[str, Any] = {**place, **filled.query}
        return url_for("coverage.coverage", _anchor="khom" if "phuong" in place else "bang", **values)

    return url


def _cell_url(filled: Typed, *, only_of_wards: bool) -> Callable[..., str]:
    """cell_url(noi=…, vai=…, tt=…) → the people of a cell, asked with the same question; "" for whom it is closed.

    `only_of_wards`: of a large scope there are lists of a ward or a hamlet, and "" for everything wider.
    """
    sees_names = viewer().can(*NAMES)

    def url(**cell: Any) -> str:
        if not sees_names or (only_of_wards and not cell.get("noi")):
            return ""
        values = filled.query | {name: value for name, value in cell.items() if value is not None}
        return url_for("coverage.cell_people", **values)

    return url


class Table:
    """Places × roles, turned so that the shorter side goes across."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.places_across = len(grid.places) <= len(grid.roles)
        self.across, self.down = (grid.places, grid.roles) if self.places_across else (grid.roles, grid.places)

    def at(self, across: Line, down: Line) -> tuple[Line, Line]:
        """(place, role)"""
        return (across, down) if self.places_across else (down, across)


@requires(*READERS)
def export() -> ResponseReturnValue:
    """Of a large scope: today's answer, the same that the page shows; without one, the page that waits for it."""
    filled = typed(request.args)
    question = question_of(filled)
    if is_large(viewer(), question):
        found = stored.look(viewer(), question, None, now=not filled.biet).found
    else:
        found = count_at_once(viewer(), question)
    if found is None:
        values: dict[str, Any] = dict(filled.query)
        return redirect(url_for("coverage.coverage", **values), 303)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 – sent, then closed, by the server
    write_figures(file, viewer(), found, filled.basis)
    file.seek(0)
    name = f"ty-le-tap-huan-{question.on:%Y-%m-%d}.xlsx"
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)
