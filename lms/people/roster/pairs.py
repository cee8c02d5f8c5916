"""Rows of one list that may be one person: two posts of one person, or two people of one name. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lms.people.roster.evidence import compare_rows
from lms.people.roster.places import Places
from lms.people.roster.proposals import DIFFERENT, Listed

Relation = Literal["same", "ask", "other"]


@dataclass(frozen=True, slots=True)
class Pairing:
    """`same_as`: the first row of this person. `partners`: rows above that may be, or were said not to be, the same.

    `asked`: the partners are a question, answered or not.
    """

    same_as: int | None = None
    partners: tuple[int, ...] = ()
    asked: bool = False


ALONE = Pairing()


def pairings(rows: Sequence[Listed], people: Mapping[int, int], places: Places, day: date) -> dict[int, Pairing]:
    """`people`: row key → the person of the register that the row certainly is, by itself."""
    found: dict[int, Pairing] = {}
    for group in _groups(rows):
        for index, row in enumerate(group):
            found[row.key] = _pairing(row, group[:index], found, people, places, day)
    return found


def _groups(rows: Sequence[Listed]) -> list[list[Listed]]:
    """Only rows of nearly one name can be one person unasked; each of the others is a group of its own."""
    groups: dict[str, list[Listed]] = defaultdict(list)
    for row in rows:
        groups[row.names.near].append(row)
    return list(groups.values())


def _pairing(
    row: Listed,
    above: Sequence[Listed],
    found: Mapping[int, Pairing],
    people: Mapping[int, int],
    places: Places,
    day: date,
) -> Pairing:
    answer = row.decision.get("same_row", "")
    relations = {other.key: _relation(row, other, people, places, day) for other in above}
    asked = tuple(key for key, relation in relations.items() if relation == "ask" and found[key].same_as is None)
    for key in relations:
        if answer == f"row:{key}":
            return Pairing(_root(key, found), tuple(dict.fromkeys((*asked, key))), asked=True)
    if answer == DIFFERENT:
        return Pairing(partners=asked or tuple(relations), asked=bool(asked))
    same = [key for key, relation in relations.items() if relation == "same"]
    if same:
        return Pairing(_root(same[0], found))
    return Pairing(partners=asked, asked=True) if asked else ALONE


def _root(key: int, found: Mapping[int, Pairing]) -> int:
    root = found[key].same_as
    return key if root is None else root


def _relation(row: Listed, other: Listed, people: Mapping[int, int], places: Places, day: date) -> Relation:
    if row.row_key and other.row_key:
        return "same" if row.row_key == other.row_key else "other"
    mine, theirs = people.get(row.key), people.get(other.key)
    told_apart = mine is not None and theirs is not None and mine != theirs
    evidence = compare_rows(row, other, places, day)
    if evidence.certain and mine is not None and theirs is None:
        return "other"  # this row knows who it is; the one above is asked about
    if evidence.certain:
        return "ask" if told_apart else "same"
    return "ask" if evidence.worth_asking and not told_apart else "other"
