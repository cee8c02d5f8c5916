"""Changes of the register that must see each other take turns."""

from __future__ import annotations

from sqlalchemy import func, select

from lms.db import db

_REGISTER_LOCK = 4208


def take_turn() -> None:
    """Wait until nobody else enters a list or merges people; kept until the commit. SQLite has one writer anyway.

    Two lists entered at once would each make the same new person; two merges at once could close a circle.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(_REGISTER_LOCK)))
