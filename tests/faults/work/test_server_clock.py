"""The server's clock goes wrong (safety.md F10): five years ahead, back an hour, back three years.

Dates of a certificate never precede its completion, the record stays whole, and no door opens by it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lms.accounts import rules
from lms.accounts.rules import Tries, begin_address_try, begin_try
from lms.db import at_time
from lms.web.refusals import Refusal
from tests.factories import Make
from tests.faults import recount
from tests.faults.rows import from_json, rows
from tests.faults.site import Site
from tests.faults.work import clocked
from tests.quizzes.learners import attempt_of, begin, hand_in, new_learner, payload, wrong

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def lived(quick: Site, tmp_path: Path) -> list[dict[str, Any]]:
    """What the doors said at each stop, the site left as it then is."""
    if LIBRARY is None:
        pytest.skip("libfaketime is not installed (apt-get install libfaketime)")
    clock = tmp_path / "clock"
    clocked.set_clock(clock, clocked.STOPS[0])
    faked = {"LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
    command = [sys.executable, "-m", "tests.faults.work.clocked", str(clock)]
    environment = quick.env | faked | {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.attack("S25")
@pytest.mark.both
def test_a_clock_that_jumps_makes_no_paper_impossible_and_opens_no_door(
    lived: list[dict[str, Any]], quick: Site
) -> None:
    *stops, later = lived
    years = [datetime.fromisoformat(one["now"]).year - datetime.now(UTC).year for one in stops]
    assert years[0] == 0 and years[1] in (4, 5) and years[3] in (-3, -2), "the clock did jump"
    assert [(one["issued"], one["handed in"], one["record"]) for one in stops] == [(1, "accepted", [])] * len(stops)
    assert [one["before"]["page"] for one in stops] == [200] * len(stops)
    assert [one["after"]["page"] for one in stops] == [200, 303, 303, 303], "only without a jump the cookie holds"
    assert all(one["before"]["door"].startswith("wait") for one in stops)
    waits = [one["after"]["door"] for one in stops]
    assert waits[1] == "in", "five years are longer than any lock"
    assert all(told.startswith("wait") for told in (waits[0], *waits[2:])), waits
    assert max(float(told.split()[1]) for told in (waits[0], *waits[2:])) <= rules.LONGEST_LOCK.total_seconds()
    assert later["after"]["door"] == "in", "nobody waits for years"
    assert impossible(quick) == []
    assert [*recount.stored_once(quick.url), *recount.nothing_half_done(quick.url)] == []


def impossible(site: Site) -> list[str]:
    """Papers whose dates cannot be: issued or begun on the wrong side of their completion, or never valid."""
    found = rows(
        site.url, "SELECT serial_year, serial_no, issued_on, completed_on, valid_until, paper FROM certificate"
    )
    assert len(found) == 2 * len(clocked.STOPS)
    faults = []
    for year, number, *days, paper in found:
        issued, completed, until = map(day, days)
        told = from_json(paper)
        begun, ended, printed = (day(told[name]) for name in ("from_date", "to_date", "issued_on"))
        if not (begun <= ended == completed <= issued == printed and completed < until and issued.year == year):
            faults.append(f"{number}/{year}: {begun} {ended} {completed} {issued} {printed} {until}")
    return faults


def day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


HOUR, YEARS = timedelta(hours=1), timedelta(days=1095)
LOCKED = Tries(10, NOW, NOW + rules.LOCK)


@pytest.mark.parametrize("step", [HOUR, YEARS])
@pytest.mark.parametrize("begin_again", [begin_try, begin_address_try])
def test_a_lock_waits_once_more_by_the_new_clock(begin_again: Any, step: timedelta) -> None:
    """Neither open at once, nor closed until the old clock's time comes again."""
    back = NOW - step
    tries, refusals = LOCKED, 0
    while (verdict := begin_again(tries, back)).refused:
        assert verdict.wait <= rules.LOCK
        tries, back, refusals = verdict.tries, back + timedelta(minutes=1), refusals + 1
    assert refusals == 15


@pytest.mark.both
def test_who_may_try_the_quiz_again_is_not_told_to_come_in_five_years(make: Make) -> None:
    """Nor may she at once where the clock is right: the control."""
    make.edition()
    learner = new_learner(make)
    with at_time(NOW + YEARS):
        ticket = begin(learner)
        hand_in(learner, payload(ticket, wrong))
        assert attempt_of(ticket).passed is False
        with pytest.raises(Refusal, match="nghỉ một chút"):
            begin(learner)
    with at_time(NOW):
        assert begin(learner) != ticket
