"""indexes that hold all that a figure asks of posts and of training

A province of 40,000 posts is counted from two indexes alone, without a visit to the rows behind them.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

POSTS = ["unit_id", "role_id", "first_day", "last_day", "person_id"]
TRAINING = ["person_id", "completed_on"]
KNOWN = ["recorded_at", "superseded_at"]
QUALIFIES = ["kind", "course_code", "tiet", "verified_at", "revoked_at"]


def upgrade() -> None:
    _renew([*POSTS, *KNOWN], [*TRAINING, *QUALIFIES, *KNOWN])


def downgrade() -> None:
    _renew(POSTS, TRAINING)


def _renew(posts: list[str], training: list[str]) -> None:
    for name, table, columns in (
        ("ix_assignment_unit", "assignment", posts),
        ("ix_achievement_person", "achievement", training),
    ):
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns, unique=False)
