"""The control of every fault test: what the recount is for it finds, in a site where each fault was made by hand."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from tests import databases
from tests.faults.client import URL, Sent, prepare
from tests.faults.recount import coverage, recount
from tests.faults.seeding import Paper, seed
from tests.faults.site import Site

pytestmark = pytest.mark.xdist_group("recount")
LEARNERS = 3
FAULTS = {
    "lost": "DELETE FROM submission WHERE id = 1",
    "altered": "UPDATE submission SET body = body || ' ' WHERE id = 1",
    "another receipt": "UPDATE submission SET receipt = 'AAAA-AAAA' WHERE id = 1",
    "another state": "UPDATE submission SET state = 'quarantined' WHERE id = 1",
    "a score": "UPDATE attempt SET points = points - 0.001 WHERE closed_at IS NOT NULL",
    "a verdict": "UPDATE attempt SET passed = NOT passed WHERE closed_at IS NOT NULL",
    "results": "DELETE FROM item_result WHERE item = 20",
    "an achievement": "DELETE FROM achievement",
    "an achievement of another course": "UPDATE achievement SET course_code = 'c02' WHERE id = 1",
    "an achievement of another day": "UPDATE achievement SET completed_on = '2024-02-29' WHERE id = 1",
    "an achievement of somebody who left": (
        "UPDATE assignment SET last_day = '2025-12-31' "
        "WHERE person_id = (SELECT person_id FROM achievement WHERE id = 1)"
    ),
    "one achievement": "DELETE FROM achievement WHERE id = 1",
    "a number": "UPDATE certificate_book SET last = last + 1",
    "a foreign key": "UPDATE enrolment SET edition_id = 999",
    "the chain": "UPDATE audit_entry SET action = 'nothing' WHERE seq = 5",
}


IN_COVERAGE = {name for name in FAULTS if "achievement" in name}
ONLY_THERE = {name for name in IN_COVERAGE if "achievement of" in name}


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Sent]]:
    """A database in which some submissions arrived, and what their client knows of them."""
    folder = tmp_path_factory.mktemp("recount")
    site = Site(databases.new_sqlite(folder), folder / "instance")
    papers, luck = seed(site.app, LEARNERS), random.Random(2)
    books = [_hand_in(site, paper, prepare(paper, luck, faultless=paper is papers[0])) for paper in papers]
    site.close()
    assert any(sent.claim.passed for sent in books)
    assert recount(site, books) == []
    return folder / "test.sqlite", books


def _hand_in(site: Site, paper: Paper, sent: Sent) -> Sent:
    headers = {"Cookie": paper.cookie, "X-LHP": "1", "Content-Type": "application/json", "Host": "127.0.0.1"}
    told = site.app.test_client(use_cookies=False).post(URL, data=sent.body, headers=headers).get_json()
    sent.receipt, sent.state = told["receipt"], told["state"]
    return sent


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_made_by_hand_is_found(handed_in: tuple[Path, list[Sent]], tmp_path: Path, fault: str) -> None:
    """A figure that is off by one is found by the client's books alone: the site's own checks agree with each other."""
    path, books = handed_in
    copy = tmp_path / "test.sqlite"
    copy.write_bytes(path.read_bytes())
    _break(copy, FAULTS[fault])
    site = Site(f"sqlite:///{copy}", tmp_path / "instance")
    found, of_coverage = recount(site, books), list(coverage(site, books))
    assert found != []
    assert bool(of_coverage) == (fault in IN_COVERAGE)
    assert (found == of_coverage) == (fault in ONLY_THERE)


def test_books_in_which_nobody_passed_prove_nothing(handed_in: tuple[Path, list[Sent]], tmp_path: Path) -> None:
    site = Site(f"sqlite:///{handed_in[0]}", tmp_path / "instance")
    assert [fault for fault in coverage(site, []) if "nobody passed" in fault] != []


def _break(path: Path, statement: str) -> None:
    """Past the triggers that would not let anybody."""
    connection = sqlite3.connect(path, isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    assert connection.execute(statement).rowcount > 0
    connection.close()
