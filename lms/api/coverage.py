"""GET /api/v1/coverage: the figures of the manager's page, for programs, with the same rights."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from lms.access import requires
from lms.access.current import viewer
from lms.coverage.answers import answer, as_json
from lms.coverage.asking import read_basis, read_by, read_question
from lms.coverage.facts import READERS

bp = Blueprint("api_coverage", __name__, url_prefix="/api/v1")


@bp.get("/coverage")
@requires(*READERS)
def coverage() -> Response:
    """`on`, `tree_on`, `known_on`, `scope`, `by`, `basis`, all optional; 400 with the reason for a wrong one."""
    asked = request.args
    question = read_question(asked.get("on"), asked.get("tree_on"), asked.get("known_on"), asked.get("scope"))
    found = answer(viewer(), question, by=read_by(asked.get("by")), basis=read_basis(asked.get("basis")))
    return jsonify(as_json(found))
