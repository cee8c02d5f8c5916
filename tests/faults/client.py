"""A client that keeps its own books: what it sent, which answer it got, which score it must have got.

It knows nothing of the server's code: bytes over a socket, the same bytes again after anything but an answer.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.faults import scoring
from tests.faults.scoring import Score
from tests.faults.seeding import Paper

URL = "/api/v1/submissions"
PASS_PERCENT = 80
LONGEST_PAUSE = 2.0
AGAIN = (429, 500, 502, 503, 504)
Answers = Mapping[int, Sequence[str]]


@dataclass
class Sent:
    """One submission. `seconds`: of the try that was answered. `tries`: status (0: no answer) → how often.

    `receipts`: all that were told for it; more than one would be a fault.
    """

    client_id: str
    ticket: str
    body: bytes
    claim: Score
    person_id: int
    course: str
    receipt: str | None = None
    state: str | None = None
    receipts: set[str] = field(default_factory=set)
    seconds: float = 0.0
    tries: Counter[int] = field(default_factory=Counter)
    hasty: int = 0
    """How many refusals said nothing of when to come again."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def acknowledged(self) -> bool:
        return self.receipt is not None


def fill_in(paper: Paper, rng: random.Random) -> Answers:
    """An answer to most items, right four times of five."""
    answers = {}
    for place, body in enumerate(paper.bodies, 1):
        options = scoring.options(body)
        some = rng.sample(options, rng.randint(1, len(options)) if body["type"] == "multiple" else 1)
        luck = rng.random()
        if luck < 0.97:
            answers[place] = scoring.right_options(body) if luck < 0.8 else some
    return answers


def prepare(paper: Paper, rng: random.Random, *, faultless: bool = False) -> Sent:
    """A submission of the paper: its id, its bytes in their canonical form, and the score that they claim."""
    best = {place: scoring.right_options(body) for place, body in enumerate(paper.bodies, 1)}
    answers, client_id = best if faultless else fill_in(paper, rng), str(uuid.UUID(int=rng.getrandbits(128), version=4))
    content = {
        "id": client_id,
        "ticket": paper.ticket,
        "answers": [{"item": place, "answer": list(answer)} for place, answer in sorted(answers.items())],
    }
    body = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    claim = scoring.claim(paper.bodies, answers, PASS_PERCENT)
    return Sent(client_id, paper.ticket, body, claim, paper.person_id, paper.course)


class Client:
    """Sends to one address over a connection per thread. `timeout`: seconds of silence that count as no answer."""

    def __init__(self, port: int, *, timeout: float = 10.0) -> None:
        self.port, self.timeout = port, timeout
        self._own = threading.local()

    def hand_in(self, sent: Sent, cookie: str, *, patience: float = 60.0) -> Sent:
        """Send until it is answered, with growing pauses; after `patience` seconds it stays unacknowledged."""
        until, pause = time.monotonic() + patience, 0.1
        while not self.once(sent, cookie) and time.monotonic() + pause < until:
            time.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, LONGEST_PAUSE)
        return sent

    def once(self, sent: Sent, cookie: str) -> bool:
        """One try; True when there is nothing left to try: acknowledged, or refused for good."""
        began = time.monotonic()
        status, headers, told = self.post(sent.body, cookie)
        sent.tries[status] += 1
        sent.seconds = time.monotonic() - began
        if status in AGAIN:
            sent.hasty += not headers.get("retry-after", "").isdigit()
        if status in (200, 202, 409):
            answer = json.loads(told)
            sent.receipt, sent.state = answer["receipt"], answer["state"]
            sent.receipts.add(answer["receipt"])
        return status != 0 and status not in AGAIN

    def post(self, body: bytes, cookie: str) -> tuple[int, Mapping[str, str], bytes]:
        """(status, headers by their names in small letters, content); status 0 if there was no whole answer."""
        headers = {"Cookie": cookie, "X-LHP": "1", "Content-Type": "application/json"}
        connection = self._connection()
        try:
            connection.request("POST", URL, body, headers)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            # Cut within its head an answer looks whole: without a length it may go on to the end of the line.
            return answer.status if "content-length" in headers else 0, headers, answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return 0, {}, b""

    def _connection(self) -> http.client.HTTPConnection:
        if not hasattr(self._own, "connection"):
            self._own.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        return self._own.connection
