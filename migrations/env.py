"""Alembic's environment: runs inside the application's context, on the connection it is given."""

from __future__ import annotations

from alembic import context
from sqlalchemy.engine import Connection

from lms.db import Base, db
from lms.operate.tables import import_models

import_models()


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with db.engine.connect().execution_options(lms_write=True) as opened:
        run(opened)
        opened.commit()
