"""nothing slips past the rules of 0002

A row cannot be moved into a published edition, a fact once withdrawn stays withdrawn, and the limit of attempts is the
quiz's own, whatever the attempt says of itself.
"""

from __future__ import annotations

from typing import NamedTuple

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


class Rule(NamedTuple):
    """Refuse `event` on `table` with `message` when `when` (SQL over NEW and OLD) holds."""

    table: str
    what: str
    event: str
    when: str
    message: str

    @property
    def name(self) -> str:
        return f"keep_{self.table}_{self.what}"


def not_moved_into(table: str, column: str, published: str) -> Rule:
    return Rule(table, "in", f"UPDATE OF {column}", published, f"{table}: the edition is published and never changes")


PUBLISHED = "EXISTS (SELECT 1 FROM edition e WHERE e.id = NEW.edition_id AND e.number IS NOT NULL)"
PUBLISHED_MODULE = """EXISTS (SELECT 1 FROM module m JOIN edition e ON e.id = m.edition_id
    WHERE m.id = NEW.module_id AND e.number IS NOT NULL)"""
BEYOND = "EXISTS (SELECT 1 FROM quiz q WHERE q.id = NEW.quiz_id AND NEW.number > q.max_attempts)"

RULES = [
    *(not_moved_into(table, "edition_id", PUBLISHED) for table in ("edition_file", "module", "edition_item", "quiz")),
    not_moved_into("lesson", "module_id", PUBLISHED_MODULE),
    Rule(
        "assignment",
        "superseded_at",
        "UPDATE OF superseded_at",
        "OLD.superseded_at IS NOT NULL",
        "assignment: superseded_at is set once",
    ),
    Rule("attempt", "limit", "INSERT", BEYOND, "attempt: beyond the limit of the quiz"),
]


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for rule in RULES:
        for statement in _sqlite(rule) if sqlite else _postgresql(rule):
            op.execute(statement)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for rule in RULES:
        op.execute(f"DROP TRIGGER {rule.name}" if sqlite else f"DROP FUNCTION {rule.name}() CASCADE")


def _sqlite(rule: Rule) -> list[str]:
    return [
        f"""CREATE TRIGGER {rule.name} BEFORE {rule.event} ON {rule.table} FOR EACH ROW WHEN {rule.when}
        BEGIN SELECT RAISE(ABORT, '{rule.message}'); END"""
    ]


def _postgresql(rule: Rule) -> list[str]:
    return [
        f"""CREATE FUNCTION {rule.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF {rule.when} THEN RAISE EXCEPTION '{rule.message}' USING ERRCODE = 'check_violation'; END IF;
        RETURN NEW; END $$""",
        f"""CREATE TRIGGER {rule.name} BEFORE {rule.event} ON {rule.table}
        FOR EACH ROW EXECUTE FUNCTION {rule.name}()""",
    ]
