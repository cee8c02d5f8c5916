"""F4: PostgreSQL is restarted, or away for a while. Answers are 503 with a time to come again, never 500."""

from __future__ import annotations

import time

import pytest

from tests.faults.load import Load, under_load
from tests.faults.postgresql import bring_up
from tests.faults.recount import recount
from tests.faults.seeding import Paper, seed
from tests.faults.site import READY_WITHIN, Site, wait_for
from tests.long import LONG
from tests.postgres import Cluster

pytestmark = pytest.mark.timeout(3600 if LONG else 180)
RATE, PAGE = 20, "/khoa-hoc/k1"
TIMES, AWAY = (10, 10.0) if LONG else (1, 5.0)


def test_restarts_and_outages(postgres_site: Site, cluster: Cluster) -> None:
    site = postgres_site
    papers = seed(site.app, int(TIMES * (AWAY + 20) * RATE / 10), 10)
    site.serve()
    with under_load(site.port, papers, RATE) as load:
        for _ in range(TIMES):
            _wait_for_more(load)
            _restart(site, cluster)
            _wait_for_more(load)
            _go_away(site, cluster, papers[0])
    assert set(load.tries) <= {0, 200, 503}, load.tries
    assert load.tries[503] > 50 * load.tries[0], "a line may break once under a busy machine, not as a rule"
    taken = [sent for sent in load.sent if sent.tries]
    assert sum(sent.hasty for sent in taken) == 0
    assert all(sent.acknowledged for sent in taken)
    assert recount(site, taken) == []


def _restart(site: Site, cluster: Cluster) -> None:
    """`pg_ctl restart -m fast`: an upgrade of a minor version."""
    cluster.down("fast")
    bring_up(cluster)
    assert site.wait_ready() < READY_WITHIN


def _go_away(site: Site, cluster: Cluster, paper: Paper) -> None:
    cluster.down("fast")
    until = time.monotonic() + AWAY
    try:
        while time.monotonic() < until:
            for path in ("/readyz", PAGE):
                status, headers = site.get(path, 15, Cookie=paper.cookie)
                assert status == 503, f"{path} answers {status}"
                assert path == "/readyz" or headers["Retry-After"].isdigit()
            assert site.status("/healthz") == 200
    finally:
        bring_up(cluster)
    assert site.wait_ready() < READY_WITHIN
    assert site.get(PAGE, 15, Cookie=paper.cookie)[0] == 200


def _wait_for_more(load: Load) -> None:
    reached = len(load.acknowledged) + RATE
    wait_for(lambda: len(load.acknowledged) >= reached, 60, "submissions are acknowledged")
