"""a staff list stays as it came, and a paper is verified once

0006 left the lists out: what a file said could be rewritten, and only the record would have told. A list goes forward
(staged, confirmed, undone; or staged, dropped); its file, its day and its raw cells stay, and after its time retention
empties them under an open pass of its rule `rosters`, as 0008 has it for others. And two moments of an achievement that
could be set again: verified, superseded.
"""

from __future__ import annotations

from typing import NamedTuple

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


class Rule(NamedTuple):
    """Refuse `event` on `table` with `message` when `when` holds, unless `unless` does (empty: always)."""

    table: str
    what: str
    event: str
    when: str
    message: str
    unless: str = ""

    @property
    def name(self) -> str:
        return f"keep_{self.table}_{self.what}"


OPEN_PASS = """EXISTS (SELECT 1 FROM retention_pass p WHERE p.rule = 'rosters'
    AND NOT EXISTS (SELECT 1 FROM retention_run r WHERE r.id = p.run_id))"""
FORWARD = """(OLD.state = NEW.state OR (OLD.state = 'staged' AND NEW.state IN ('confirmed', 'dropped'))
    OR (OLD.state = 'confirmed' AND NEW.state = 'undone'))"""


def facts(table: str, what: str, columns: str, unless: str = "") -> Rule:
    return Rule(table, what, f"UPDATE OF {columns}", "1 = 1", f"{table}: facts never change", unless)


def set_once(table: str, moment: str, *besides: str) -> Rule:
    columns = ", ".join((moment, *besides))
    return Rule(table, moment, f"UPDATE OF {columns}", f"OLD.{moment} IS NOT NULL", f"{table}: {moment} is set once")


def never_removed(table: str) -> Rule:
    return Rule(table, "rows", "DELETE", "1 = 1", f"{table}: rows are never removed")


def rules(sqlite: bool) -> list[Rule]:
    raw = "NEW.raw" if sqlite else "NEW.raw::text"
    return [
        facts("roster_import", "facts", "file_sha256, list_date, unit_id, stated_total, created_by, created_at"),
        facts(
            "roster_import", "file", "file_name, file_key", f"NEW.file_name = '' AND NEW.file_key = '' AND {OPEN_PASS}"
        ),
        Rule(
            "roster_import",
            "forward",
            "UPDATE OF state",
            f"NOT {FORWARD}",
            "roster_import: a list only goes forward",
        ),
        set_once("roster_import", "confirmed_at"),
        never_removed("roster_import"),
        facts("roster_row", "facts", "import_id, row_no"),
        facts("roster_row", "cells", "sheet, raw", f"NEW.sheet = '' AND {raw} = '[]' AND {OPEN_PASS}"),
        never_removed("roster_row"),
        set_once("achievement", "verified_at"),
        set_once("achievement", "superseded_at", "superseded_by_id"),
    ]


TABLES = ("roster_import", "roster_row")


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for rule in rules(sqlite):
        for statement in _sqlite(rule) if sqlite else _postgresql(rule):
            op.execute(statement)
    for table in () if sqlite else TABLES:
        op.execute(
            f"CREATE TRIGGER keep_{table}_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION keep_from_truncate()"
        )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for rule in rules(sqlite):
        op.execute(f"DROP TRIGGER {rule.name}" if sqlite else f"DROP FUNCTION {rule.name}() CASCADE")
    for table in () if sqlite else TABLES:
        op.execute(f"DROP TRIGGER keep_{table}_truncate ON {table}")


def _refused(rule: Rule) -> str:
    """A comparison with NULL is neither true nor false: what is not surely allowed is refused."""
    return f"({rule.when}) AND NOT COALESCE({rule.unless}, FALSE)" if rule.unless else rule.when


def _sqlite(rule: Rule) -> list[str]:
    return [
        f"CREATE TRIGGER {rule.name} BEFORE {rule.event} ON {rule.table} FOR EACH ROW WHEN {_refused(rule)}"
        f" BEGIN SELECT RAISE(ABORT, '{rule.message}'); END"
    ]


def _postgresql(rule: Rule) -> list[str]:
    return [
        f"CREATE FUNCTION {rule.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {_refused(rule)} THEN RAISE EXCEPTION '{rule.message}' USING ERRCODE = 'check_violation'; END IF;"
        " RETURN COALESCE(NEW, OLD); END $$",
        f"CREATE TRIGGER {rule.name} BEFORE {rule.event} ON {rule.table} FOR EACH ROW EXECUTE FUNCTION {rule.name}()",
    ]
