"""The fast way equals the slow reference on random histories, and `lms coverage check` sees it where it does not."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from lms.coverage import checking
from lms.coverage.answers import question
from lms.coverage.facts import Question
from lms.coverage.slow import Slow
from lms.db import db, utc_now
from lms.units.models import UnitPath
from tests.coverage.histories import DAYS, INSTANTS, PLAN, START, History, histories, store
from tests.factories import Make


class Enough(Exception):
    """Rolls the example back."""


ASKED = st.tuples(DAYS, DAYS, INSTANTS, st.sampled_from(("all", "now", "plan")))


def asked(on: date, tree_on: date, known_on: datetime, scope: str) -> Question:
    return question(on=on, tree_on=tree_on, known_on=known_on, scope=f"random-{scope}", plan=PLAN)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories(), asking=st.lists(ASKED, min_size=1, max_size=4))
def test_every_cell_list_and_trend_equals_the_slow_reference(
    app: Flask, history: History, asking: list[tuple[date, date, datetime, str]]
) -> None:
    with pytest.raises(Enough), db.write():
        store(history)
        slow = Slow()
        late = (START + timedelta(days=60), START + timedelta(days=70), max(one[2] for one in asking), "all")
        for one in (*asking, late):
            counted, valid, _ = slow.total(asked(*one))
            event(f"people counted: {min(counted, 3)}, valid: {min(valid, 2)}")
            assert list(checking.differences(slow, asked(*one))) == []
        raise Enough


def test_the_check_sees_a_derived_table_that_is_wrong(app: Flask, make: Make) -> None:
    make.assignment(make.person(), "CTV_DS", "tv/p8/khom-4", date(2023, 1, 1))
    today = question(on=date(2026, 12, 14), known_on=utc_now())
    assert checking.check_all(today, alone=True) == (1, [])
    with db.write() as session:
        session.query(UnitPath).filter_by(unit_id=make.unit_id("tv/p8/khom-4")).delete()
    _, differences = checking.check_all(today, alone=True)
    assert differences
