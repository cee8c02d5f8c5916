"""For load balancers and whoever watches the machine: is the process alive, may it be given work."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from flask import Flask, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lms.db import db

log = structlog.get_logger("lms.web")

Check = Callable[[], list[str]]
"""Says what stands in the way of work, in English for the log; empty when nothing does."""


def install(app: Flask) -> None:
    """Rooms above append their checks (`lms.operate` its migrations) to `app.extensions["readiness"]`."""
    app.extensions["readiness"] = [_database_answers]


def _database_answers() -> list[str]:
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return []


def healthz() -> ResponseReturnValue:
    return {"alive": True}


def readyz() -> ResponseReturnValue:
    """200 when every check passes, else 503. What is wrong is for the log, not for strangers."""
    checks: list[Check] = current_app.extensions["readiness"]
    try:
        faults = [fault for check in checks for fault in check()]
    except SQLAlchemyError as error:
        log.error("not ready", exc_info=error)
        return {"ready": False}, 503
    if faults:
        log.error("not ready", faults=faults)
    return {"ready": not faults}, 503 if faults else 200
