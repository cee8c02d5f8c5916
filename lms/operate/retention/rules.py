"""The rules of keeping, in one place: what, why, how long, and what then happens (domain.md §6).

The page "Quyền riêng tư" and docs/privacy.md say the same in words; a test holds them together.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from lms.text.dates import add_months, day_begins

TEN_YEARS = 120


class Rule(NamedTuple):
    """`months` or `days` after the moment that `since` names; neither: for good, or swept by another part."""

    code: str
    what: str
    basis: str
    since: str
    then: str
    months: int = 0
    days: int = 0


_BASIS = "domain.md §6 (proposal, to be checked against the archives act 33/2024)"

RULES = (
    Rule(
        "answers",
        "answers of a quiz, item by item, and what devices sent",
        f"data no longer needed once the score stands; {_BASIS}",
        "the attempt was closed (begun, if it never was)",
        "deleted; the score stays, sums for the authors' statistics stay without a person",
        months=24,
    ),
    Rule(
        "rosters",
        "staff lists that were sent in: file, cells, what was asked and decided",
        f"the register holds what was confirmed; {_BASIS}",
        "the list was entered, undone or put aside; twelve months for one that nobody decided",
        "file and cells deleted; hashes and what each row became stay",
        days=90,
    ),
    Rule(
        "audit",
        "before and after in the audit",
        f"at least twelve months are asked for; {_BASIS}",
        "the entry was written",
        "deleted; the entry (who, what, when) and the chain of hashes stay",
        months=24,
    ),
    Rule(
        "contact",
        "phone, remarks and the account of somebody who left",
        f"nobody to call any more; {_BASIS}",
        "the last post ended, and the last learning (passed or not) and visit",
        "numbers and secrets deleted, account closed, devices signed out; the training record stays",
        months=12,
    ),
    Rule(
        "person",
        "name and birth date of somebody who left long ago, and on their certificates",
        f"the training record is kept ten years after the last post; {_BASIS}",
        "the last post ended, and the last learning (passed or not) and visit; every certificate has expired",
        "replaced by a number; posts, trainings and the book of certificates stay, so no figure changes",
        months=TEN_YEARS,
    ),
    Rule(
        "visits",
        "devices that were signed in",
        "only to go on where one stopped",
        "the visit was over",
        "deleted by the worker (lms/accounts/tasks.py), without this command",
        days=30,
    ),
    Rule(
        "book",
        "the book of certificates: serial, code, course, dates, state, hash of the file",
        f"permanent; {_BASIS}",
        "never",
        "stays; the holder's name in it goes with the rule `person`",
    ),
)
ABANDONED_LIST_MONTHS = 12


def rule(code: str) -> Rule:
    return next(one for one in RULES if one.code == code)


def pseudonym(person_id: int) -> str:
    """What stands where a name stood. The triggers of migration 0008 accept exactly this."""
    return f"Người số {person_id}"


def due_day(code: str, on: date) -> date:
    """The last day whose things are due on `on`."""
    found = rule(code)
    return add_months(on, -found.months) - timedelta(days=found.days)


def end_of(day: date) -> datetime:
    """The instant at which the day is over here."""
    return day_begins(day + timedelta(days=1)).astimezone(UTC)
