"""What is wrong with a register of units, as codes with values; `lms.units.words` says them in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` is a key of `lms.units.words.FAULTS`; `values` fill its sentence."""

    code: str
    values: tuple[tuple[str, str | int | date], ...] = ()


class Faulty(ValueError):
    """A document or a register that cannot be used, with every reason found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.code} {dict(fault.values)}" for fault in self.faults))


def fault(code: str, **values: str | int | date) -> Fault:
    return Fault(code, tuple(values.items()))
