"""The one way past the protections: what it lets through, and that without it, or a little beside it, nothing goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.certificates import tasks
from lms.db import db
from tests.factories import Make
from tests.personal.lives import Life, Ward

pytestmark = pytest.mark.both

REFUSALS = ("never", "once", "only retention", "stays as it was judged")
PAPER = {
    "sqlite": "json_set(paper, '$.holder_name', {name}, '$.holder_name_km', '', '$.birth_text', '',"
    " '$.role_and_unit', '')",
    "postgresql": "(paper::jsonb || jsonb_build_object('holder_name', {name}, 'holder_name_km', '', 'birth_text', '',"
    " 'role_and_unit', ''))::json",
}
NAME = "'Người số ' || person_id"
ANSWERS = ["DELETE FROM attempt_step", "DELETE FROM item_result", "UPDATE submission SET body = ''"]
SAID = f"UPDATE identity_check SET full_name = {NAME}, birth_text = '', message = NULL"
FILE = "UPDATE certificate SET pdf_key = ''"
WHY = ["UPDATE certificate SET revoked_reason = ''", "UPDATE achievement SET revoked_reason = ''"]
TOKEN = "UPDATE api_token SET name = ''"
RUN = (
    "INSERT INTO retention_run (id, on_day, plan_sha256, counts, files, ran_at)"
    " VALUES (1, '2026-01-01', 'x', '{}', '[]', '2026-01-01 00:00:00')"
)
TALLY = (
    'INSERT INTO item_tally (quiz_id, question_version_id, answer, "right", times)'
    " SELECT 1, question_version_id, '[]', true, 1 FROM item_result LIMIT 1"
)


def printed(engine: str, name: str = NAME) -> str:
    return f"UPDATE certificate SET holder_name = {name}, paper = {PAPER[engine].format(name=name)}"


def open_pass(rule: str) -> str:
    return f"INSERT INTO retention_pass (run_id, rule) VALUES (1, '{rule}')"


@pytest.fixture(autouse=True)
def quick_papers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tasks, "render_pdf", lambda paper, **options: paper.holder_name.encode())
    yield


@pytest.fixture
def life(app: Flask, make: Make) -> Life:
    """A row in every protected table that retention may touch."""
    ward = Ward(make, 1)
    life = ward.live(date(2020, 1, 1), None, "fail", "win", "leave_revoked")
    with db.write() as session:
        session.execute(
            text(
                "INSERT INTO api_token"
                " (account_id, name, prefix, token_hash, scopes, created_at, created_by, expires_at)"
                f" VALUES ({life.learner.account_id}, 'Bảng', 'x', 'h', '', '2026-01-01', 'lms', '2026-02-01')"
            )
        )
    return life


def refused(*statements: str) -> bool:
    """Whether the last of them is, after the others; all are taken back."""
    try:
        with db.session.begin_nested() as savepoint:
            for statement in statements:
                last = statement is statements[-1]
                assert db.session.execute(text(statement)).rowcount > 0, statement  # type: ignore[attr-defined]
            savepoint.rollback()
    except DBAPIError as error:
        assert last, statement
        assert any(words in str(error.orig) for words in REFUSALS), error
        return True
    return False


def allowed_by_rule(engine: str) -> dict[str, list[str]]:
    return {"answers": [*ANSWERS, TALLY], "person": [SAID, printed(engine), FILE, *WHY, TOKEN]}


def test_each_change_needs_the_pass_of_its_own_rule(life: Life, engine: str) -> None:
    with db.write():
        for rule, statements in allowed_by_rule(engine).items():
            other = "person" if rule == "answers" else "answers"
            for statement in statements:
                assert refused(statement), statement
                assert refused(open_pass(other), statement), statement
                assert refused(open_pass("everything"), statement), statement
                assert not refused(open_pass(rule), statement), statement


def test_a_pass_ends_when_its_run_is_written(life: Life, engine: str) -> None:
    with db.write():
        for rule, statements in allowed_by_rule(engine).items():
            for statement in statements:
                assert refused(open_pass(rule), RUN, statement), statement
                assert refused(RUN, open_pass(rule), statement), "a pass for a run that is over opens nothing"


def test_no_pass_outlives_its_transaction(life: Life) -> None:
    with pytest.raises(IntegrityError), db.write() as session:
        session.execute(text(open_pass("answers")))
        session.execute(text(ANSWERS[0]))
    left = db.session.connection().execute(text("SELECT count(*) FROM attempt_step")).scalar_one()
    passes = db.session.connection().execute(text("SELECT count(*) FROM retention_pass")).scalar_one()
    assert left > 0 and passes == 0


def test_what_a_run_leaves_is_neither_changed_nor_removed(life: Life) -> None:
    with db.write() as session:
        session.execute(text(open_pass("answers")))
        session.execute(text(TALLY))
        session.execute(text(RUN))
    with db.write():
        for table, column in (("retention_run", "plan_sha256"), ("retention_pass", "rule"), ("item_tally", "times")):
            assert refused(f"UPDATE {table} SET {column} = {column}")
            assert refused(f"DELETE FROM {table}")
        done = "UPDATE retention_run SET files_removed_at = '2026-01-02 00:00:00'"
        assert not refused(done)
        assert refused(done, done)


def test_under_a_pass_only_the_very_change_of_the_rule(life: Life, engine: str) -> None:
    beside = [
        "UPDATE submission SET body = 'x'",
        "UPDATE submission SET body = '', sha256 = 'x'",
        "DELETE FROM submission",
        "UPDATE attempt SET points = 0",
        "UPDATE attempt_step SET answer = '[]'",
        "UPDATE item_result SET answer = '[]'",
        "DELETE FROM attempt",
        SAID.replace(NAME, "'Người khác'"),
        SAID.replace("message = NULL", "message = 'x'"),
        SAID + ", answer = 'wrong'",
        SAID + ", recorded_at = '2020-01-01 00:00:00'",
        "DELETE FROM identity_check",
        printed(engine, "'Người khác'"),
        printed(engine) + ", code = 'x'",
        printed(engine) + ", valid_until = '2099-01-01'",
        printed(engine).replace(f"paper = {PAPER[engine].format(name=NAME)}", "paper = '{}'"),
        printed(engine).replace("role_and_unit', ''", "role_and_unit', '', 'serial', 'x'")
        if engine == "postgresql"
        else printed(engine).replace("'$.role_and_unit', ''", "'$.role_and_unit', '', '$.serial', 'x'"),
        f"UPDATE certificate SET holder_name = {NAME}",
        "UPDATE certificate SET pdf_key = 'other'",
        "UPDATE certificate SET pdf_key = '', pdf_sha256 = 'x'",
        "UPDATE certificate SET revoked_reason = 'other'",
        "UPDATE certificate SET revoked_at = NULL, revoked_reason = ''",
        "UPDATE achievement SET revoked_reason = 'other'",
        "UPDATE achievement SET completed_on = '2020-01-01'",
        "DELETE FROM certificate",
        "DELETE FROM achievement",
        "UPDATE api_token SET name = 'other'",
        "UPDATE api_token SET name = '', scopes = 'x'",
        "UPDATE assignment SET last_day = '2020-01-01'",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET actor = 'x'",
        "UPDATE audit_detail SET details = '{}'",
    ]
    with db.write():
        for statement in beside:
            assert refused(open_pass("answers"), open_pass("person"), statement), statement
