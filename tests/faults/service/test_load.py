"""L1, L2, L3: a steady rate, more than can be done, and everybody at once after the line was down for days."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.figures import Figure, at_least, at_most
from tests.faults.client import Client, Sent, prepare
from tests.faults.load import Load, tries_of
from tests.faults.measured import kept
from tests.faults.recount import recount
from tests.faults.rows import rows
from tests.faults.seeding import Paper, seed
from tests.faults.site import Site
from tests.long import LONG

pytestmark = [pytest.mark.both, pytest.mark.timeout(3600 if LONG else 300)]
RATE, SECONDS = (50, 60) if LONG else (20, 4)
STEP_SECONDS = 10
STEPS = [(rate, rate * STEP_SECONDS) for rate in range(50, 401, 50)] if LONG else [(0, 150)]
"""(submissions a second, how many); 0: as many at a time as there are threads."""
AT_A_TIME = 400 if LONG else 150
SATURATED, LEAST = 150, 120
"""From this rate on more is asked than must be done; what must be taken in even then, a second (L2)."""
UNHURRIED = {200} if LONG else {0, 200, 503}
"""What a steady rate may be answered with. The short run asks for no speed: others may be using the machine."""
DEVICES, EVENTS, DOUBLED = (500, 20, 0.1) if LONG else (15, 8, 0.1)


def test_a_steady_rate_loses_doubles_and_misjudges_nothing(site: Site, engine: str) -> None:
    papers = seed(site.app, RATE * SECONDS // 10, 10)
    site.serve()
    load = Load(Client(site.port), papers, RATE).start().join()
    assert len(load.acknowledged) == len(papers)
    assert set(load.tries) <= UNHURRIED, load.tries
    assert recount(site, load.sent) == []
    kept(
        [
            at_least(f"L1 submissions acknowledged, {engine}", len(load.acknowledged), "submissions", len(papers)),
            at_least(f"L1 rate, {engine}", load.rate_reached, "1/s", RATE * 0.95),
            at_most(f"L1 p95, {engine}", load.quantile(0.95) * 1000, "ms", 500),
            at_most(f"L1 p99, {engine}", load.quantile(0.99) * 1000, "ms", 1500),
        ]
    )


def test_more_than_can_be_done_is_turned_away_and_not_lost(site: Site, engine: str) -> None:
    """Above what it can do the site says 503 and when to come again, at once; what it took in stays in time."""
    papers = seed(site.app, sum(count for _, count in STEPS) // 10, 10)
    site.serve()
    every: list[Sent] = []
    for rate, count in STEPS:
        step, papers = papers[:count], papers[count:]
        load = Load(Client(site.port), step, rate, threads=AT_A_TIME, patience=300).start().join()
        every += load.sent
        kept(_figures_of(load, rate, engine))
    tries = tries_of(every)
    assert set(tries) <= {0, 200, 429, 503}, tries
    assert sum(sent.hasty for sent in every) == 0
    assert tries[503] + tries[429] > 0
    assert all(sent.acknowledged for sent in every)
    assert recount(site, every) == []


def _figures_of(load: Load, rate: int, engine: str) -> list[Figure]:
    name = f"L2 at {rate}/s, {engine}"
    taken, reached = f"{name}: acknowledged", load.rate_reached
    return [
        at_least(taken, reached, "1/s", LEAST) if rate >= SATURATED else Figure(taken, reached, "1/s"),
        Figure(f"{name}: turned away", load.tries[503] + load.tries[429], "answers"),
        Figure(f"{name}: p95 of the last try", load.quantile(0.95) * 1000, "ms"),
    ]


def test_everybody_comes_back_at_once(site: Site, engine: str) -> None:
    """Devices that kept their submissions while there was no line: random order, some twice, counted once each."""
    papers = seed(site.app, DEVICES, EVENTS)
    site.serve()
    queues = _queues(papers)
    client, gate = Client(site.port), threading.Barrier(DEVICES)

    def come_back(queue: list[tuple[Sent, str]]) -> None:
        gate.wait()
        for sent, cookie in queue:
            client.hand_in(sent, cookie, patience=300)

    began = time.monotonic()
    with ThreadPoolExecutor(DEVICES) as pool:
        list(pool.map(come_back, queues))
    seconds = time.monotonic() - began
    sent = [one for queue in queues for one, _ in queue]
    assert all(one.acknowledged for one in sent)
    assert rows(site.url, "SELECT count(*) FROM submission WHERE state = 'accepted'") == [(DEVICES * EVENTS,)]
    assert rows(site.url, "SELECT count(*) FROM submission") == [(DEVICES * EVENTS,)]
    assert recount(site, sent) == []
    kept([at_most(f"L3 {DEVICES} devices with {EVENTS} each drained, {engine}", seconds, "s", 180)])


def _queues(papers: list[Paper]) -> list[list[tuple[Sent, str]]]:
    """What each device has kept, in an order of its own; one in ten of them twice."""
    rng = random.Random(3)
    queues: dict[int, list[tuple[Sent, str]]] = {}
    for paper in papers:
        kept_here = (prepare(paper, rng, faultless=paper is papers[0]), paper.cookie)
        queues.setdefault(paper.person_id, []).extend([kept_here] * (2 if rng.random() < DOUBLED else 1))
    for queue in queues.values():
        rng.shuffle(queue)
    return list(queues.values())
