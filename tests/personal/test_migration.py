"""0008 and 0009 up and down: the same protections as before come back, and a record of a run is never thrown away."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text

from lms.db import db
from lms.operate import schema

pytestmark = pytest.mark.both

SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
POSTGRESQL = """SELECT 'function ' || p.proname, p.prosrc FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace
    UNION ALL SELECT t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE NOT t.tgisinternal"""


def protections() -> dict[str, str]:
    """As the engine keeps them, without the spaces."""
    with db.engine.connect() as connection:
        found = connection.execute(text(SQLITE if db.engine.dialect.name == "sqlite" else POSTGRESQL)).all()
    return {name: re.sub(r"[\s()\"]+", " ", sql).strip() for name, sql in found}


def test_down_and_up_again(app: Flask) -> None:
    newest = protections()
    db.session.rollback()
    schema.downgrade("0008")
    assert not any("roster" in name for name in protections() if "confirmation" not in name)
    schema.downgrade("0007")
    before = protections()
    differ = {name.split()[-1] for name in before if name in newest and before[name] != newest[name]}
    assert {"keep_attempt_step_delete", "keep_certificate_facts", "keep_api_token_facts"} <= differ
    assert not any("retention" in sql for sql in before.values())
    schema.downgrade("base")
    schema.upgrade("0007")
    assert protections() == before, "0008 puts back exactly what 0002, 0006 and 0007 make"
    schema.upgrade()
    assert protections() == newest


def test_going_down_keeps_the_record_of_a_run(app: Flask) -> None:
    with db.write() as session:
        session.execute(
            text(
                "INSERT INTO retention_run (id, on_day, plan_sha256, counts, files, ran_at)"
                " VALUES (1, '2026-01-01', 'x', '{}', '[]', '2026-01-01 00:00:00')"
            )
        )
    with pytest.raises(RuntimeError, match="no room"):
        schema.downgrade("0007")
