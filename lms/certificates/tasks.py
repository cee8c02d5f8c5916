"""Promises that stand in rows: a certificate whose file is not made, an achievement whose certificate has to wait.

Each is found and kept by the worker, or by whoever asks first.
"""

from __future__ import annotations

import structlog
from sqlalchemy import Select, func, select

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.certificates import bulk
from lms.certificates.models import Certificate
from lms.certificates.operations import issue_waiting_of
from lms.certificates.paper import paper_from_json
from lms.certificates.pdf import PaperTooFull, PdfLibrariesMissing, UnprintableText, render_pdf
from lms.certificates.waiting import ready_to_issue
from lms.db import db
from lms.jobs import queue
from lms.people.scope import unscoped
from lms.storage.files import StorageUnavailable, storage

KIND = "certificate-files"
WAITING = "certificates-waiting"
SUFFIX = ".pdf"
FULL = "full"
ERASED = "erased"
LETTERS = "letters: "
_LONGEST_FAULT = 200

log = structlog.get_logger("lms.certificates")


class NotPrintable(Exception):
    """These words cannot be printed as they are; the reason is in the certificate's `pdf_fault`."""


def issue_waiting() -> int:
    """Issue the certificates whose holders have confirmed their names since; returns how many."""
    act_as(SYSTEM)
    ids = db.session.scalars(unscoped(ready_to_issue(), "certificates that wait for nothing any more")).all()
    issued = 0
    for achievement_id in ids:
        if queue.ending():
            break
        try:
            with db.write():
                issued += issue_waiting_of(achievement_id) is not None
        except Exception as error:  # told to the operator; the others do not wait for it
            log.error("certificate not issued", achievement=achievement_id, exc_info=error)
    if issued:
        queue.nudge(KIND)
    return issued


def make_missing_files(*, again: bool = False) -> int:
    """Make the file of every certificate that has none yet; returns how many were made.

    A paper that cannot be printed gets its reason and is left out from then on (`again` tries it once more): it must
    not keep the others waiting. Without PDF libraries or a storage nothing can be made, and everything goes on waiting.
    """
    made = 0
    ids = db.session.scalars(unscoped(_without_file(again), "files that are still to be made")).all()
    for certificate_id, printed in bulk.printed_ahead(ids, _job):
        try:
            make_file(certificate_id, printed)
        except NotPrintable as fault:
            log.warning("certificate not printable", certificate=certificate_id, fault=str(fault))
        except (PdfLibrariesMissing, StorageUnavailable) as missing:
            log.error("no certificate can be printed", exc_info=missing)
            break
        except Exception as error:
            log.error("certificate not printed", certificate=certificate_id, exc_info=error)
        else:
            made += 1
        if queue.ending():
            break
    return made


def make_file(certificate_id: int, printed: bulk.Printed | None = None) -> str:
    """The storage key of a certificate's file, made now if need be. The file is kept as issued: never made twice.

    `printed`: gives the file where another process prints it.
    Raises NotPrintable or PdfLibrariesMissing.
    """
    certificate = _one(certificate_id)
    if certificate.pdf_key == "":
        raise NotPrintable(ERASED)
    if certificate.pdf_key is not None:
        return certificate.pdf_key
    try:
        pdf = printed() if printed else _printed(certificate)
    except (UnprintableText, PaperTooFull) as error:
        raise NotPrintable(_keep_fault(certificate_id, error)) from error
    stored = storage().save("certificates", pdf, SUFFIX)
    with db.write():
        certificate = _one(certificate_id, lock=True)
        if certificate.pdf_key is None:  # another worker may have been quicker; the first file stays
            certificate.pdf_key, certificate.pdf_sha256 = stored.key, stored.sha256
            certificate.pdf_size, certificate.pdf_fault = stored.size, None
        return str(certificate.pdf_key)


def _printed(certificate: Certificate) -> bytes:
    return render_pdf(paper_from_json(certificate.paper), made_on=certificate.recorded_at)


def _job(certificate_id: int) -> bulk.Job | None:
    """None for a paper that cannot be read, too: its own turn tells why."""
    certificate = _one(certificate_id)
    try:
        return bulk.Job(paper_from_json(certificate.paper), certificate.recorded_at)
    except (KeyError, TypeError, ValueError):
        return None


def _keep_fault(certificate_id: int, error: Exception) -> str:
    fault = FULL if isinstance(error, PaperTooFull) else f"{LETTERS}{error}"
    with db.write():
        certificate = _one(certificate_id)
        certificate.pdf_fault = fault[:_LONGEST_FAULT]
        return certificate.pdf_fault


def _without_file(again: bool) -> Select[int]:
    """In no order: two workers who began together then meet at few papers instead of making each one twice."""
    wanted = select(Certificate.id).where(Certificate.pdf_key.is_(None)).order_by(func.random())
    return wanted if again else wanted.where(Certificate.pdf_fault.is_(None))


def _one(certificate_id: int, *, lock: bool = False) -> Certificate:
    query = select(Certificate).where(Certificate.id == certificate_id).execution_options(populate_existing=True)
    query = query.with_for_update() if lock else query
    return db.session.scalars(unscoped(query, "the file of this certificate")).one()
