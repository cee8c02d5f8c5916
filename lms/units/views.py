"""The screen of places: the tree as of a day, a search, and what became of each unit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.exceptions import NotFound

from lms.access import requires
from lms.units import queries
from lms.units.forms import Question, read_question
from lms.units.models import UnitVersion
from lms.units.outline import outline
from lms.units.words import lineage_sentence

bp = Blueprint("units", __name__, template_folder="templates")

READERS = ("manager", "inspector", "administrator")
ABOVE = ("province", "district", "ward")


@bp.get("/dia-ban")
@requires(*READERS)
def tree() -> str:
    asked = read_question(request.args)
    nodes = queries.tree_on(asked.day, asked.scope.code)
    wards = [node.unit_id for node in nodes if node.level == "ward"]
    gone = [node.unit_id for node in nodes if node.valid_to is not None and node.valid_to <= asked.today]
    return render_template(
        "units/tree.html",
        asked=asked,
        scopes=queries.scopes(),
        outline=outline(nodes),
        origins=queries.origins_of(wards, asked.day),
        now=queries.paths_of(gone, asked.today),
        found=[_found(version, asked.day) for version in queries.search(asked.text)],
    )


@bp.get("/dia-ban/<int:unit_id>")
@requires(*READERS)
def unit(unit_id: int) -> str:
    asked = read_question(request.args)
    versions = queries.versions_of(unit_id)
    if not versions:
        raise NotFound
    children = queries.children_on(unit_id, asked.day)
    return render_template(
        "units/unit.html",
        asked=asked,
        now=queries.unit_on(unit_id, asked.day),
        versions=versions,
        last_day=_last_day(versions[-1]),
        floor=queries.first_day(),
        crumbs=_crumbs(unit_id, asked),
        stands=queries.path_names(unit_id, asked.day),
        events=[(lineage_sentence(event), event) for event in queries.lineage_of(unit_id)],
        children=children,
        origins=queries.origins_of([child.unit_id for child in children], asked.day),
    )


def _last_day(version: UnitVersion) -> date | None:
    return version.valid_to - timedelta(days=1) if version.valid_to else None


def _found(version: UnitVersion, day: date) -> tuple[UnitVersion, str, date | None]:
    """A hit with its path on `day`, or on its own last (first) day, and that last day if it had ended by `day`."""
    last = _last_day(version)
    ended = last if last is not None and last < day else None
    shown_on = max(ended or day, version.valid_from)
    return version, queries.path_names(version.unit_id, shown_on), ended


def _address(unit_id: int, asked: Question) -> str:
    values: dict[str, Any] = {"unit_id": unit_id, **asked.link}
    return url_for("units.unit", **values)


def _crumbs(unit_id: int, asked: Question) -> list[tuple[str, str]]:
    """The units over this one on the day asked for, the largest first, with their addresses."""
    place = queries.place_on([unit_id], asked.day).get(unit_id, {})
    above = [place[level] for level in ABOVE if level in place and place[level] != unit_id]
    names = queries.names_on(above, asked.day)
    return [(names[node], _address(node, asked)) for node in above]
