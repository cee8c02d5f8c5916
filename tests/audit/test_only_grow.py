"""What only grows is kept by the database itself: the list of data-model.md, asked of every table and column."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, text

from lms.audit.rules import KEPT_FOREVER
from lms.db import Base, db
from lms.jobs.models import Job
from lms.people.models import PersonMerge, RosterImport, RosterRow
from lms.units.models import Unit
from tests.factories import Make
from tests.quizzes.learners import begin, hand_in, new_learner, payload
from tests.refused import refused

pytestmark = pytest.mark.both

# Every column of these may not be written again, except those named; nothing is removed.
GROWING: dict[str, set[str]] = {
    "audit_entry": set(),
    "attempt": {"closed_at", "points", "points_max", "passed"},
    "attempt_step": set(),
    "item_result": set(),
    "submission": {"state", "reason", "decision", "decided_by", "decided_at"},
    "edition": set(),
    "edition_file": set(),
    "question": {"category"},
    "question_version": set(),
    "achievement": {"verified_at", "revoked_at", "revoked_reason", "superseded_at", "superseded_by_id"},
    "certificate": {"pdf_key", "pdf_sha256", "pdf_size", "pdf_fault", "revoked_at", "revoked_reason", "replaced_at"},
    "assignment": {"superseded_at", "superseded_by_id", "roster_row_id"},
    "person_merge": {"undone_at"},
    "identity_check": {"resolved_at"},
    "roster_confirmation": set(),
    "roster_import": {"state", "reading", "confirmed_at", "undone_at"},
    "roster_row": {
        "parsed",
        "taken_as",
        "why",
        "questions",
        "person_id",
        "decision",
        "decided_by",
        "decided_at",
        "effect",
    },
    "account_grant": {"revoked_at"},
    "requirement_set": set(),
}
NOT_GROWING = {
    "account": "a phone, a PIN and a language change; what was done is in the record",
    "api_token": "withdrawn and used by its own columns; what was done is in the record",
    "audit_detail": "never reworded, but retention removes it (below)",
    "audit_head": "only goes forward (below)",
    "certificate_book": "only goes up (below)",
    "coverage_answer": "the last answer to a question, counted anew from the facts whenever somebody asks",
    "course": "title and motif follow its newest edition",
    "edition_item": "frozen with its edition (below)",
    "enrolment": "a resume point; what was achieved is in `achievement`",
    "item_tally": "written by retention alone, guarded by its own migration (0008)",
    "job": "how far something has come, for whoever watches",
    "lesson": "frozen with its edition (below)",
    "lesson_progress": "a comfort, no proof (domain.md §6)",
    "module": "frozen with its edition (below)",
    "person": "corrected in place, before and after in the record",
    "plan": "ships with the program",
    "plan_role": "ships with the program",
    "quiz": "frozen with its edition (below)",
    "retention_pass": "written by retention alone, guarded by its own migration (0008)",
    "retention_run": "written by retention alone, guarded by its own migration (0008)",
    "role": "ships with the program",
    "sign_in_session": "swept when it is over",
    "sign_in_tries": "swept when they are forgotten",
    "unit": "what a unit is stands in its versions",
    "unit_alias": "what people write",
    "unit_lineage": "corrected when a document of units is taken in again; before and after in the record",
    "unit_path": "derived",
    "unit_scope": "ships with the program",
    "unit_scope_root": "ships with the program",
    "unit_version": "never overlaps; corrected as the lineage is, before and after in the record",
}
"""Every other table, and why it may change: a new table is decided upon here or in `GROWING`."""
NOW = "'2026-11-24 08:00:00'"
SET_ONCE = {
    "submission": f"decision = 'kept', decided_by = 'account:1', decided_at = {NOW}",
    "achievement": f"revoked_at = {NOW}, revoked_reason = 'nhầm', superseded_at = {NOW}",
    "certificate": f"revoked_at = {NOW}, revoked_reason = 'nhầm'",
    "person_merge": f"undone_at = {NOW}",
    "identity_check": f"resolved_at = {NOW}",
    "account_grant": f"revoked_at = {NOW}",
    "roster_import": f"confirmed_at = {NOW}",
}
OTHERS_REFUSED = (
    "DELETE FROM audit_head",
    "UPDATE audit_head SET seq = seq - 1",
    "UPDATE audit_head SET hash = 'x'",
    "UPDATE audit_detail SET details = '{}'",
    "DELETE FROM certificate_book",
    "UPDATE certificate_book SET last = last - 1",
    "UPDATE certificate_book SET year = year + 1",
    "UPDATE lesson SET body = body",
    "DELETE FROM lesson",
    "UPDATE module SET title = title",
    "DELETE FROM module",
    "UPDATE quiz SET pass_percent = 1",
    "DELETE FROM quiz",
    "DELETE FROM edition_item",
    "UPDATE achievement SET verified_at = NULL",  # what we judged ourselves is verified at once
)
FORWARD = {"staged": {"confirmed", "dropped"}, "confirmed": {"undone"}, "undone": set[str](), "dropped": set[str]()}
"""State of a staff list → what may follow."""
REFUSALS = ("never", "once", "only go", "is closed", "closed attempt stays")
ALLOWED = ("DELETE FROM audit_detail", "UPDATE audit_head SET seq = seq + 1, hash = 'x'")


@pytest.fixture
def site(app: Flask, make: Make) -> Flask:
    """A learner who passed: at least one row in every table that is asked."""
    make.edition()
    learner = new_learner(make)
    hand_in(learner, payload(begin(learner)))
    make.account("Người Soạn", capability="trainer")
    twin = make.person()
    with db.write() as session:
        session.add(PersonMerge(person_id=twin, into_id=learner.person_id))
        columns = "unit_id, as_of, people, confirmed_by, recorded_at"
        confirmed = f"SELECT id, '2026-11-24', 1, 'account:1', {NOW} FROM unit LIMIT 1"
        session.execute(text(f"INSERT INTO roster_confirmation ({columns}) {confirmed}"))
        session.add(staged_list("staged"))
    return app


def staged_list(state: str) -> RosterImport:
    unit_id = db.session.scalars(select(Unit.id).limit(1)).one()
    row = RosterRow(sheet="Khóm 1", row_no=7, raw=["Lê Thị Mơ"], parsed={}, taken_as="new", why=[], questions=[])
    file = {"file_name": "ds.xlsx", "file_sha256": "0" * 64, "file_key": "rosters/00"}
    facts = {"list_date": date(2026, 11, 24), "unit_id": unit_id, "created_by": "account:1", "reading": {}}
    return RosterImport(**file, **facts, state=state, rows=[row])


def let_through(*statements: str) -> list[str]:
    with db.write():
        return [statement for statement in statements if not refused(statement, *REFUSALS)]


def columns_of(table: str) -> list[str]:
    return [column.name for column in Base.metadata.tables[table].columns if column.name != "id"]


def test_every_table_was_decided_upon(app: Flask) -> None:
    assert Job.__tablename__ in NOT_GROWING, "no room imports this model"
    assert set(GROWING) | set(NOT_GROWING) == set(Base.metadata.tables)
    assert set(GROWING).isdisjoint(NOT_GROWING)


def test_every_table_that_is_asked_holds_a_row(site: Flask) -> None:
    empty = [name for name in GROWING if not db.session.scalar(text(f"SELECT count(*) FROM {name}"))]
    assert empty == []


def test_what_was_written_is_neither_changed_nor_removed(site: Flask) -> None:
    facts = [(table, name) for table, free in GROWING.items() for name in columns_of(table) if name not in free]
    tried = [f'UPDATE {table} SET "{name}" = "{name}"' for table, name in facts if table != "submission"]
    other = {"body": "'{}'", "client_id": "'x'", "sha256": "'x'", "receipt": "'x'"}
    tried += [f"UPDATE submission SET {n} = {other.get(n, n)}" for t, n in facts if t == "submission"]
    tried += [f"DELETE FROM {table}" for table in GROWING]
    assert let_through(*tried, *OTHERS_REFUSED) == []
    assert len(tried) > 100


def test_a_closed_attempt_stays_as_it_was_judged(site: Flask) -> None:
    columns = GROWING["attempt"]
    assert let_through(*(f"UPDATE attempt SET {column} = {column}" for column in columns)) == []


def test_a_moment_is_set_once(site: Flask) -> None:
    once = [f"UPDATE {table} SET {change}" for table, change in SET_ONCE.items()]
    assert let_through(*once) == once
    with db.write() as session:
        for statement in once:
            session.execute(text(statement))
    assert let_through(*once) == []
    file = "UPDATE certificate SET pdf_key = 'a', pdf_sha256 = 'b'"
    assert let_through(file) == [file]
    with db.write() as session:
        session.execute(text(file))
    assert let_through(file) == []


@pytest.mark.parametrize("state", FORWARD)
def test_a_staff_list_only_goes_forward(app: Flask, state: str) -> None:
    with db.write() as session:
        session.add(staged_list(state))
    others = [f"UPDATE roster_import SET state = '{other}'" for other in FORWARD]
    passed = {statement.split("'")[1] for statement in let_through(*others)}
    assert passed == FORWARD[state] | {state}


def test_what_the_product_needs_is_let_through(site: Flask) -> None:
    assert let_through(*ALLOWED) == list(ALLOWED)


def test_nothing_is_emptied_or_replaced(site: Flask, engine: str) -> None:
    if engine == "postgresql":
        tables = (*GROWING, "audit_head", "certificate_book")
        statements = [f"TRUNCATE {table} CASCADE" for table in tables]
    else:
        statements = [f"REPLACE INTO {table} SELECT * FROM {table}" for table in GROWING]
    assert let_through(*statements) == []


def test_a_checkpoint_counts_only_what_is_never_removed() -> None:
    assert set(KEPT_FOREVER) <= set(GROWING)
