"""the database itself refuses what must never happen

Triggers, the same rules on SQLite and PostgreSQL: records only grow, a published edition never changes, versions of
a unit never overlap, a closed attempt stays as it was judged.
"""

from __future__ import annotations

from typing import NamedTuple

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


class Rule(NamedTuple):
    """Refuse `event` on `table` with `message` when `when` (SQL over NEW and OLD) holds."""

    table: str
    event: str
    when: str
    message: str
    moment: str = "BEFORE"

    @property
    def name(self) -> str:
        return f"keep_{self.table}_{self.event.lower()}"


def published(edition_id: str) -> str:
    return f"EXISTS (SELECT 1 FROM edition e WHERE e.id = {edition_id} AND e.number IS NOT NULL)"


def published_module(module_id: str) -> str:
    return f"""EXISTS (SELECT 1 FROM module m JOIN edition e ON e.id = m.edition_id
        WHERE m.id = {module_id} AND e.number IS NOT NULL)"""


def frozen_with(table: str, when: str) -> list[Rule]:
    """`when` names the row; it is asked of OLD for updates and deletes, of NEW for inserts."""
    message = f"{table}: the edition is published and never changes"
    old, new = when.replace("ROW", "OLD"), when.replace("ROW", "NEW")
    return [
        Rule(table, "INSERT", new, message),
        Rule(table, "UPDATE", old, message),
        Rule(table, "DELETE", old, message),
    ]


def only_grows(table: str) -> list[Rule]:
    message = f"{table}: entries are never changed or removed"
    return [Rule(table, event, "1 = 1", message) for event in ("UPDATE", "DELETE")]


FAR = "'9999-12-31'"
OVERLAP = f"""EXISTS (SELECT 1 FROM unit_version v WHERE v.unit_id = NEW.unit_id AND v.id <> NEW.id
    AND v.valid_from < COALESCE(NEW.valid_to, {FAR}) AND NEW.valid_from < COALESCE(v.valid_to, {FAR}))"""

RULES = [
    *only_grows("audit_entry"),
    *only_grows("item_result"),
    *only_grows("attempt_step"),
    Rule(
        "attempt_step",
        "INSERT",
        "EXISTS (SELECT 1 FROM attempt a WHERE a.id = NEW.attempt_id AND a.closed_at IS NOT NULL)",
        "attempt_step: the attempt is closed",
    ),
    Rule("attempt", "UPDATE", "OLD.closed_at IS NOT NULL", "attempt: a closed attempt stays as it was judged"),
    Rule("attempt", "DELETE", "1 = 1", "attempt: attempts are never removed"),
    Rule("submission", "DELETE", "1 = 1", "submission: what a device sent is never removed"),
    Rule(
        "submission",
        "UPDATE",
        "OLD.body <> NEW.body OR OLD.client_id <> NEW.client_id OR OLD.sha256 <> NEW.sha256"
        " OR OLD.receipt <> NEW.receipt",
        "submission: what a device sent never changes",
    ),
    Rule("edition", "UPDATE", "OLD.number IS NOT NULL", "edition: a published edition never changes"),
    Rule("edition", "DELETE", "OLD.number IS NOT NULL", "edition: a published edition never changes"),
    *frozen_with("edition_file", published("ROW.edition_id")),
    *frozen_with("module", published("ROW.edition_id")),
    *frozen_with("edition_item", published("ROW.edition_id")),
    *frozen_with("quiz", published("ROW.edition_id")),
    *frozen_with("lesson", published_module("ROW.module_id")),
    Rule("unit_version", "INSERT", OVERLAP, "unit_version: versions of a unit overlap", "AFTER"),
    Rule("unit_version", "UPDATE", OVERLAP, "unit_version: versions of a unit overlap", "AFTER"),
]


def upgrade() -> None:
    first = f"INSERT INTO audit_head (id, seq, hash) SELECT 1, 0, '{'0' * 64}'"
    op.execute(f"{first} WHERE NOT EXISTS (SELECT 1 FROM audit_head)")  # a chain that is there goes on
    sqlite = op.get_bind().dialect.name == "sqlite"
    for rule in RULES:
        for statement in _sqlite(rule) if sqlite else _postgresql(rule):
            op.execute(statement)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for rule in RULES:
        op.execute(f"DROP TRIGGER {rule.name}" if sqlite else f"DROP TRIGGER {rule.name} ON {rule.table}")
        if not sqlite:
            op.execute(f"DROP FUNCTION {rule.name}()")


def _sqlite(rule: Rule) -> list[str]:
    return [
        f"""CREATE TRIGGER {rule.name} {rule.moment} {rule.event} ON {rule.table} FOR EACH ROW WHEN {rule.when}
        BEGIN SELECT RAISE(ABORT, '{rule.message}'); END"""
    ]


def _postgresql(rule: Rule) -> list[str]:
    lock = "PERFORM pg_advisory_xact_lock(4207);" if rule.moment == "AFTER" else ""
    return [
        f"""CREATE FUNCTION {rule.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {lock}
        IF {rule.when} THEN RAISE EXCEPTION '{rule.message}'; END IF;
        RETURN COALESCE(NEW, OLD); END $$""",
        f"""CREATE TRIGGER {rule.name} {rule.moment} {rule.event} ON {rule.table}
        FOR EACH ROW EXECUTE FUNCTION {rule.name}()""",
    ]
