"""A certificate as pages show it, whoever looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access import Viewer
from lms.certificates import rules
from lms.certificates.codes import normalise_code
from lms.certificates.models import Achievement, Certificate
from lms.certificates.paper import CertificatePaper, paper_from_json
from lms.certificates.rules import State
from lms.db import db, utc_now
from lms.people.scope import visible
from lms.text.dates import local_today


@dataclass(frozen=True)
class CertificateCard:
    """`paper` is what was printed; `state` is as of today; `file_size` in bytes, None until the file is made.

    `fault` is the `pdf_fault` of the row.
    """

    id: int
    person_id: int
    code: str
    paper: CertificatePaper
    edition: str
    completed_on: date
    valid_until: date
    state: State
    revoked_on: date | None
    replaced_on: date | None
    revoked_reason: str
    file_size: int | None
    has_file: bool
    fault: str

    @property
    def stands(self) -> bool:
        """Neither revoked nor replaced; it may have expired."""
        return self.state in ("valid", "expired")

    @property
    def study(self) -> str:
        return rules.study_text(self.paper.tiet_online, self.paper.tiet_in_person)


def card_of(certificate: Certificate, edition: str | None) -> CertificateCard:
    """`edition` as the achievement has it ("k1 · 2 · hash")."""
    revoked_on = local_today(certificate.revoked_at) if certificate.revoked_at else None
    return CertificateCard(
        id=certificate.id,
        person_id=certificate.person_id,
        code=certificate.code,
        paper=paper_from_json(certificate.paper),
        edition=rules.edition_number(edition),
        completed_on=certificate.completed_on,
        valid_until=certificate.valid_until,
        state=state_of(certificate),
        revoked_on=revoked_on,
        replaced_on=local_today(certificate.replaced_at) if certificate.replaced_at else None,
        revoked_reason=certificate.revoked_reason or "",
        file_size=certificate.pdf_size,
        has_file=bool(certificate.pdf_key),
        fault=certificate.pdf_fault or "",
    )


def state_of(certificate: Certificate) -> State:
    """Expired is computed by the clock, revoked and replaced hold from the moment it was done."""
    today = local_today(utc_now())
    return rules.state_on(
        certificate.valid_until,
        today,
        revoked_on=today if certificate.revoked_at else None,
        replaced=certificate.replaced_at is not None,
    )


def certificate_for(who: Viewer, code: str) -> tuple[Certificate, CertificateCard]:
    """The certificate, if the viewer is its holder or may see the holder; otherwise 404, as for an unknown code."""
    wanted = (
        select(Certificate, Achievement.edition)
        .join(Achievement, Achievement.id == Certificate.achievement_id)
        .where(Certificate.code == normalise_code(code))
        .execution_options(populate_existing=True)
    )
    row = db.session.execute(visible(who, wanted, of=Certificate)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], card_of(row[0], row[1])


def replacement_of(who: Viewer, certificate: Certificate) -> CertificateCard | None:
    """The certificate that stands in the place of a replaced one."""
    code = select(Certificate.code).where(Certificate.replaces_id == certificate.id)
    found = db.session.scalar(visible(who, code, of=Certificate)) if certificate.replaced_at else None
    return certificate_for(who, found)[1] if found else None
