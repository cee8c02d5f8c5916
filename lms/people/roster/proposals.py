"""The plain values of matching: a listed row, what the register knows, and what is proposed. Codes, no sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from lms.text.dates import PartialDate

TakenAs = Literal["new", "update", "same", "ask", "error", "skip"]
Kind = Literal[
    "same_row",  # two rows of the file: one person?
    "same_person",  # this row and somebody in the register: one person?
    "unit",
    "role",
    "name",
    "birth",
    "sex",
    "phone",
    "row",  # hidden rows, broken cells: take the row at all?
    "post_again",  # the register says the post had ended
]
KINDS: tuple[Kind, ...] = (
    "row",
    "name",
    "same_row",
    "same_person",
    "unit",
    "role",
    "birth",
    "sex",
    "phone",
    "post_again",
)
LATER, SKIP, KEEP, EMPTY, NEW, DIFFERENT = "later", "skip", "keep", "empty", "new", "different"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row was taken for what it was: a code for `words.py`, and the values of its sentence."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: "person:12", "new", "row:7", "different", "unit:4", "role:HGV", "keep", "empty", "skip" …"""

    answer: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """`alike`: rows of one import whose questions share it are answered together; "" stands alone.

    `free`: any answer that begins so ("unit:", "role:") is possible beside the options.
    """

    kind: Kind
    options: tuple[Option, ...]
    reasons: tuple[Reason, ...] = ()
    alike: str = ""
    free: str = ""

    def allows(self, answer: str) -> bool:
        free = bool(self.free) and answer.startswith(self.free)
        return free or answer == LATER or any(option.answer == answer for option in self.options)


@dataclass(frozen=True, slots=True)
class Names:
    """One name in the three strengths of `lms.text.names`; `loose` finds what any of them may equal."""

    full: str
    spelling: str
    near: str
    plain: str
    loose: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the file with the answers given so far put in.

    `key` is its position in the import. `unit_id`: None while nobody knows which. `faults`: it cannot enter at all.
    `settled`: the person it was taken for by an earlier confirmation. `decision`: kind → answer.
    """

    key: int
    row_no: int
    names: Names
    sex: str | None = None
    birth: PartialDate | None = None
    phone: str | None = None
    phone_spare: str | None = None
    row_key: str | None = None
    roles: tuple[str, ...] = ()
    unit_id: int | None = None
    questions: tuple[Question, ...] = ()
    faults: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()
    decision: Mapping[str, str] = field(default_factory=dict)
    settled: int | None = None

    @property
    def phones(self) -> frozenset[str]:
        return frozenset(filter(None, (self.phone, self.phone_spare)))


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A post as the register has it; `recorded_on` is the local day it was written down."""

    assignment_id: int
    role: str
    unit_id: int
    first_day: date
    last_day: date | None
    recorded_on: date


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody in the register, merged rows taken together.

    `facts_on`: the day for which name, birth, sex and phone were last said (list date, or day of a correction).
    `shown`: False where the viewer may not see this person: then nothing of it may be told.
    """

    person_id: int
    names: Names
    sex: str | None = None
    birth: PartialDate | None = None
    phone: str | None = None
    phone_spare: str | None = None
    other_phones: frozenset[str] = frozenset()
    row_keys: frozenset[str] = frozenset()
    posts: tuple[KnownPost, ...] = ()
    facts_on: date | None = None
    shown: bool = True

    @property
    def phones(self) -> frozenset[str]:
        return self.other_phones | frozenset(filter(None, (self.phone, self.phone_spare)))


PostAct = Literal["seen", "add", "earlier", "refine"]


_MOST_POSTS_A_ROW = 100


def planned_id(key: int, index: int) -> int:
    """Stands for the assignment that post `index` of row `key` will be, for the rows below; never a real id."""
    return -(key * _MOST_POSTS_A_ROW + index + 1)


@dataclass(frozen=True, slots=True)
class PostPlan:
    """What is done about one post of a row.

    seen: it is in the register, or in a row above (`assignment_id`, see `planned_id`). add: from the day of the list.
    earlier: a spell that ends the day before the one in the register begins. refine: `assignment_id` stood for the
    whole ward, the list says the hamlet.
    """

    act: PostAct
    role: str
    unit_id: int
    first_day: date
    last_day: date | None = None
    assignment_id: int | None = None


Outcome = Literal["new", "update", "same", "open", "skip", "error"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would happen to one row. Who it is: `person_id`, or the person of row `same_as`, or else somebody new.

    `changes`: field → (before, after) for somebody in the register or in a row above. `open`: what must be answered
    before; `waits_for`: the row above whose questions must be.
    """

    key: int
    outcome: Outcome
    person_id: int | None = None
    same_as: int | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    posts: tuple[PostPlan, ...] = ()
    questions: tuple[Question, ...] = ()
    open: tuple[Kind, ...] = ()
    waits_for: int | None = None
    why: tuple[Reason, ...] = ()

    @property
    def taken_as(self) -> TakenAs:
        """A row that asks, or asked, stays among the questions, so that an answer can be changed."""
        if self.outcome == "error":
            return "error"
        if self.questions or self.waits_for is not None:
            return "ask"
        return self.outcome  # type: ignore[return-value]
