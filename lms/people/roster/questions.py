"""The questions of an import, each once: what several rows ask alike stands where it is asked first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.people.models import RosterRow


@dataclass(frozen=True)
class Asked:
    """One question. `rows`: all rows that it is asked of, in the order of the file; `open`: not answered yet."""

    kind: str
    rows: tuple[RosterRow, ...]
    open: bool

    @property
    def row(self) -> RosterRow:
        """Where it is shown and answered."""
        return self.rows[0]


def questions_once(rows: Sequence[RosterRow]) -> list[Asked]:
    """Those that can still be answered: of rows not yet in the register. Open ones first, then as in the file."""
    asking: dict[tuple[str, str | int], list[RosterRow]] = {}
    for row in rows:
        for question in row.questions if not row.effect else ():
            asking.setdefault((question["kind"], question["alike"] or row.id), []).append(row)
    asked = [Asked(kind, tuple(of), _is_open(kind, of)) for (kind, _alike), of in asking.items()]
    return sorted(asked, key=lambda one: not one.open)


def _is_open(kind: str, rows: Sequence[RosterRow]) -> bool:
    return any(kind in row.parsed["state"]["open"] for row in rows)
