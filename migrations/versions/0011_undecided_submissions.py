"""an index over what waits for a decision: each submission that cannot be counted asks how much of its sender waits"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UNDECIDED = sa.text("state <> 'accepted' AND decision IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_submission_undecided",
        "submission",
        ["account_id"],
        sqlite_where=UNDECIDED,
        postgresql_where=UNDECIDED,
    )


def downgrade() -> None:
    op.drop_index("ix_submission_undecided", table_name="submission")
