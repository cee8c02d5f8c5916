"""GET /api/v1/coverage: the figures of the manager's page, for programs, with the same rights."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from lms.access import requires
from lms.access.current import viewer
from lms.api import schemas
from lms.api.openapi import describe
from lms.coverage.answers import answer, as_json
from lms.coverage.asking import read_basis, read_by, read_question
from lms.coverage.facts import READERS

bp = Blueprint("api_coverage", __name__, url_prefix="/api/v1")


@bp.get("/coverage")
@describe({200: schemas.Coverage}, query=schemas.CoverageQuery)
@requires(*READERS, scope="coverage:read")
def coverage() -> Response:
    """How many people count and how many of them are trained, as far as the account sees them.

    Every parameter may be left out; 400 with the reason for one that is wrong.
    """
    asked = request.args
    question = read_question(asked.get("on"), asked.get("tree_on"), asked.get("known_on"), asked.get("scope"))
    found = answer(viewer(), question, by=read_by(asked.get("by")), basis=read_basis(asked.get("basis")))
    return jsonify(as_json(found))
