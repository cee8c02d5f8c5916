"""What a long run measured goes into the file that every figure of the project stands in."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.figures import Figure, keep
from benchmarks.machine import surroundings
from tests.long import LONG


def kept(figures: Sequence[Figure]) -> None:
    """Append them if this is the long run; a short one says nothing of the machine and leaves no figures."""
    if LONG:
        keep(figures, surroundings() | {"command": "make faults"})
