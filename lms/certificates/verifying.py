"""Whether a certificate, or the file of one, is what we issued: for `lms certificates verify`."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pikepdf
from sqlalchemy import select

from lms.certificates.codes import normalise_code
from lms.certificates.models import Achievement, Certificate
from lms.certificates.queries.cards import CertificateCard, card_of
from lms.certificates.rules import State
from lms.db import db
from lms.people.scope import unscoped

Finding = State | Literal["unknown", "changed"]


@dataclass(frozen=True)
class Verified:
    """`finding`: the state of the certificate; "changed" a file that names it but is not the one we issued;
    "unknown" nothing of ours. `card` is what the register says, whatever the file says.
    """

    finding: Finding
    card: CertificateCard | None = None
    sha256: str | None = None


def verify_code(code: str) -> Verified:
    """`code` as `normalise_code` gives it."""
    card = _find(Certificate.code == code)
    return Verified(card.state, card) if card else Verified("unknown")


def verify_file(data: bytes) -> Verified:
    """The file must be the stored one byte by byte, and the code read back from it that of its row."""
    sha256 = hashlib.sha256(data).hexdigest()
    codes = set(codes_in(data))
    card = _find(Certificate.pdf_sha256 == sha256)
    if card is not None:
        return Verified(card.state if codes == {card.code} else "changed", card, sha256)
    named = [card for code in sorted(codes) if (card := _find(Certificate.code == code))]
    return Verified("changed", named[0], sha256) if named else Verified("unknown", None, sha256)


def codes_in(data: bytes) -> Iterator[str]:
    """The codes that a PDF leads to: the ends of its links to a check page. None for what is no PDF at all."""
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            addresses = [str(address) for page in document.pages for address in _addresses(page)]
    except (pikepdf.PdfError, ValueError):
        return
    for address in addresses:
        before, _slash, last = address.rpartition("/")
        code = normalise_code(last)
        if before.endswith("/c") and code is not None:
            yield code


def _addresses(page: pikepdf.Page) -> Iterator[Any]:
    for note in page.obj.get("/Annots", ()):
        action = note.get("/A")
        if isinstance(action, pikepdf.Dictionary) and "/URI" in action:
            yield action["/URI"]


def _find(condition: Any) -> CertificateCard | None:
    wanted = (
        select(Certificate, Achievement.edition)
        .join(Achievement, Achievement.id == Certificate.achievement_id)
        .where(condition)
    )
    row = db.session.execute(unscoped(wanted, "named by the operator")).one_or_none()
    return card_of(row[0], row[1]) if row else None
