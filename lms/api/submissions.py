"""POST /api/v1/submissions: what a device has kept is handed in, one or many; each is answered with its receipt.

Body: {"id": UUIDv4, "ticket": text, "answers": [{"item": place from 1, "answer": [option id]}]}, or a list of these.
Unknown keys are stored and never read: the score is made here. A cross-site page can send neither the fixed header
nor our cookie along with it (SameSite, no CORS), so no form token is asked for; a program's token needs neither.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, RequestEntityTooLarge, UnsupportedMediaType

from lms.access import requires
from lms.access.current import viewer
from lms.accounts import bearer
from lms.api import schemas
from lms.api.openapi import describe
from lms.api.schemas import MOST_AT_ONCE
from lms.certificates import tasks
from lms.db import db
from lms.extensions import csrf
from lms.jobs import queue
from lms.quizzes.submissions import Receipt, receive_submission
from lms.web.refusals import Refusal

bp = Blueprint("api_submissions", __name__, url_prefix="/api/v1")
csrf.exempt(bp)

LONGEST_BODY = 256 * 1024
STATUS = {"accepted": 200, "quarantined": 202, "conflict": 409}


@dataclass(frozen=True)
class Sent:
    """One submission of a request. `body`: its canonical bytes as text, whatever the order of its keys was."""

    client_id: str
    body: str


@bp.post("/submissions")
@describe(
    {200: schemas.Receipts, 202: schemas.Receipts, 409: schemas.Receipts},
    body=schemas.Submissions,
    headers=schemas.SubmissionHeaders,
    refusals=(409, 413, 415),
)
@requires("learner", scope="submissions:write", late=True)
def submissions() -> tuple[Response, int]:
    """Hand in finished attempts, one or many; each is answered with its receipt.

    200 accepted or known already, 202 kept for a person (also from a device whose account was closed meanwhile), 409
    other content under a known id; of many the highest.
    400 for what is no submission: nothing of such a request is stored. Sending the same again is harmless.
    """
    if not bearer.presented():
        _refuse_foreign()
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    document = _document()
    many = document if isinstance(document, list) else [document]
    if not 1 <= len(many) <= MOST_AT_ONCE:
        raise Refusal(_("Gửi từ 1 đến %(most)s bài một lần.", most=MOST_AT_ONCE), 400)
    answers = [_answer(sent, _receive(sent)) for sent in [_sent(one) for one in many]]
    queue.nudge(tasks.KIND)
    status = max(STATUS[answer["state"]] for answer in answers)
    return jsonify(answers if isinstance(document, list) else answers[0]), status


def _receive(sent: Sent) -> Receipt:
    """Each in its own transaction: one that cannot be stored takes no other with it."""
    with db.write():
        return receive_submission(viewer(), sent.client_id, sent.body)


def _answer(sent: Sent, receipt: Receipt) -> dict[str, str]:
    return {"id": sent.client_id, "receipt": receipt.code, "state": receipt.state}


def _refuse_foreign() -> None:
    """Only our own pages: the fixed header, and where the browser says from where, from here."""
    site, origin = request.headers.get("Sec-Fetch-Site", "same-origin"), request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if request.headers.get("X-LHP") != "1" or site not in ("same-origin", "none") or foreign:
        raise Forbidden


def _document() -> Any:
    if (request.content_length or 0) > LONGEST_BODY:
        raise RequestEntityTooLarge
    data = request.get_data(cache=False)
    if len(data) > LONGEST_BODY:
        raise RequestEntityTooLarge
    try:
        return json.loads(
            data.decode(),
            object_pairs_hook=_once_each,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
    except (ValueError, RecursionError) as error:
        raise _malformed() from error


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice in one object")
    if "__proto__" in found:  # some readers take it for the object's own nature
        raise ValueError("a key that is no name")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    """1e400 would be read as infinity, and stored as a word that is no JSON."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number beyond what a float holds")
    return number


def _whole(text: str) -> int:
    """As large as a database keeps it; others read a larger one as another number."""
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError("a number beyond 64 bits")
    return number


def _sent(one: Any) -> Sent:
    if not isinstance(one, Mapping) or not isinstance(one.get("ticket"), str) or not _are_answers(one.get("answers")):
        raise _malformed()
    return Sent(_client_id(one.get("id")), json.dumps(one, sort_keys=True, separators=(",", ":")))


def _client_id(value: Any) -> str:
    try:
        found = uuid.UUID(value) if isinstance(value, str) else None
    except ValueError as error:
        raise _malformed() from error
    if found is None or found.version != 4 or str(found) != value:
        raise _malformed()
    return str(found)


def _are_answers(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_answer, value))


def _is_answer(one: Any) -> bool:
    return (
        isinstance(one, Mapping)
        and type(one.get("item")) is int
        and isinstance(one.get("answer"), list)
        and all(isinstance(option, str) for option in one["answer"])
    )


def _malformed() -> Refusal:
    return Refusal(_("Nội dung gửi lên không đúng khuôn của một bài nộp."), 400)
