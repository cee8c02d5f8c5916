"""a certificate may be replaced by another about the same achievement

One certificate of an achievement stands at a time. Going down refuses while the book holds replaced ones: the older
schema has no room for them, and certificates are never removed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDS = sa.text("replaced_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("certificate") as table:
        table.add_column(sa.Column("replaces_id", NUMBER, nullable=True))
        table.add_column(sa.Column("replaced_at", lms.db.UtcDateTime(), nullable=True))
        table.drop_constraint(op.f("uq_certificate_achievement_id"), type_="unique")
        table.create_unique_constraint(op.f("uq_certificate_replaces_id"), ["replaces_id"])
        table.create_foreign_key(op.f("fk_certificate_replaces_id"), "certificate", ["replaces_id"], ["id"])
        table.create_check_constraint(
            op.f("ck_certificate_replaced_or_revoked"), "replaced_at IS NULL OR revoked_at IS NULL"
        )
    op.create_index(
        "uq_certificate_standing",
        "certificate",
        ["achievement_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    replaced = op.get_bind().scalar(sa.text("SELECT count(*) FROM certificate WHERE replaced_at IS NOT NULL"))
    if replaced:
        raise RuntimeError(f"{replaced} certificates were replaced: the older schema has no room for them")
    op.drop_index("uq_certificate_standing", table_name="certificate")
    with op.batch_alter_table("certificate") as table:
        table.drop_constraint(op.f("ck_certificate_replaced_or_revoked"), type_="check")
        table.drop_constraint(op.f("fk_certificate_replaces_id"), type_="foreignkey")
        table.drop_constraint(op.f("uq_certificate_replaces_id"), type_="unique")
        table.create_unique_constraint(op.f("uq_certificate_achievement_id"), ["achievement_id"])
        table.drop_column("replaced_at")
        table.drop_column("replaces_id")
