"""the last answer to each question that is too large for a request, and the job that gives it

Two who ask for the same start one job (a unique index over open jobs), and a job says which worker has it in hand and
how many began it. Going down forgets the answers: they are counted again when somebody asks.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    op.create_table(
        "coverage_answer",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("asked_at", lms.db.UtcDateTime(), nullable=False),
        sa.Column("counted_at", lms.db.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_answer")),
        sa.UniqueConstraint("key", name=op.f("uq_coverage_answer_key")),
    )
    op.create_index(op.f("ix_coverage_answer_asked_at"), "coverage_answer", ["asked_at"])
    op.add_column("job", sa.Column("claim", sa.String(32), nullable=True))
    op.add_column("job", sa.Column("tries", NUMBER, nullable=False, server_default="0"))
    op.create_index("ix_job_subject", "job", ["subject"])
    op.create_index("uq_job_open", "job", ["kind", "subject"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("uq_job_open", table_name="job")
    op.drop_index("ix_job_subject", table_name="job")
    op.drop_column("job", "tries")
    op.drop_column("job", "claim")
    op.drop_table("coverage_answer")
