"""`lms certificates …`: issue what waits, verify a code or a file, replace, revoke. Exit 1 says why, 2: wrong usage."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.certificates import operations, replacing, tasks
from lms.certificates.codes import normalise_code, show_code
from lms.certificates.models import Certificate
from lms.certificates.queries.cards import CertificateCard
from lms.certificates.rules import serial_text
from lms.certificates.verifying import Verified, verify_code, verify_file
from lms.db import db
from lms.jobs import queue
from lms.people.scope import unscoped
from lms.web.refusals import Refusal

cli = AppGroup("certificates", help="Certificates: issue what waits, verify a code or a file, replace, revoke.")
as_json = click.option("--json", "as_json", is_flag=True, help="Machine-readable answer on stdout.")

LARGEST_FILE = 20_000_000
SAID = {
    "valid": "valid",
    "expired": "expired: it was issued here, and no longer counts",
    "revoked": "revoked: it was issued here and withdrawn",
    "replaced": "replaced: it was issued here, and another certificate stands in its place",
    "unknown": "unknown: not issued here",
    "changed": "changed: this file is not the one that was issued",
}


@cli.command("issue")
@as_json
def issue(as_json: bool) -> None:
    """Issue the certificates that wait, and make the files that are missing; exit 1 if some are missing still."""
    issued = tasks.issue_waiting()
    made = tasks.make_missing_files(again=True)
    missing = _without_file()
    _say(as_json, {"issued": issued, "files": made, "without_file": missing})
    sys.exit(1 if missing else 0)


@cli.command("verify")
@click.argument("what", metavar="CODE-or-FILE.pdf")
@as_json
def verify(what: str, as_json: bool) -> None:
    """Exit 0 if the certificate is valid and, for a file, is the file as issued; 1 with the reason if not."""
    found = _verified(what)
    said = {"finding": found.finding, **(_facts(found.card) if found.card else {}), "sha256": found.sha256}
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        _say(False, said | {"finding": SAID[found.finding]})
    sys.exit(0 if found.finding == "valid" else 1)


@cli.command("revoke")
@click.argument("code")
@click.option("--why", required=True, help="The reason; the holder can read it.")
@as_json
def revoke(code: str, why: str, as_json: bool) -> None:
    """Withdraw a certificate and the achievement behind it."""
    act_as(SYSTEM)
    try:
        with db.write():
            certificate = operations.revoke(_code(code), why)
    except Refusal as refusal:
        _refuse(refusal.message)
    except NotFound:
        _refuse(f"no certificate has the code {code!r}")
    serial = serial_text(certificate.serial_no, certificate.serial_year)
    _say(as_json, {"revoked": show_code(certificate.code), "serial": serial, "why": certificate.revoked_reason})


@cli.command("replace")
@click.argument("code")
@as_json
def replace(code: str, as_json: bool) -> None:
    """Issue a certificate in the place of one whose words about the holder were wrong; correct the register first."""
    act_as(SYSTEM)
    try:
        with db.write():
            certificate = replacing.replace_certificate(_code(code))
    except Refusal as refusal:
        _refuse(refusal.message)
    except NotFound:
        _refuse(f"no certificate has the code {code!r}")
    queue.nudge(tasks.KIND)
    serial = serial_text(certificate.serial_no, certificate.serial_year)
    _say(as_json, {"replaced": show_code(_code(code)), "code": show_code(certificate.code), "serial": serial})


def _verified(what: str) -> Verified:
    """A code goes before a file of that name; anything else must be a file that can be read."""
    code, path = normalise_code(what), Path(what)
    if code is not None and not path.exists():
        return verify_code(code)
    if not path.is_file():
        raise click.UsageError(f"{what!r} is neither a certificate's code nor a file")
    if path.stat().st_size > LARGEST_FILE:
        _refuse("no certificate is as large as this file")
    return verify_file(path.read_bytes())


def _code(text: str) -> str:
    code = normalise_code(text)
    if code is None:
        raise click.UsageError(f"{text!r} is no certificate's code")
    return code


def _facts(card: CertificateCard) -> dict[str, Any]:
    return {
        "code": show_code(card.code),
        "serial": card.paper.serial,
        "holder": card.paper.holder_name,
        "course": card.paper.course_title,
        "edition": card.edition,
        "issued_on": card.paper.issued_on.isoformat(),
        "completed_on": card.completed_on.isoformat(),
        "valid_until": card.valid_until.isoformat(),
        "revoked_on": card.revoked_on.isoformat() if card.revoked_on else None,
        "revoked_reason": card.revoked_reason or None,
    }


def _without_file() -> list[dict[str, str]]:
    """The certificates that have no file, with the reason where it lies in their words."""
    waiting = Certificate.pdf_key.is_(None) & Certificate.replaced_at.is_(None)
    query = select(Certificate).where(waiting).order_by(Certificate.id)
    found = db.session.scalars(unscoped(query, "what the operator asked for")).all()
    return [
        {
            "serial": serial_text(one.serial_no, one.serial_year),
            "why": one.pdf_fault or "PDFs cannot be made here: see lms doctor",
        }
        for one in found
    ]


def _refuse(reason: str) -> NoReturn:
    click.echo(f"lms: {reason}", err=True)
    sys.exit(1)


def _say(as_json: bool, answer: dict[str, Any]) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for name, value in answer.items():
        if value not in (None, []):
            click.echo(f"{name}: {value}")
