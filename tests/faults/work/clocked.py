"""A site in one process while the clock of its machine jumps: `python -m tests.faults.work.clocked FILE`.

Runs under libfaketime, which reads FILE at every look at the clock. At each stop of `STOPS` a learner passes, one whose
certificate had to wait gets it, and the doors are tried. Prints what the doors said as one JSON object a line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask

from lms import create_app
from lms.accounts import door, hashing, rules
from lms.accounts.models import Account
from lms.accounts.operations import tries
from lms.audit import queries as audit
from lms.certificates import tasks
from lms.db import db, utc_now
from tests.certificates.people import Visitor
from tests.faults.seeding import seed
from tests.faults.work.bulk import waiting
from tests.faults.work.writers import all_right, hand_in

STOPS = ("+0", "+1700d", "-1h", "-1095d")
"""From the true time, as libfaketime writes it: now, in 2031, from there back to an hour and to three years behind."""
LATER = "-26274h"
"""Six hours after the last stop."""
PHONE, PIN = "+84900000001", "730462"
PAGE = "/tai-khoan"


def try_door(secret: str) -> str:
    found = door.check(door.claim_number(PHONE, "10.0.0.1"), secret)
    return "in" if isinstance(found, door.Known) else "wrong" if found.checked else f"wait {found.wait.total_seconds()}"


def lock_out() -> str:
    """Tries until the number is locked; what the right PIN then gets."""
    for _ in range(rules.TRIES_BEFORE_LOCK):
        with db.write():
            tries.begin(tries.number_key(PHONE))
    return try_door(PIN)


def page(visitor: Visitor) -> int:
    """200 for who is signed in."""
    return visitor.get(PAGE).status


def live_through(app: Flask, clock: Path) -> Iterator[dict[str, Any]]:
    papers = seed(app, len(STOPS))
    account = papers[0].account_id
    with db.write() as session:
        session.add(Account(name="Người Mẫu", phone=PHONE, pin_hash=hashing.hash_secret(PIN)))
    waiting(1)
    for number, stop in enumerate(STOPS):
        visitor = Visitor(app, account)
        before = {"page": page(visitor), "door": lock_out()}
        set_clock(clock, stop)
        yield {
            "stop": stop,
            "now": utc_now().isoformat(),
            "before": before,
            "after": {"page": page(visitor), "door": try_door(PIN)},
            "issued": tasks.issue_waiting(),
            "handed in": hand_in(papers[number], all_right(papers[number])).state,
            "record": list(audit.verify().faults),
        }
        waiting(1, first=number + 2)
    set_clock(clock, LATER)
    yield {"stop": LATER, "after": {"door": try_door(PIN)}}


def set_clock(file: Path, offset: str) -> None:
    file.write_text(f"{offset}\n")


def main(clock: Path) -> None:
    app = create_app()
    with app.app_context():
        for told in live_through(app, clock):
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
