"""What a course gives down to be printed: the learning rooms stand above this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class CourseOnPaper:
    """A course as it was when it was completed. `edition` is "code · number · content hash"."""

    code: str
    title: str
    edition: str
    started_on: date
    tiet_online: Decimal
    tiet_in_person: Decimal
    validity_months: int
    approved_programme: str = ""


_NUMBERS = ("tiet_online", "tiet_in_person")


def course_to_json(course: CourseOnPaper) -> dict[str, Any]:
    """For the `paper_facts` of an achievement; `course_from_json` gives the same value back."""
    written = {name: str(getattr(course, name)) for name in (*_NUMBERS, "started_on")}
    return asdict(course) | written


def course_from_json(stored: Mapping[str, Any]) -> CourseOnPaper:
    """The course as it was stored. KeyError, TypeError or ValueError if `course_to_json` did not make it."""
    read: dict[str, Any] = {name: Decimal(stored[name]) for name in _NUMBERS}
    return CourseOnPaper(**{**stored, **read, "started_on": date.fromisoformat(stored["started_on"])})
