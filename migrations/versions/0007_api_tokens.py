"""bearer tokens for programs

Of a token only its hash is kept. What a token was made for (account, scopes, expiry) never changes, its revocation is
set once, and rows are never removed, so that the record says which doors ever stood open. Going down refuses while
there are tokens: the older schema has no room for them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLE = "api_token"
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FACTS = "account_id, name, prefix, token_hash, scopes, created_at, created_by, expires_at"
# what is kept → (event, when it is refused, what is said)
RULES = {
    "facts": (f"UPDATE OF {FACTS}", "1 = 1", "facts never change"),
    "revoked_at": ("UPDATE OF revoked_at", "OLD.revoked_at IS NOT NULL", "revoked_at is set once"),
    "rows": ("DELETE", "1 = 1", "rows are never removed"),
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("created_at", lms.db.UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(60), nullable=False),
        sa.Column("expires_at", lms.db.UtcDateTime(), nullable=False),
        sa.Column("last_used_at", lms.db.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", lms.db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_token_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_account_id"), TABLE, ["account_id"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    for what, (event, when, said) in RULES.items():
        for statement in (_sqlite if sqlite else _postgresql)(f"keep_{TABLE}_{what}", event, when, f"{TABLE}: {said}"):
            op.execute(statement)
    if not sqlite:
        op.execute(
            f"CREATE TRIGGER keep_{TABLE}_truncate BEFORE TRUNCATE ON {TABLE}"
            " FOR EACH STATEMENT EXECUTE FUNCTION keep_from_truncate()"
        )


def downgrade() -> None:
    count = op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {TABLE}"))
    if count:
        raise RuntimeError(f"{count} tokens were made: the older schema has no room for them")
    op.drop_table(TABLE)  # its triggers go with it
    if op.get_bind().dialect.name != "sqlite":
        for what in RULES:
            op.execute(f"DROP FUNCTION keep_{TABLE}_{what}()")


def _sqlite(name: str, event: str, when: str, said: str) -> list[str]:
    return [
        f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW WHEN {when}"
        f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
    ]


def _postgresql(name: str, event: str, when: str, said: str) -> list[str]:
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {when} THEN RAISE EXCEPTION '{said}' USING ERRCODE = 'check_violation'; END IF;"
        " RETURN COALESCE(NEW, OLD); END $$",
        f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]
