"""Histories of devices on bad lines as a Hypothesis state machine, against the application in this process.

The model is small on purpose: which bytes have arrived under which id, and what must have been said to them.
"""

from __future__ import annotations

import contextvars
import hashlib
import io
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, initialize, multiple, rule
from werkzeug.test import EnvironBuilder, run_wsgi_app

from lms.db import db
from tests.faults.client import URL, Sent, prepare
from tests.faults.rows import rows
from tests.faults.seeding import cookie, seed

DEVICES, ACCOUNTS, EACH = 3, 2, 3
CUTS = ("none", "none", "none", "before headers", "mid body", "before the answer", "mid answer")
LUCK = random.SystemRandom()  # which answers are given decides nothing; ids must never come twice in one database
STATUS = {"accepted": 200, "quarantined": 202, "conflict": 409}


@dataclass
class Device:
    """A phone: whose account it is signed in with, and how."""

    owner: int
    cookie: str


class Histories(RuleBasedStateMachine):
    """Three devices, of which two share an account; what a device has written it keeps for ever."""

    app: Flask
    url: str
    told: list[Sent]
    kept = Bundle("kept")
    devices = st.integers(0, DEVICES - 1)
    cuts = st.sampled_from(CUTS)

    @initialize(target=kept)
    def people(self) -> MultipleResults[Sent]:
        """Everybody has written something already: a history is about what happens to it on its way."""
        self.books: list[Sent] = []
        self.arrived: dict[tuple[str, str], str] = {}
        self.accepted: dict[str, str] = {}
        self.closed: set[str] = set()
        self.clock = time_machine.travel(datetime.now(UTC), tick=True)
        self.now = datetime.now(UTC)
        self.clock.start()
        made = seed(self.app, ACCOUNTS, EACH)
        owners = sorted({paper.account_id for paper in made})
        self.papers = {owner: [paper for paper in made if paper.account_id == owner] for owner in owners}
        self.devices_there = [Device(owner, self.papers[owner][0].cookie) for owner in (owners[0], *owners)]
        return multiple(*[self._written(device, paper) for device in range(DEVICES) for paper in range(EACH)])

    @rule(target=kept, device=devices, paper=st.integers(0, EACH - 1))
    def write(self, device: int, paper: int) -> Sent:
        """A device fills in one of its account's papers; twice the same paper is two submissions."""
        return self._written(device, paper)

    def _written(self, device: int, paper: int) -> Sent:
        sent = prepare(self.papers[self.devices_there[device].owner][paper], LUCK)
        self.books.append(sent)
        return sent

    @rule(target=kept, sent=kept)
    def alter(self, sent: Sent) -> Sent:
        """Other content under an id that was used: a device with a fault."""
        content = json.loads(sent.body) | {"note": LUCK.random()}
        body = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
        other = Sent(sent.client_id, sent.ticket, body, sent.claim, sent.person_id, sent.course)
        self.books.append(other)
        return other

    @rule(device=devices, sent=kept, cut=cuts)
    def send(self, device: int, sent: Sent, cut: str) -> None:
        """In any order, from any device, as often as it likes."""
        self._deliver(self.devices_there[device], [sent], cut, alone=True)

    @rule(device=devices, many=st.lists(kept, min_size=2, max_size=4), cut=cuts)
    def send_many(self, device: int, many: list[Sent], cut: str) -> None:
        self._deliver(self.devices_there[device], many, cut, alone=False)

    @rule(days=st.sampled_from((0.1, 1, 89, 91, 400)))
    def wait(self, days: float) -> None:
        self.clock.stop()
        self.now += timedelta(days=days)
        self.clock = time_machine.travel(self.now, tick=True)
        self.clock.start()

    @rule(device=devices, account=st.integers(0, ACCOUNTS - 1))
    def hand_over(self, device: int, account: int) -> None:
        """Somebody else signs in on a phone that still holds what its last user wrote."""
        self.devices_there[device].owner = list(self.papers)[account]
        self._sign_in(self.devices_there[device])

    def teardown(self) -> None:
        if not hasattr(self, "clock"):
            return
        self.clock.stop()
        self.told.extend(one for one in self.books if one.acknowledged)
        ids = "', '".join({one.client_id for one in self.books})
        found = rows(self.url, f"SELECT client_id, sha256, state FROM submission WHERE client_id IN ('{ids}')")
        assert sorted(found) == sorted((*key, state) for key, state in self.arrived.items())

    def _deliver(self, device: Device, many: list[Sent], cut: str, *, alone: bool) -> None:
        body = many[0].body if alone else b"[" + b",".join(sent.body for sent in many) + b"]"
        if cut == "before headers":
            return
        status, answer = self._request(device, body, body[: len(body) // 2] if cut == "mid body" else body)
        if status == 401:  # the visit ran out while there was no line: the learner signs in, the phone tries again
            self._sign_in(device)
            status, answer = self._request(device, body, body[: len(body) // 2] if cut == "mid body" else body)
        if cut == "mid body":
            assert status == 400
            return
        expected = [self._arrives(device, sent) for sent in many]
        assert status == max(STATUS[state] for state in expected)
        if cut == "none":
            self._learns(many, [answer] if alone else answer, expected)

    def _arrives(self, device: Device, sent: Sent) -> str:
        """What must become of it, by the model."""
        key = (sent.client_id, hashlib.sha256(sent.body).hexdigest())
        if key not in self.arrived:
            self.arrived[key] = self._state(device, sent)
        return self.arrived[key]

    def _state(self, device: Device, sent: Sent) -> str:
        if sent.client_id in self.accepted:
            return "conflict"
        own = any(paper.ticket == sent.ticket for paper in self.papers[device.owner])
        if not own or sent.ticket in self.closed:
            return "quarantined"
        self.accepted[sent.client_id] = sent.ticket
        self.closed.add(sent.ticket)
        return "accepted"

    def _learns(self, many: list[Sent], answers: Any, expected: list[str]) -> None:
        assert [told["state"] for told in answers] == expected
        for sent, told in zip(many, answers, strict=True):
            sent.receipt, sent.state = told["receipt"], told["state"]
            sent.receipts.add(told["receipt"])

    def _request(self, device: Device, whole: bytes, arriving: bytes) -> tuple[int, Any]:
        """`arriving` of the `whole` body reach the application, whose headers promise all of it."""
        headers = {"Cookie": device.cookie, "X-LHP": "1"}
        builder = EnvironBuilder(URL, method="POST", headers=headers, content_type="application/json")
        environ = builder.get_environ()
        environ |= {"wsgi.input": io.BytesIO(arriving), "CONTENT_LENGTH": str(len(whole))}
        content, status, _ = contextvars.Context().run(run_wsgi_app, self.app.wsgi_app, environ, buffered=True)
        text = b"".join(content)
        return int(status.split()[0]), json.loads(text)

    def _sign_in(self, device: Device) -> None:
        with self.app.app_context(), db.write():
            device.cookie = cookie(self.app, device.owner)


def machine(app: Flask, url: str) -> type[Histories]:
    """The machine for one application. What its devices were told, over all histories, is in `told`."""
    return type("Histories", (Histories,), {"app": app, "url": url, "told": []})
