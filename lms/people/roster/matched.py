"""A list matched with the register of a moment, and what the matching was told: told the same again, it says the same.

Matching a long list takes seconds, and entering it must not let everybody who wants to write wait for them. So it is
matched before the lock is taken; under the lock everything is read again, and only if anything differs matched again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from lms.access import Viewer
from lms.people.roster.matching import match
from lms.people.roster.places import PathSpan
from lms.people.roster.proposals import Known, Listed, Proposal
from lms.people.roster.register import load_places, load_register, units_of


class Told(NamedTuple):
    """Everything that `match` looks at."""

    listed: Sequence[Listed]
    people: Mapping[int, Known]
    spans: Mapping[int, Sequence[PathSpan]]
    list_date: date


@dataclass(frozen=True)
class Matched:
    """`proposals`: one for each row of `told.listed`, in the same order."""

    told: Told
    proposals: Sequence[Proposal]


def match_with_register(
    listed: Sequence[Listed], who: Viewer, list_date: date, ahead: Matched | None = None
) -> Matched:
    """Match with the register of this moment, which may be what `ahead` was told."""
    register = load_register(listed, who)
    places = load_places(units_of(listed, register))
    told = Told(listed, register.people, places.spans, list_date)
    if ahead is not None and ahead.told == told:
        return ahead
    return Matched(told, match(listed, register, places, list_date))
