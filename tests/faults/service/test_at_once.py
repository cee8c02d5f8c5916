"""Twenty threads finish the same attempt over the wire: one result, whichever way they come."""

from __future__ import annotations

import copy
import random
import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.client import Client, Sent, prepare
from tests.faults.recount import recount
from tests.faults.rows import rows
from tests.faults.seeding import seed
from tests.faults.site import Site
from tests.long import LONG

pytestmark = [pytest.mark.both, pytest.mark.timeout(3600 if LONG else 180)]
THREADS, ROUNDS = 20, 20 if LONG else 2


def test_the_same_bytes_get_the_same_receipt(site: Site) -> None:
    papers = seed(site.app, ROUNDS)
    site.serve()
    books = [prepare(paper, random.Random(place), faultless=place == 0) for place, paper in enumerate(papers)]
    for sent, paper in zip(books, papers, strict=True):
        _at_once(site, [copy.deepcopy(sent) for _ in range(THREADS)], paper.cookie, sent)
        assert len(sent.receipts) == 1
        assert sent.state == "accepted"
    assert rows(site.url, "SELECT count(*) FROM submission") == [(ROUNDS,)]
    assert recount(site, books) == []


def test_of_different_submissions_one_counts_and_all_are_kept(site: Site) -> None:
    papers = seed(site.app, ROUNDS)
    site.serve()
    books: list[Sent] = []
    for paper in papers:
        written = prepare(paper, random.Random(7), faultless=paper is papers[0])
        bodies = [_with_id(copy.deepcopy(written), str(uuid.uuid4())) for _ in range(THREADS)]
        _at_once(site, bodies, paper.cookie)
        assert Counter(sent.state for sent in bodies) == {"accepted": 1, "quarantined": THREADS - 1}
        books += bodies
    assert recount(site, books) == []


def _at_once(site: Site, bodies: list[Sent], cookie: str, into: Sent | None = None) -> None:
    client, gate = Client(site.port, timeout=30), threading.Barrier(len(bodies))

    def send(sent: Sent) -> Sent:
        gate.wait()
        return client.hand_in(sent, cookie)

    with ThreadPoolExecutor(len(bodies)) as pool:
        done = list(pool.map(send, bodies))
    if into is not None:
        into.receipt, into.state = done[0].receipt, done[0].state
        into.receipts = {receipt for sent in done for receipt in sent.receipts}


def _with_id(sent: Sent, client_id: str) -> Sent:
    sent.body = sent.body.replace(sent.client_id.encode(), client_id.encode())
    sent.client_id = client_id
    return sent
