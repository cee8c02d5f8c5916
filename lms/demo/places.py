"""Invented hamlets below the real wards: khóm that were renumbered when the wards were merged on 01/07/2025."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lms.units.documents import SCHEMA

FLOOR, MERGED_ON = "2003-01-01", "2025-07-01"


@dataclass(frozen=True)
class OldWard:
    """A ward or commune until 30/06/2025, how many invented hamlets it had, and the ward that took it over."""

    key: str
    hamlets: int
    successor: str
    kind: str = "khom"
    taken: tuple[int, ...] = ()


OLD_WARDS = (
    OldWard("tv/p1", 4, "vl/tra-vinh"),
    OldWard("tv/p3", 4, "vl/tra-vinh"),
    OldWard("tv/p9", 5, "vl/tra-vinh"),
    OldWard("tv/p4", 4, "vl/long-duc"),
    OldWard("tv/xa-long-duc", 6, "vl/long-duc", "ap"),
    OldWard("tv/p7", 5, "vl/nguyet-hoa"),
    OldWard("tv/p8", 4, "vl/nguyet-hoa", taken=(4,)),
    OldWard("tv/xa-nguyet-hoa", 4, "vl/nguyet-hoa", "ap"),
    OldWard("tv/p5", 5, "vl/hoa-thuan"),
    OldWard("tv/xa-hoa-thuan", 6, "vl/hoa-thuan", "ap"),
)
WORD = {"khom": "Khóm", "ap": "Ấp"}
REAL_KHOM_13 = 13


@dataclass(frozen=True)
class Hamlet:
    """One hamlet before and after the merger; `number` counts within the new ward."""

    old_key: str
    old_name: str
    old_ward: str
    new_key: str
    new_name: str
    new_ward: str


def hamlets(wards: tuple[OldWard, ...] = OLD_WARDS) -> list[Hamlet]:
    """All hamlets of the demo, in the order in which the new wards number them."""
    numbers: dict[str, int] = {}
    found = []
    for ward in wards:
        for old in range(1, ward.hamlets + 1):
            if old in ward.taken:
                found.append(_hamlet(ward, old, REAL_KHOM_13))
                continue
            numbers[ward.successor] = numbers.get(ward.successor, 0) + 1
            found.append(_hamlet(ward, old, numbers[ward.successor]))
    return found


def _hamlet(ward: OldWard, old: int, new: int) -> Hamlet:
    return Hamlet(
        old_key=f"{ward.key}/{ward.kind}-{old}",
        old_name=f"{WORD[ward.kind]} {old}",
        old_ward=ward.key,
        new_key=f"{ward.successor}/khom-{new}",
        new_name=f"Khóm {new}",
        new_ward=ward.successor,
    )


def document() -> dict[str, Any]:
    """The invented hamlets as an lhp-units/1 document. Khóm 4 of Phường 8 is real and ships with its source."""
    invented = [hamlet for hamlet in hamlets() if hamlet.new_name != f"Khóm {REAL_KHOM_13}"]
    return {
        "schema": SCHEMA,
        "source": "Dữ liệu mẫu, khóm ấp bịa",
        "units": [unit for hamlet in invented for unit in _units(hamlet)],
        "lineage": [_link(hamlet) for hamlet in invented],
    }


def _units(hamlet: Hamlet) -> list[dict[str, Any]]:
    kind = "khom" if hamlet.old_name.startswith("Khóm") else "ap"
    before = {"name": hamlet.old_name, "kind": kind, "parent": hamlet.old_ward, "from": FLOOR, "to": MERGED_ON}
    after = {"name": hamlet.new_name, "kind": "khom", "parent": hamlet.new_ward, "from": MERGED_ON}
    return [
        {"key": hamlet.old_key, "invented": True, "versions": [before]},
        {"key": hamlet.new_key, "invented": True, "versions": [after]},
    ]


def _link(hamlet: Hamlet) -> dict[str, Any]:
    return {
        "from": hamlet.old_key,
        "to": hamlet.new_key,
        "date": MERGED_ON,
        "kind": "renumber",
        "note": "Dữ liệu mẫu, đổi số khóm bịa",
    }
