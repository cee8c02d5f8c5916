"""How values are written on a page: days, moments, numbers, shares, phones, periods."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from flask import current_app

from lms.text.dates import local_today, show_date, show_date_long
from lms.text.numbers import NO_FIGURE, cut_percent, show_int
from lms.text.phones import show_phone

NO_BREAK = "\N{NO-BREAK SPACE}"

Number = int | float | Decimal


def _zone() -> str:
    return str(current_app.extensions["settings"].time_zone)


def _local_day(value: date) -> date:
    return local_today(value, _zone()) if isinstance(value, datetime) else value


def day(value: date | None) -> str:
    """05/06/2026; an instant counts as its local day; nothing for None."""
    return "" if value is None else show_date(_local_day(value))


def last_day(end: date) -> str:
    """The last day that counts of what ends when `end` begins: how people read "còn hạn đến hết …"."""
    return show_date(end - timedelta(days=1))


def day_long(value: date | None) -> str:
    """ngày 05 tháng 6 năm 2026, as official papers write it; nothing for None."""
    return "" if value is None else show_date_long(_local_day(value))


def moment(value: datetime | None) -> str:
    """14:12, 24/11/2026 on the wall clock here; ValueError for an instant without a time zone."""
    if value is None:
        return ""
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone has no local time")
    local = value.astimezone(ZoneInfo(_zone()))
    return f"{local:%H:%M}, {show_date(local.date())}"


def clock(value: datetime) -> str:
    """14:12 on the wall clock here, of an instant that is said to be of today."""
    return f"{value.astimezone(ZoneInfo(_zone())):%H:%M}"


def number_vi(value: Number | None) -> str:
    """1.234.567 or 0,5: a point between thousands, a comma before decimals, no idle zeros; "—" for None."""
    if value is None:
        return NO_FIGURE
    whole, _, decimals = f"{Decimal(str(value)):f}".partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    decimals = decimals.rstrip("0")
    return sign + show_int(int(whole)) + (f",{decimals}" if decimals else "")


def score(value: Decimal) -> str:
    """1,3: points with one decimal at most, cut and never rounded up to what was not reached."""
    return number_vi(value.quantize(Decimal("0.1"), ROUND_DOWN))


def tiet(value: Number | None) -> str:
    """8 tiết, 0,5 tiết (a period of teaching)."""
    return f"{number_vi(value)}{NO_BREAK}tiết"


def filesize(size: int) -> str:
    """48 kB, 1,2 MB: what a phone will fetch, never less than it is."""
    thousands = -(-size // 1000)
    if thousands < 1000:
        return f"{thousands}{NO_BREAK}kB"
    return f"{number_vi(Decimal(-(-size // 100_000)) / 10)}{NO_BREAK}MB"


def phone(e164: str | None) -> str:
    """0912 345 678; nothing for None. The spaces do not break."""
    return show_phone(e164).replace(" ", NO_BREAK) if e164 else ""


def pct(n: int, d: int) -> str:
    """86,9 %, cut and never rounded; "—" where there is nobody to count."""
    share = cut_percent(n, d)
    return share if share == NO_FIGURE else f"{share}{NO_BREAK}%"


FILTERS = {
    "day": day,
    "day_long": day_long,
    "last_day": last_day,
    "moment": moment,
    "clock": clock,
    "filesize": filesize,
    "number_vi": number_vi,
    "score": score,
    "phone": phone,
    "tiet": tiet,
}
