"""The persons of a record as plain values: whose it is, what they did where, and who wrote things down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Who:
    """`actor` as the rows and the audit have it; `name` as an office sees it ("" for an account that is gone)."""

    actor: str
    name: str


@dataclass(frozen=True)
class RosterSource:
    """The row of a staff list that a post came from."""

    import_id: int
    file_name: str
    file_sha256: str
    list_date: date
    sheet: str
    row_no: int
    entered_by: Who


@dataclass(frozen=True)
class Post:
    """A post that ran on the day of the record. `place` is level → name as of that day, from the hamlet up.

    `known_then`: it stood in the register when the record was made; `stands`: it has not been corrected since.
    """

    assignment_id: int
    person_id: int
    role_code: str
    role: str
    line: str
    unit_key: str
    place: dict[str, str]
    place_now: str
    first_day: date
    last_day: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    superseded_by_id: int | None
    known_then: bool
    stands: bool
    from_list: RosterSource | None


@dataclass(frozen=True)
class NameWord:
    """What the learner said of the name that was to be printed."""

    person_id: int
    answer: str
    full_name: str
    birth: str
    message: str | None
    recorded_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True)
class Merge:
    person_id: int
    into_id: int
    recorded_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True)
class Holder:
    """`person_id` is the entry the record was written for; after merges it is `person_id_now`. `phone` is masked.

    `…_then`: what the register said when the record was written; None where retention has deleted that.
    """

    person_id: int
    name_then: str | None
    birth_then: str | None
    person_id_now: int
    name_now: str
    birth_now: str
    sex: str | None
    phone: str
    on: date
    posts: tuple[Post, ...]
    words: tuple[NameWord, ...]
    merges: tuple[Merge, ...]
