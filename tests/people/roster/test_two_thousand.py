"""L8: a list of two thousand rows, half of them in the register: what its dry run says is what is then done."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from benchmarks.countries import UNTIL
from benchmarks.rosters import roster
from lms.access import SYSTEM
from lms.access.current import act_as
from lms.db import db
from lms.operate.simulate.building import build
from lms.operate.simulate.wanted import Wanted
from lms.people.roster.batch import import_list

ROWS = 2_000
TABLES = ("person", "assignment", "roster_import", "roster_row", "audit_entry")


def test_the_dry_run_of_two_thousand_rows_says_what_the_import_does(app: Flask) -> None:
    build(Wanted(posts=ROWS * 6 // 10, provinces=1, seed=1, until=UNTIL), lambda _: None)
    act_as(SYSTEM)
    data, unit_id = roster(ROWS)
    before = counts()
    dry = import_list(data, "list.xlsx", UNTIL, unit_id, dry_run=True)
    assert counts() == before
    real = import_list(data, "list.xlsx", UNTIL, unit_id)
    assert dry["dry_run"] and not real["dry_run"]
    assert {key for key in dry if dry[key] != real[key]} == {"import", "dry_run"}
    added = {name: count - before[name] for name, count in counts().items()}
    assert (added["roster_import"], added["roster_row"]) == (1, ROWS)
    assert (added["person"], added["assignment"]) == (real["applied"]["people"], real["applied"]["posts"])
    assert added["person"] > ROWS // 3


def counts() -> dict[str, int]:
    db.session.rollback()
    return {name: db.session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in TABLES}
