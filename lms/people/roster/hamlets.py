"""Hamlets that a list names and the register of units does not know: added when a person says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from lms.db import db
from lms.people.models import RosterImport
from lms.text.names import display_name, search_key
from lms.units.lives import LEVEL_OF_KIND
from lms.units.models import Unit, UnitVersion
from lms.units.operations import import_units
from lms.units.places import read_place
from lms.units.queries import carry, unit_on
from lms.web.refusals import Refusal

Named = tuple[int, str]
"""The unit within which the list looks, and what it calls the hamlet."""

_WORDS = {"khom": "Khóm", "ap": "Ấp"}


def hamlet_name(text: str | None, kind: str = "khom") -> str | None:
    """The official form of what a list calls a hamlet: "k.7" → "Khóm 7"; None if it names none, or more than one
    place. `kind`: what hamlets are called there, where the text does not say.
    """
    parts = read_place(text or "")
    hamlets = [part for part in parts if part.level in (None, "hamlet")]
    if len(hamlets) != 1 or len(parts) > 2:
        return None
    part = hamlets[0]
    own = part.kinds[0] if len(part.kinds) == 1 else kind
    return " ".join(filter(None, (_WORDS[own], display_name(part.words), part.number)))


def add_hamlets(roster: RosterImport, named: Iterable[Named]) -> None:
    """Add each hamlet to the ward it lies in, from the day the ward took its present form."""
    entries = {entry["key"]: entry for entry in (_entry(roster, within, text) for within, text in named)}
    import_units({"schema": "lhp-units/1", "source": f"roster_import:{roster.id}", "units": list(entries.values())})


def _entry(roster: RosterImport, within: int, text: str) -> dict[str, Any]:
    ward = _ward(roster, within)
    name = hamlet_name(text, "ap" if ward.kind == "commune" else "khom")
    if name is None:
        raise Refusal(_("“%(place)s” không phải tên một khóm, ấp.", place=text), 422)
    ward_key = db.session.scalars(select(Unit.key).where(Unit.id == ward.unit_id)).one()
    version = {
        "name": name,
        "kind": "ap" if name.startswith(_WORDS["ap"]) else "khom",
        "parent": ward_key,
        "from": ward.valid_from,
    }
    return {"key": f"{ward_key}/{'-'.join(search_key(name).split())}", "versions": [version]}


def _ward(roster: RosterImport, within: int) -> UnitVersion:
    ward_id = carry(within, roster.list_date)
    ward = unit_on(ward_id, roster.list_date) if ward_id else None
    if ward is None or LEVEL_OF_KIND[ward.kind] != "ward":
        raise Refusal(_("Chưa biết khóm, ấp này thuộc phường, xã nào. Hãy nhập danh sách của từng phường, xã."), 422)
    return ward
