"""records only grow, all of them

0002 protected what a learner sends and what is published. Here: whatever else proves something. Facts of a row stay
as they were written, a moment that was set once (revoked, replaced, undone, withdrawn) stays, rows are never removed.
Nothing is moved into a published edition, and the limit of attempts is the quiz's own, whatever the attempt says of
itself. PostgreSQL refuses TRUNCATE as well, which no row trigger sees; SQLite's REPLACE is covered by
`recursive_triggers` (lms/db.py).
"""

from __future__ import annotations

from typing import NamedTuple

from alembic import op

revision = "0006"
down_revision = "0005"
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


def never_removed(table: str) -> Rule:
    return Rule(table, "rows", "DELETE", "1 = 1", f"{table}: rows are never removed")


def never_changes(table: str) -> Rule:
    return Rule(table, "all", "UPDATE", "1 = 1", f"{table}: a row never changes")


def facts(table: str, columns: str) -> Rule:
    """Whoever writes one of these again, even the same value, is refused: a correction is a new row."""
    return Rule(table, "facts", f"UPDATE OF {columns}", "1 = 1", f"{table}: facts never change")


def set_once(table: str, moment: str, *besides: str) -> Rule:
    columns = ", ".join((moment, *besides))
    return Rule(table, moment, f"UPDATE OF {columns}", f"OLD.{moment} IS NOT NULL", f"{table}: {moment} is set once")


def not_moved_into(table: str, column: str, published: str) -> Rule:
    return Rule(table, "in", f"UPDATE OF {column}", published, f"{table}: the edition is published and never changes")


PUBLISHED = "EXISTS (SELECT 1 FROM edition e WHERE e.id = NEW.edition_id AND e.number IS NOT NULL)"
PUBLISHED_MODULE = """EXISTS (SELECT 1 FROM module m JOIN edition e ON e.id = m.edition_id
    WHERE m.id = NEW.module_id AND e.number IS NOT NULL)"""
BEYOND = "EXISTS (SELECT 1 FROM quiz q WHERE q.id = NEW.quiz_id AND NEW.number > q.max_attempts)"
PRINTED = (
    "achievement_id, person_id, serial_year, serial_no, code, holder_name, course_title, paper, issued_on,"
    " completed_on, valid_until, recorded_at, replaces_id"
)
PROVED = (
    "person_id, kind, course_code, title, completed_on, tiet, edition, paper_facts, source, recorded_at, recorded_by"
)
BACKWARD = "NEW.seq < OLD.seq OR (NEW.seq = OLD.seq AND NEW.hash <> OLD.hash)"

RULES = [
    Rule("audit_head", "forward", "UPDATE", BACKWARD, "audit_head: the chain only goes forward"),
    never_removed("audit_head"),
    never_changes("audit_detail"),  # removed by retention, never reworded
    facts("attempt", "ticket, person_id, enrolment_id, quiz_id, number, allowed, items, started_at"),
    Rule("attempt", "limit", "INSERT", BEYOND, "attempt: beyond the limit of the quiz"),
    facts("submission", "account_id, ticket, received_at"),
    set_once("submission", "decided_at", "decision", "decided_by"),
    facts("question", "course_id, key"),
    never_removed("question"),
    never_changes("question_version"),
    never_removed("question_version"),
    facts("achievement", PROVED),
    set_once("achievement", "revoked_at", "revoked_reason"),
    never_removed("achievement"),
    facts("certificate", PRINTED),
    set_once("certificate", "pdf_key", "pdf_sha256", "pdf_size"),
    set_once("certificate", "revoked_at", "revoked_reason"),
    set_once("certificate", "replaced_at"),
    never_removed("certificate"),
    Rule(
        "certificate_book",
        "forward",
        "UPDATE",
        "NEW.year <> OLD.year OR NEW.last < OLD.last",
        "certificate_book: serials only go up",
    ),
    never_removed("certificate_book"),
    facts("assignment", "person_id, role_id, unit_id, first_day, last_day, recorded_at"),
    set_once("assignment", "superseded_at"),
    never_removed("assignment"),
    facts("person_merge", "person_id, into_id, recorded_at"),
    set_once("person_merge", "undone_at"),
    never_removed("person_merge"),
    facts("identity_check", "person_id, answer, full_name, birth_text, message, recorded_at"),
    set_once("identity_check", "resolved_at"),
    never_removed("identity_check"),
    never_changes("roster_confirmation"),
    never_removed("roster_confirmation"),
    facts("account_grant", "account_id, capability, unit_id, line, valid_from, granted_by, recorded_at"),
    set_once("account_grant", "revoked_at"),
    never_removed("account_grant"),
    never_changes("requirement_set"),
    never_removed("requirement_set"),
    *(not_moved_into(table, "edition_id", PUBLISHED) for table in ("edition_file", "module", "edition_item", "quiz")),
    not_moved_into("lesson", "module_id", PUBLISHED_MODULE),
]
BEFORE_THIS = ("audit_entry", "attempt", "attempt_step", "item_result", "submission", "edition", "edition_file")
NEVER_EMPTIED = (*BEFORE_THIS, *(rule.table for rule in RULES if rule.event == "DELETE"))


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for rule in RULES:
        for statement in _sqlite(rule) if sqlite else _postgresql(rule):
            op.execute(statement)
    for statement in [] if sqlite else _never_emptied():
        op.execute(statement)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for rule in RULES:
        op.execute(f"DROP TRIGGER {rule.name}" if sqlite else f"DROP FUNCTION {rule.name}() CASCADE")
    if not sqlite:
        op.execute("DROP FUNCTION keep_from_truncate() CASCADE")


def _sqlite(rule: Rule) -> list[str]:
    return [
        f"""CREATE TRIGGER {rule.name} BEFORE {rule.event} ON {rule.table} FOR EACH ROW WHEN {rule.when}
        BEGIN SELECT RAISE(ABORT, '{rule.message}'); END"""
    ]


def _postgresql(rule: Rule) -> list[str]:
    return [
        f"""CREATE FUNCTION {rule.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF {rule.when} THEN RAISE EXCEPTION '{rule.message}' USING ERRCODE = 'check_violation'; END IF;
        RETURN COALESCE(NEW, OLD); END $$""",
        f"""CREATE TRIGGER {rule.name} BEFORE {rule.event} ON {rule.table}
        FOR EACH ROW EXECUTE FUNCTION {rule.name}()""",
    ]


def _never_emptied() -> list[str]:
    refuse = """CREATE FUNCTION keep_from_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION '%: rows are never removed', TG_TABLE_NAME; END $$"""
    return [refuse] + [
        f"""CREATE TRIGGER keep_{table}_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION keep_from_truncate()"""
        for table in NEVER_EMPTIED
    ]
