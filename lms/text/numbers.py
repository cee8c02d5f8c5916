"""Figures as Vietnamese reports print them."""

from __future__ import annotations

NO_FIGURE = "—"


def _cut_tenths(part: int, whole: int) -> tuple[int, int]:
    if part < 0 or whole < 0:
        raise ValueError("a share is made of counts, and counts are not negative")
    return divmod(part * 1000 // whole, 10)


def cut_percent_point(n: int, d: int) -> str:
    """n of d in percent with one decimal, cut and never rounded, for programs: "86.9"; "—" for d = 0."""
    if d == 0:
        return NO_FIGURE
    units, tenths = _cut_tenths(n, d)
    return f"{units}.{tenths}"


def cut_percent(n: int, d: int) -> str:
    """n of d in percent with one decimal, for people: "86,9"; "—" for d = 0.

    Cut, never rounded: 899 of 999 is "89,9" and must not look like the 90 of a target that was missed.
    """
    return cut_percent_point(n, d).replace(".", ",")


def show_int(n: int) -> str:
    """1234567 → "1.234.567"."""
    return f"{n:,}".replace(",", ".")
