"""Does the database itself refuse a statement?"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lms.db import db


def refused(statement: str, *words: str) -> bool:
    """Tried inside a savepoint that is always taken back. Only a refusal with one of `words` counts as ours."""
    try:
        with db.session.begin_nested() as savepoint:
            db.session.execute(text(statement))
            savepoint.rollback()
    except DBAPIError as error:
        return any(one in str(error.orig) for one in words)
    return False
