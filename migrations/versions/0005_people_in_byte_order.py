"""people are sorted byte by byte on PostgreSQL too

`person.sort_key` is made for that (lms/text/names.py): in the language of a cluster, blanks and digits weigh
otherwise, and a roll would stand in another order than on SQLite.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _collate("C")


def downgrade() -> None:
    _collate(None)


def _collate(collation: str | None) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("person", "sort_key", type_=sa.String(400, collation=collation), existing_type=sa.String(400))
