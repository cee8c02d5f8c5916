"""GET /api/v1/coverage: the figures of the manager's page, for programs, with the same rights."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import ServiceUnavailable

from lms.access import requires
from lms.access.current import viewer
from lms.api import schemas
from lms.api.openapi import describe
from lms.coverage import stored
from lms.coverage.answers import answer, as_json, known_words
from lms.coverage.asking import read_basis, read_by, read_question
from lms.coverage.counted import PAGE, answer_of
from lms.coverage.facts import READERS
from lms.coverage.large import is_large

RETRY = 5  # seconds
bp = Blueprint("api_coverage", __name__, url_prefix="/api/v1")


@bp.get("/coverage")
@describe({200: schemas.Coverage, 202: schemas.Counting}, query=schemas.CoverageQuery)
@requires(*READERS, scope="coverage:read")
def coverage() -> Response:
    """How many people count and how many of them are trained, as far as the account sees them.

    Every parameter may be left out; 400 with the reason for one that is wrong. A scope of very many people is counted
    by a job: 202 with how far it is, and when to ask again; then today's answer, whose `known_on` says of when it is.
    """
    asked = request.args
    question = read_question(asked.get("on"), asked.get("tree_on"), asked.get("known_on"), asked.get("scope"))
    by, basis = read_by(asked.get("by")), read_basis(asked.get("basis"))
    if not is_large(viewer(), question):
        return jsonify(as_json(answer(viewer(), question, by=by, basis=basis)))
    known_words(by, basis)
    look = stored.look(viewer(), question, None if by in PAGE else (by,), now=not asked.get("known_on"))
    return _counting(look) if look.found is None else jsonify(as_json(answer_of(look.found, by, basis)))


def _counting(look: stored.Look) -> Response:
    """How far the job is; 503 where the last one failed a few minutes ago."""
    if look.job is None or look.failed:
        raise ServiceUnavailable
    answer = jsonify({"state": "counting", "done": look.job.done, "total": look.job.total})
    answer.status_code, answer.headers["Retry-After"] = 202, str(RETRY)
    return answer
