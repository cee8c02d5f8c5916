"""F1, F2, F3: kill -9 while people hand in. What was acknowledged is there, once; the site comes back by itself."""

from __future__ import annotations

import random
from pathlib import Path

import psycopg
import pytest

from tests.faults.load import Load, under_load
from tests.faults.postgresql import bring_up, kill_postgres
from tests.faults.recount import recount
from tests.faults.seeding import seed
from tests.faults.site import READY_WITHIN, Site, alive, children, kill, wait_for
from tests.long import LONG
from tests.postgres import Cluster

pytestmark = pytest.mark.timeout(3600 if LONG else 180)
RATE = 20 if LONG else 8
WEB_KILLS = {"sqlite": 100 if LONG else 4, "postgresql": 100 if LONG else 2}
SERVICE_KILLS, WORKER_KILLS = (30, 10) if LONG else (3, 1)
POSTMASTER_KILLS, BACKEND_KILLS = (30, 30) if LONG else (2, 2)
SECONDS_PER_KILL = 8


@pytest.mark.both
def test_web_processes(site: Site, engine: str) -> None:
    """F1. The server that lost a web process goes on with the other and starts a new one."""
    papers = seed(site.app, WEB_KILLS[engine] * SECONDS_PER_KILL * RATE // 10, 10)
    site.serve()
    main, rng = site.main, random.Random(1)
    with under_load(site.port, papers, RATE) as load:
        for _ in range(WEB_KILLS[engine]):
            wait_for(lambda: len(site.web_pids()) == site.workers, what="all web processes are there")
            _wait_for_more(load)
            # The newest is spared: the server takes one that ends at once for one that cannot run, and gives up.
            kill(rng.choice(sorted(site.web_pids(), key=_started)[:-1]))
    assert load.under_way is False
    assert site.main is main
    assert alive(main.pid), "the service ended with one of its processes"
    site.wait_ready()
    _nothing_is_missing(site, load)


def test_a_service_that_is_told_to_end_while_its_web_processes_start_ends(site: Site) -> None:
    site.start()
    assert site.main is not None
    wait_for(lambda: len(site.web_pids()) == site.workers, what="the web processes begin to load")
    site.main.terminate()
    assert site.main.wait(timeout=8) == 0


@pytest.mark.both
def test_the_background_worker(site: Site) -> None:
    """The service starts another one, which finds its work in the rows."""
    site.serve()
    for _ in range(WORKER_KILLS):
        (before,) = site.worker_pids()
        kill(before)
        wait_for(lambda killed=before: site.worker_pids() not in ([], [killed]), what="another worker")
    assert site.status("/readyz") == 200


@pytest.mark.both
def test_whole_service(site: Site, engine: str) -> None:
    """F2. Every process of the service at once; whoever watches over it starts it again."""
    papers = seed(site.app, SERVICE_KILLS * SECONDS_PER_KILL * RATE // 10, 10)
    site.serve()
    with under_load(site.port, papers, RATE) as load:
        for _ in range(SERVICE_KILLS):
            _wait_for_more(load)
            site.kill()
            assert site.serve() < READY_WITHIN
    _nothing_is_missing(site, load)


def test_the_starting_process_alone_leaves_nobody_behind(site: Site, engine: str) -> None:
    """Processes that outlive the one that started them would hold the port, and serve old code after an upgrade."""
    site.serve()
    assert site.main is not None
    left = children(site.main.pid)
    kill(site.main.pid)
    site.main.wait()
    try:
        wait_for(lambda: not any(map(alive, left)), 15, "the processes that were left have ended")
    finally:
        for pid in left:
            kill(pid)
    assert site.serve() < READY_WITHIN


def test_postgres(postgres_site: Site, cluster: Cluster) -> None:
    """F3. The whole PostgreSQL at once, and single backends; the site needs no hand when it is back."""
    site = postgres_site
    papers = seed(site.app, (POSTMASTER_KILLS + BACKEND_KILLS) * SECONDS_PER_KILL * RATE // 10, 10)
    site.serve()
    with under_load(site.port, papers, RATE) as load:
        for _ in range(POSTMASTER_KILLS):
            _wait_for_more(load)
            kill_postgres(cluster)
            bring_up(cluster)
            site.wait_ready()
        for _ in range(BACKEND_KILLS):
            _wait_for_more(load)
            _kill_a_backend(site)
            site.wait_ready()
    assert load.tries[500] == 0
    _nothing_is_missing(site, load)


def _wait_for_more(load: Load, count: int = RATE) -> None:
    """So that every kill hits a site at work."""
    reached = len(load.acknowledged) + count
    wait_for(lambda: len(load.acknowledged) >= reached or not load.under_way, 60, "submissions are acknowledged")
    assert load.under_way, "no submissions are left: seed more"


def _started(pid: int) -> int:
    """Clock ticks from the start of the machine to that of the process; 0 for one that is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _kill_a_backend(site: Site) -> None:
    """One connection of the site; PostgreSQL then restarts itself, since its memory may have been left half written."""
    server, _, name = site.url.rpartition("@")[2].partition("/")
    with psycopg.connect(f"postgresql://lms@{server}/postgres", autocommit=True) as connection:
        sql = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
        pids = [pid for (pid,) in connection.execute(sql, [name])]
    kill(random.choice(pids))


def _nothing_is_missing(site: Site, load: Load) -> None:
    taken = [sent for sent in load.sent if sent.tries]
    assert [dict(sent.tries) for sent in taken if not sent.acknowledged] == []
    assert recount(site, taken) == []
