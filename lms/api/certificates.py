"""GET /api/v1/certificates/{code}: the public check of a certificate, for programs. The same facts as the page."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import NotFound

from lms.access import public
from lms.api import schemas
from lms.api.openapi import describe
from lms.certificates.codes import normalise_code
from lms.certificates.queries import checking
from lms.certificates.views.public import brake

bp = Blueprint("api_certificates", __name__, url_prefix="/api/v1")


@bp.get("/certificates/<code>")
@describe({200: schemas.CertificateState}, refusals=(404,))
@public
def certificate(code: str) -> Response:
    """The public check of a certificate.

    404 alike for an unknown code and for what is no code; 429 for an address that asks too often.
    """
    brake()
    whole = normalise_code(code)
    found = checking.check(whole) if whole else None
    if found is None:
        raise NotFound
    return jsonify(
        code=found.code,
        state=found.state,
        holder=found.holder,
        course=found.course,
        edition=found.edition,
        issued_on=found.issued_on.isoformat(),
        valid_until=found.valid_until.isoformat(),
    )
