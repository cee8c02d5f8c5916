"""What somebody typed, taken as a question: by the page, the command line and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from lms.coverage.answers import question
from lms.coverage.facts import Question
from lms.coverage.trend import BASES
from lms.db import utc_now
from lms.text.dates import local_today, read_date, show_date
from lms.web.refusals import Refusal

BASIS_OF = {"con-han": "valid", "luy-ke": "ever"}
NOW_TREE = "hien-nay"


@dataclass(frozen=True)
class Typed:
    """The filter as its fields show it; `faults` says, by field, what cannot be understood."""

    ngay: str
    dia_ban: str
    cach: str
    cay: str
    biet: str
    faults: dict[str, str]

    @property
    def basis(self) -> str:
        return BASIS_OF.get(self.cach, "valid")

    @property
    def query(self) -> dict[str, str]:
        """The same filter as it stands in an address; the day is always there, so that a link keeps its meaning."""
        values = {"ngay": self.ngay, "dia-ban": self.dia_ban, "cach": self.cach, "cay": self.cay, "biet": self.biet}
        return {name: value for name, value in values.items() if value}


def typed(args: Mapping[str, str]) -> Typed:
    day, known = args.get("ngay", "").strip()[:40], args.get("biet", "").strip()[:40]
    faults = {name: not_a_day(text) for name, text in (("ngay", day), ("biet", known)) if text and not read_date(text)}
    cach, cay = args.get("cach", ""), args.get("cay", "")
    return Typed(
        ngay=day or show_date(local_today(utc_now())),
        dia_ban=args.get("dia-ban", "")[:60],
        cach=cach if BASIS_OF.get(cach) == "ever" else "",
        cay=cay if cay == NOW_TREE else "",
        biet=known,
        faults=faults,
    )


def question_of(filled: Typed) -> Question:
    """Raises `Refusal` (400) with the first fault."""
    for fault in filled.faults.values():
        raise Refusal(fault, 400)
    return question(
        on=read_date(filled.ngay),
        tree_on=local_today(utc_now()) if filled.cay == NOW_TREE else None,
        known_on=read_date(filled.biet) if filled.biet else None,
        scope=filled.dia_ban or None,
    )


def read_question(
    on: str | None, tree_on: str | None, known_on: str | None, scope: str | None, plan: str | None = None
) -> Question:
    """For programs: days as 2026-12-14 or 14/12/2026, `known_on` also as an instant with its time zone."""
    return question(on=_day(on), tree_on=_day(tree_on), known_on=_known(known_on), scope=scope or None, plan=plan)


def read_by(text: str | None) -> tuple[str, ...]:
    """ "unit,role" → ("unit", "role"); nothing said: these two; said to be nothing: the total alone."""
    if text is None:
        return ("unit", "role")
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def read_basis(text: str | None) -> str:
    if text and text not in BASES:
        raise Refusal(_("Không hiểu “%(word)s”.", word=text[:60]), 400)
    return text or "valid"


def _day(text: str | None) -> date | None:
    if not text:
        return None
    day = read_date(text)
    if day is None:
        raise Refusal(not_a_day(text[:40]), 400)
    return day


def _known(text: str | None) -> date | datetime | None:
    if not text or read_date(text):
        return _day(text)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(not_a_day(text[:40]), 400) from None
    if instant.tzinfo is None:
        raise Refusal(_("Thời điểm “%(text)s” thiếu múi giờ.", text=text[:40]), 400)
    return instant


def not_a_day(text: str) -> str:
    return str(_("Ngày “%(text)s” không có trong lịch. Ghi ngày, tháng, năm, như 14/12/2026.", text=text))
