"""Who of the register a single row is: one person for certain, several to be asked about, or nobody known. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from lms.people.roster.evidence import Evidence, compare
from lms.people.roster.places import Places
from lms.people.roster.proposals import NEW, Known, Listed, Reason

MOST_CANDIDATES = 4
_ASK_ANYWAY = 100
Weighed = tuple[Known, Evidence]


@dataclass(frozen=True)
class Register:
    """The people who may be meant, found by name, phone number or row key."""

    people: dict[int, Known]
    by_name: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_phone: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_row_key: dict[str, Known] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Iterable[Known]) -> Register:
        register = cls({known.person_id: known for known in people})
        for known in register.people.values():
            register.by_name[known.names.loose].append(known)
            for phone in known.phones:
                register.by_phone[phone].append(known)
            for row_key in known.row_keys:
                register.by_row_key[row_key] = known
        return register

    def candidates(self, row: Listed) -> list[Known]:
        found = list(self.by_name.get(row.names.loose, ()))
        for phone in sorted(row.phones):
            found += self.by_phone.get(phone, ())
        return list({known.person_id: known for known in found}.values())


@dataclass(frozen=True, slots=True)
class Found:
    """`person`: certain, for `reasons`. `asked`: who may be meant. `exact`: known by the key of our own export."""

    person: Known | None = None
    asked: tuple[Weighed, ...] = ()
    reasons: tuple[Reason, ...] = ()
    exact: bool = False
    by_hand: bool = False

    def without(self, people: set[int]) -> Found:
        """The same, when the people of other rows are not meant."""
        if self.by_hand or not people:
            return self
        asked = tuple(pair for pair in self.asked if pair[0].person_id not in people)
        if self.person and self.person.person_id in people:
            return Found(asked=asked)
        return replace(self, asked=asked)


def find(row: Listed, register: Register, places: Places, day: date) -> Found:
    """The person of the register who is meant: by an answer, by our own row key, or by what speaks for it."""
    if row.settled is not None:
        return Found(register.people.get(row.settled), by_hand=True)
    weighed = [(known, compare(row, known, places, day)) for known in register.candidates(row)]
    unasked = _unasked(row, register, places, day, weighed)
    return _chosen(row, register, unasked, places, day) or unasked


def _unasked(row: Listed, register: Register, places: Places, day: date, weighed: list[Weighed]) -> Found:
    """As it stands without an answer."""
    by_key = register.by_row_key.get(row.row_key or "")
    if by_key is None or not by_key.shown:
        return _judge(weighed)
    evidence = compare(row, by_key, places, day)
    if by_key.names.near == row.names.near:
        return Found(by_key, reasons=(Reason("row_key"), *evidence.reasons), exact=True)
    # Somebody wrote another name into a row of our export: a correction, or another person.
    others = [pair for pair in weighed if pair[0] is not by_key]
    return _judge([(by_key, replace(evidence, points=_ASK_ANYWAY, doubtful=True)), *others])


def _chosen(row: Listed, register: Register, unasked: Found, places: Places, day: date) -> Found | None:
    """What was answered, still with the question, so that the answer can be seen and changed."""
    answer = row.decision.get("same_person", "")
    if answer == NEW:
        return Found(reasons=(Reason("decided"),), by_hand=True, asked=unasked.asked)
    if not answer.startswith("person:"):
        return None
    known = register.people.get(int(answer.removeprefix("person:")))
    if known is None:
        return None
    asked = unasked.asked
    if asked and all(other is not known for other, _ in asked):
        asked = (*asked, (known, compare(row, known, places, day)))
    return Found(known, asked, (Reason("decided"),), exact=row.row_key in known.row_keys, by_hand=True)


def _judge(weighed: list[Weighed]) -> Found:
    """One certain person without a rival is taken; else whoever is worth asking about is asked about.

    Somebody whom the viewer may not see is never taken unasked, and asked about only if everything speaks for it.
    """
    weighed = [pair for pair in weighed if pair[1].worth_asking and (pair[0].shown or pair[1].certain)]
    weighed.sort(key=lambda pair: (-pair[1].points, pair[0].person_id))
    if not weighed:
        return Found()
    best, evidence = weighed[0]
    rivals = [other for _, other in weighed[1:] if other.points >= evidence.points - 1]
    if evidence.certain and best.shown and not rivals:
        return Found(best, reasons=evidence.reasons)
    return Found(asked=tuple(weighed[:MOST_CANDIDATES]))
