"""What one certificate says, as plain values: kept in its row, printed by `pdf`."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from lms.text.khmer import has_khmer

# Joiners and word spaces mean something in Khmer; every other invisible character could only disguise a name.
_KHMER_INVISIBLE = "\u200b\u200c\u200d"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatePaper:
    """Everything printed, as it was true on the day; empty text means that the line is left out.

    `issuer` and `issuer_place` ("Ủy ban nhân dân", "phường Nguyệt Hóa") are two lines in the head and part of
    one sentence below. `birth_text` and `role_and_unit` are whole phrases ("sinh năm 1971"). `code` is bare,
    `check_url` is what the QR holds. Without `signer_name` room is left for a signature by hand. `replaces` is the
    serial of the paper whose place this one takes. `demo` says that the data is invented.
    """

    issuer_parent: str = ""
    issuer: str
    issuer_place: str = ""
    honorific: str
    holder_name: str
    holder_name_km: str = ""
    birth_text: str = ""
    role_and_unit: str = ""
    course_title: str
    from_date: date
    to_date: date
    tiet_online: Decimal = Decimal(0)
    tiet_in_person: Decimal = Decimal(0)
    result: str
    approved_programme: str = ""
    serial: str
    replaces: str = ""
    code: str
    check_url: str
    place: str
    issued_on: date
    signer_title_lines: tuple[str, ...] = ()
    signer_name: str = ""
    demo: bool = False


_FROM_JSON: dict[str, Callable[[Any], Any]] = {
    "from_date": date.fromisoformat,
    "to_date": date.fromisoformat,
    "issued_on": date.fromisoformat,
    "tiet_online": Decimal,
    "tiet_in_person": Decimal,
    "signer_title_lines": tuple,
}


def paper_to_json(paper: CertificatePaper) -> dict[str, Any]:
    """For the `paper` column of a certificate; `paper_from_json` gives the same value back."""
    return {name: _to_json(value) for name, value in asdict(paper).items()}


def _to_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, str | bool) else str(value)


def paper_from_json(stored: Mapping[str, Any]) -> CertificatePaper:
    """The paper as it was stored. KeyError, TypeError or ValueError if `paper_to_json` did not make it."""
    return CertificatePaper(**{**stored, **{name: read(stored[name]) for name, read in _FROM_JSON.items()}})


def cleaned(paper: CertificatePaper) -> CertificatePaper:
    """The same paper with each text in NFC, on one line, without invisible characters."""
    return replace(paper, **{name: _clean(value) for name, value in asdict(paper).items()})


def _clean(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_clean(part) for part in value)
    return clean_text(value) if isinstance(value, str) else value


def clean_text(text: str) -> str:
    """One text as it will be printed: NFC, on one line, without invisible characters."""
    keep = _KHMER_INVISIBLE if has_khmer(text) else ""
    spaced = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))
    shown = (c for c in spaced if c in keep or unicodedata.category(c) not in ("Cc", "Cf"))
    return " ".join("".join(shown).split())


def texts(paper: CertificatePaper) -> list[str]:
    """Each text that is printed as it is."""
    values = [value for value in asdict(paper).values() if isinstance(value, str)]
    return [*values, *paper.signer_title_lines]
