"""Once a day, if LMS_RETENTION=run; otherwise an operator reads the plan and runs it."""

from __future__ import annotations

from flask import current_app

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.db import utc_now
from lms.operate.retention import running
from lms.text.dates import local_today

KIND = "retention"
_DAY = "retention_day"


def daily() -> int:
    """The day's run, once in each worker: a second finds nothing more due. Returns how many rows went."""
    today = local_today(utc_now())
    if current_app.extensions["settings"].retention != "run" or current_app.extensions.get(_DAY) == today:
        return 0
    act_as(SYSTEM)
    done = running.run(today)
    current_app.extensions[_DAY] = today
    return sum(sum(tables.values()) for tables in done.plan.counts.values())
