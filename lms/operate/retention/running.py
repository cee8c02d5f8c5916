"""Doing what a plan says, in one transaction, under passes that end with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from lms.audit.operations import record
from lms.db import db, utc_now
from lms.operate.retention import answers
from lms.operate.retention.models import RetentionPass, RetentionRun
from lms.operate.retention.planning import Plan, all_steps, planned
from lms.operate.retention.steps import Step, apply
from lms.storage.files import storage

PASSES = ("answers", "person", "rosters")
"""The rules whose rows the database protects."""


class OtherPlan(ValueError):
    """What is due by now is not what the plan named; the message says both hashes."""


@dataclass(frozen=True)
class Done:
    """`run_id` is None where nothing was due."""

    plan: Plan
    run_id: int | None


def run(on: date, expected: str | None = None) -> Done:
    """Do what is due on `on`. With `expected`, the hash of a plan that somebody read, only exactly that.

    Raises `OtherPlan`; StorageUnavailable if files could not be removed: the next run begins with these.
    """
    remove_files()
    with db.write():
        _leave_no_trace()
        steps = list(all_steps(on))
        found = planned(on, steps)
        if expected is not None and found.sha256 != expected:
            raise OtherPlan(f"what is due is {found.sha256}, not {expected}: read the plan again")
        run_id = None if found.empty else _run(found, steps)
    remove_files()
    _empty_log()
    return Done(found, run_id)


def remove_files() -> None:
    """Of runs whose files are still there: a file goes only after the commit that no longer names it."""
    waiting = select(RetentionRun).where(RetentionRun.files_removed_at.is_(None)).order_by(RetentionRun.id)
    for found in db.session.scalars(waiting).all():
        for key in found.files:
            storage().remove(key)
        with db.write() as session:
            session.get_one(RetentionRun, found.id).files_removed_at = utc_now()


def _run(found: Plan, steps: list[tuple[str, Step]]) -> int:
    run_id = 1 + (db.session.scalar(select(func.max(RetentionRun.id))) or 0)
    for code in PASSES:
        if code in found.rows:
            db.session.add(RetentionPass(run_id=run_id, rule=code))
    db.session.flush()
    for code, step in steps:
        keys = found.rows.get(code, {}).get(step.table, [])
        if step.table == "item_result":
            answers.keep_sums(step, keys)
        apply(step, keys)
    _write_down(found, run_id)
    return run_id


def _write_down(found: Plan, run_id: int) -> None:
    """From here on the passes are over: whatever comes after in this transaction is refused again."""
    db.session.add(
        RetentionRun(id=run_id, on_day=found.on, plan_sha256=found.sha256, counts=found.counts, files=list(found.files))
    )
    record("retention.run", f"retention_run:{run_id}", on=found.on, plan=found.sha256, counts=found.counts)
    db.session.flush()


def _leave_no_trace() -> None:
    """SQLite leaves what was deleted in its free pages unless this connection is told to write over it."""
    if db.engine.dialect.name == "sqlite":
        db.session.connection().exec_driver_sql("PRAGMA secure_delete = ON")


def _empty_log() -> None:
    """The write-ahead log holds pages as they were; PostgreSQL's VACUUM is the operator's (docs/privacy.md)."""
    if db.engine.dialect.name == "sqlite":
        db.session.rollback()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
