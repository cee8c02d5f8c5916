"""What the sweep takes away, and what it leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.accounts import rules, tasks
from lms.accounts.models import SignInSession, SignInTries
from lms.accounts.operations import tries, visits
from lms.db import db
from lms.jobs.queue import queue
from tests.accounts.conftest import E164, Accounts

pytestmark = pytest.mark.both
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


@pytest.fixture
def clock() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def keys() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(SignInTries.key)))


def sessions() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(SignInSession.id)).all())


def test_a_count_goes_when_it_is_forgotten_and_no_sooner(app: Flask, clock: time_machine.Coordinates) -> None:
    number, address = tries.number_key(E164), tries.address_key("10.0.0.1")
    with db.write():
        tries.begin(number)
    clock.shift(rules.FORGET_AFTER - timedelta(seconds=1))
    with db.write():
        tries.begin_from("10.0.0.1")
    assert tasks.sweep() == 0
    clock.shift(timedelta(seconds=2))
    assert tasks.sweep() == 1
    assert keys() == {address}
    assert number not in keys()


def test_a_lock_that_lasts_is_kept(app: Flask, clock: time_machine.Coordinates) -> None:
    with db.write() as session:
        until = NOW + timedelta(hours=25)
        session.add(SignInTries(key="number:x", wrong=50, last_at=NOW, locked_until=until))
    clock.shift(timedelta(hours=24, minutes=30))
    assert tasks.sweep() == 0
    clock.shift(timedelta(hours=1))
    assert tasks.sweep() == 1


def test_a_visit_goes_a_month_after_it_is_over(app: Flask, accounts: Accounts, clock: time_machine.Coordinates) -> None:
    account = accounts.staff()
    act_as(SYSTEM)
    with db.write():
        visits.open_session(account)
        ended = visits.open_session(account)
        visits.end_token(ended)
    for step, left in (
        (rules.KEEP_ENDED, 2),
        (timedelta(seconds=1), 1),
        (rules.LEARNER_VISIT - timedelta(seconds=2), 1),
        (timedelta(seconds=2), 0),
    ):
        clock.shift(step)
        tasks.sweep()
        assert sessions() == left


def test_the_worker_sweeps_every_minute(app: Flask) -> None:
    assert queue().kinds[tasks.KIND] is tasks.sweep
