"""Many at the same moment: threads, each with its own application context and its own connection."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException

from lms.access import Viewer
from lms.access.current import act_as
from lms.db import db
from lms.web.refusals import Refusal

WON = "won"


def at_once(app: Flask, who: Viewer, action: Callable[[int], Any], threads: int = 8) -> list[Any]:
    """What each got: the value of its own write transaction, or the class of what said no (a `Refusal` or an abort).

    Anything else that is raised is a fault of ours, and comes out of here.
    """
    gate = Barrier(threads)

    def run(number: int) -> Any:
        with app.app_context():
            act_as(who)
            gate.wait(timeout=30)
            try:
                with db.write():
                    return action(number)
            except (Refusal, HTTPException) as refused:
                return type(refused)

    db.session.rollback()
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))
