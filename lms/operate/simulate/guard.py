"""Where an invented country may go: a database with nobody in it, or with nobody real."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select

from lms.db import db
from lms.operate.simulate.staff import ROW_KEY
from lms.people.models import Person
from lms.people.scope import unscoped


def refusal() -> str:
    """Why not here; empty if it may."""
    if current_app.extensions["settings"].environment == "production":
        return "this is a production environment (LMS_ENVIRONMENT); an invented country has no place in it"
    real = select(Person.id).where(Person.row_key.not_like(f"{ROW_KEY}%")).limit(1)
    if db.session.scalar(unscoped(real, "is there anybody real?")) is not None:
        return "this database holds people that lms simulate did not invent; use an empty one"
    return ""
