"""what has been kept long enough may go, in one narrow way

A row of `retention_pass` lets the protected rows of its rule go; it is open until the run that it belongs to is
written. Its foreign key to `retention_run` is checked at the commit, so no pass outlives its transaction, and each
leaves a row that nobody removes. The triggers of 0002, 0006 and 0007 accept, under an open pass, exactly the change
that the rule makes (docs/decisions/0010-retention.md). Going down refuses once something was deleted: the older
schema has no room for the record of it.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


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


def open_pass(rule: str) -> str:
    return f"""EXISTS (SELECT 1 FROM retention_pass p WHERE p.rule = '{rule}'
        AND NOT EXISTS (SELECT 1 FROM retention_run r WHERE r.id = p.run_id))"""


def same(columns: str) -> str:
    return " AND ".join(f"NEW.{one} = OLD.{one}" for one in columns.split(", "))


def same_or_empty(columns: str) -> str:
    return " AND ".join(f"COALESCE(NEW.{one}, -1) = COALESCE(OLD.{one}, -1)" for one in columns.split(", "))


NAMELESS = "'Người số ' || NEW.person_id"
GONE = ("holder_name", "holder_name_km", "birth_text", "role_and_unit")
"""What of a printed paper tells of its holder; the first becomes the number, the others empty."""
PRINTED = "achievement_id, person_id, serial_year, serial_no, code, course_title, issued_on, completed_on"
FACTS_0006 = (
    "achievement_id, person_id, serial_year, serial_no, code, holder_name, course_title, paper, issued_on,"
    " completed_on, valid_until, recorded_at, replaces_id"
)
CHECK_0006 = "person_id, answer, full_name, birth_text, message, recorded_at"
TOKEN_0007 = "account_id, name, prefix, token_hash, scopes, created_at, created_by, expires_at"
SENT_0002 = (
    "OLD.body <> NEW.body OR OLD.client_id <> NEW.client_id OR OLD.sha256 <> NEW.sha256 OR OLD.receipt <> NEW.receipt"
)


def paper_without_holder(sqlite: bool) -> str:
    """The paper is the one before but for `GONE`."""
    if sqlite:
        paths = ", ".join(f"'$.{one}'" for one in GONE)
        told = [f"json_extract(NEW.paper, '$.{one}')" for one in GONE]
        rest = f"json_remove(NEW.paper, {paths}) = json_remove(OLD.paper, {paths})"
    else:
        keys = " ".join(f"- '{one}'" for one in GONE)
        told = [f"NEW.paper ->> '{one}'" for one in GONE]
        rest = f"NEW.paper::jsonb {keys} = OLD.paper::jsonb {keys}"
    empty = " AND ".join(f"({one}) = ''" for one in told[1:])
    return f"({told[0]}) = {NAMELESS} AND {empty} AND {rest}"


def changed(sqlite: bool) -> list[Rule]:
    """The rules of 0002, 0006 and 0007 with a way past them. Their names stay: a going down puts back the old ones."""
    answers, person = open_pass("answers"), open_pass("person")
    grown, once = "entries are never changed or removed", "is set once"
    return [
        Rule("attempt_step", "delete", "DELETE", "1 = 1", f"attempt_step: {grown}", answers),
        Rule("item_result", "delete", "DELETE", "1 = 1", f"item_result: {grown}", answers),
        Rule(
            "submission",
            "update",
            "UPDATE",
            SENT_0002,
            "submission: what a device sent never changes",
            f"NEW.body = '' AND {same('client_id, sha256, receipt')} AND {answers}",
        ),
        Rule(
            "identity_check",
            "facts",
            f"UPDATE OF {CHECK_0006}",
            "1 = 1",
            "identity_check: facts never change",
            f"{same('person_id, answer, recorded_at')} AND NEW.full_name = {NAMELESS} AND NEW.birth_text = ''"
            f" AND NEW.message IS NULL AND {person}",
        ),
        Rule(
            "certificate",
            "facts",
            f"UPDATE OF {FACTS_0006}",
            "1 = 1",
            "certificate: facts never change",
            f"{same(PRINTED)} AND {same('valid_until, recorded_at')} AND {same_or_empty('replaces_id')}"
            f" AND NEW.holder_name = {NAMELESS} AND {paper_without_holder(sqlite)} AND {person}",
        ),
        Rule(
            "certificate",
            "pdf_key",
            "UPDATE OF pdf_key, pdf_sha256, pdf_size",
            "OLD.pdf_key IS NOT NULL",
            f"certificate: pdf_key {once}",
            f"NEW.pdf_key = '' AND {same('pdf_sha256')} AND {same_or_empty('pdf_size')} AND {person}",
        ),
        *(
            Rule(
                table,
                "revoked_at",
                "UPDATE OF revoked_at, revoked_reason",
                "OLD.revoked_at IS NOT NULL",
                f"{table}: revoked_at {once}",
                f"NEW.revoked_reason = '' AND {same('revoked_at')} AND {person}",
            )
            for table in ("certificate", "achievement")
        ),
        Rule(
            "api_token",
            "facts",
            f"UPDATE OF {TOKEN_0007}",
            "1 = 1",
            "api_token: facts never change",
            f"NEW.name = '' AND {same(TOKEN_0007.replace(' name,', ''))} AND {person}",
        ),
    ]


NEW = [
    Rule("item_tally", "in", "INSERT", "1 = 1", "item_tally: only retention writes sums", open_pass("answers")),
    Rule("item_tally", "all", "UPDATE", "1 = 1", "item_tally: a row never changes"),
    Rule("item_tally", "rows", "DELETE", "1 = 1", "item_tally: rows are never removed"),
    Rule("retention_pass", "all", "UPDATE", "1 = 1", "retention_pass: a row never changes"),
    Rule("retention_pass", "rows", "DELETE", "1 = 1", "retention_pass: rows are never removed"),
    Rule(
        "retention_run",
        "facts",
        "UPDATE OF id, on_day, plan_sha256, counts, files, ran_at",
        "1 = 1",
        "retention_run: facts never change",
    ),
    Rule(
        "retention_run",
        "files_removed_at",
        "UPDATE OF files_removed_at",
        "OLD.files_removed_at IS NOT NULL",
        "retention_run: files_removed_at is set once",
    ),
    Rule("retention_run", "rows", "DELETE", "1 = 1", "retention_run: rows are never removed"),
]
TABLES = ("item_tally", "retention_pass", "retention_run")
PLAIN = {"attempt_step", "item_result", "submission"}
"""Tables of 0002: their functions raise without an error code."""


def upgrade() -> None:
    _tables()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for rule in changed(sqlite):
        _replace(rule, sqlite)
    for rule in NEW:
        for statement in _statements(rule, sqlite):
            op.execute(statement)
    for table in () if sqlite else TABLES:
        op.execute(
            f"CREATE TRIGGER keep_{table}_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION keep_from_truncate()"
        )


def downgrade() -> None:
    runs = op.get_bind().scalar(sa.text("SELECT count(*) FROM retention_run"))
    if runs:
        raise RuntimeError(f"{runs} runs of retention deleted something: the older schema has no room for their record")
    sqlite = op.get_bind().dialect.name == "sqlite"
    for rule in changed(sqlite):
        _replace(rule._replace(unless=""), sqlite)
    for table in TABLES:
        op.drop_table(table)  # its triggers go with it
    for rule in () if sqlite else NEW:
        op.execute(f"DROP FUNCTION {rule.name}()")


def _tables() -> None:
    op.create_table(
        "retention_run",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("plan_sha256", sa.String(64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("ran_at", lms.db.UtcDateTime(), nullable=False),
        sa.Column("files_removed_at", lms.db.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_table(
        "retention_pass",
        sa.Column("run_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("rule", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["retention_run.id"],
            name=op.f("fk_retention_pass_run_id"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("run_id", "rule", name=op.f("pk_retention_pass")),
    )
    op.create_table(
        "item_tally",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("quiz_id", NUMBER, nullable=False),
        sa.Column("question_version_id", NUMBER, nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("times", NUMBER, nullable=False),
        sa.CheckConstraint("times > 0", name=op.f("ck_item_tally_some")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_item_tally_quiz_id")),
        sa.ForeignKeyConstraint(
            ["question_version_id"], ["question_version.id"], name=op.f("fk_item_tally_question_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_tally")),
    )
    op.create_index("ix_item_tally_version", "item_tally", ["question_version_id"])


def _replace(rule: Rule, sqlite: bool) -> None:
    """SQLite has no CREATE OR REPLACE; on PostgreSQL the trigger stays and its function is another."""
    if sqlite:
        op.execute(f"DROP TRIGGER {rule.name}")
        op.execute(_trigger(rule))
    else:
        op.execute(_function(rule))


def _statements(rule: Rule, sqlite: bool) -> list[str]:
    if sqlite:
        return [_trigger(rule)]
    on = f"CREATE TRIGGER {rule.name} BEFORE {rule.event} ON {rule.table}"
    return [_function(rule), f"{on} FOR EACH ROW EXECUTE FUNCTION {rule.name}()"]


def _refused(rule: Rule) -> str:
    """A comparison with NULL is neither true nor false: what is not surely allowed is refused."""
    return f"({rule.when}) AND NOT COALESCE({rule.unless}, FALSE)" if rule.unless else rule.when


def _trigger(rule: Rule) -> str:
    return (
        f"CREATE TRIGGER {rule.name} BEFORE {rule.event} ON {rule.table} FOR EACH ROW WHEN {_refused(rule)}"
        f" BEGIN SELECT RAISE(ABORT, '{rule.message}'); END"
    )


def _function(rule: Rule) -> str:
    code = "" if rule.table in PLAIN else " USING ERRCODE = 'check_violation'"
    return (
        f"CREATE OR REPLACE FUNCTION {rule.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {_refused(rule)} THEN RAISE EXCEPTION '{rule.message}'{code}; END IF;"
        " RETURN COALESCE(NEW, OLD); END $$"
    )
