"""F8 over the wire: the line breaks at every kind of byte, doubles, holds back and delays what is sent."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator

import pytest

from tests.faults.client import Client, Sent, prepare
from tests.faults.proxy import Plan, Proxy
from tests.faults.recount import recount
from tests.faults.rows import rows
from tests.faults.seeding import Paper, seed
from tests.faults.site import Site, wait_for
from tests.long import LONG

pytestmark = [pytest.mark.both, pytest.mark.timeout(3600 if LONG else 180)]
ROUNDS = 20 if LONG else 1
CLASSES = 12


def test_a_line_that_breaks_anywhere(site: Site) -> None:
    """Each submission is cut off once, then sent again by a device that does not know what arrived."""
    papers = seed(site.app, 1 + CLASSES * ROUNDS)
    site.serve()
    rng = random.Random(8)
    books = [prepare(paper, rng, faultless=paper is papers[0]) for paper in papers]
    with Proxy(site.port) as line:
        Client(line.port).hand_in(books[0], papers[0].cookie)
        head, answer = line.up - len(books[0].body), line.down
        plans = [plan for _ in range(ROUNDS) for plan in _cuts(head, answer, rng)]
        for plan, sent, paper in zip(plans, books[1:], papers[1:], strict=True):
            _cut_once(site, line, plan, sent, paper)
    assert recount(site, books) == []
    assert rows(site.url, "SELECT count(*) FROM submission") == [(1 + CLASSES * ROUNDS,)]


def _cuts(head: int, answer: int, rng: random.Random) -> Iterator[Plan]:
    """Each class of byte boundary: `head` bytes of headers go up, then the body; `answer` bytes come down, a few less
    where the signed cookie in it is shorter."""
    for up in (0, 1, rng.randint(2, head - 5), head - 1, head, head + 1, head + rng.randint(2, 400)):
        yield Plan(cut_up=up)
    for down in (0, 1, rng.randint(2, answer - 60), rng.randint(answer - 50, answer - 9), answer - 8):
        yield Plan(cut_down=down)


def _cut_once(site: Site, line: Proxy, plan: Plan, sent: Sent, paper: Paper) -> None:
    line.plan = plan
    assert Client(line.port).once(sent, paper.cookie) is False, f"{plan} did not cut"
    Client(site.port).hand_in(sent, paper.cookie)
    assert sent.state == "accepted"


def test_a_line_that_doubles_delays_and_reorders(site: Site) -> None:
    papers = seed(site.app, 3, 2)
    site.serve()
    rng = random.Random(9)
    books = [prepare(paper, rng, faultless=paper is papers[0]) for paper in papers]
    with Proxy(site.port) as line:
        for place, plan in ((0, Plan(twice=True)), (1, Plan(delay=0.2)), (2, Plan(twice=True, cut_down=0))):
            line.plan = plan
            Client(line.port).hand_in(books[place], papers[place].cookie, patience=1)
        _reorder(line, books[3:5], papers[3:5])
        line.plan = Plan()
        for sent, paper in zip(books, papers, strict=True):
            Client(line.port).hand_in(sent, paper.cookie)
    assert recount(site, books) == []
    assert rows(site.url, "SELECT count(*) FROM submission") == [(len(books),)]


def _reorder(line: Proxy, books: list[Sent], papers: list[Paper]) -> None:
    """The first waits in the line until the second is through."""
    held, before = threading.Event(), line.connections
    line.plan = Plan(hold=held)
    first = threading.Thread(target=Client(line.port).hand_in, args=(books[0], papers[0].cookie))
    first.start()
    wait_for(lambda: line.connections > before, what="the first is in the line")
    line.plan = Plan()
    Client(line.port).hand_in(books[1], papers[1].cookie)
    assert not books[0].acknowledged
    held.set()
    first.join()
