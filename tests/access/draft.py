"""`python -m tests.access.draft`: lines for routes that the table lacks, as their views declare. To be checked by hand.

A declared right says who may knock, not about which ward: a route about one object here is guessed to be closed to the
manager elsewhere and to whoever does not own it, and only a reader of the room can say whether that is so.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from lms.access import policy_of
from tests.access import table
from tests.access.conftest import new_app
from tests.access.site import CHANGES, READS
from tests.access.table import Line
from tests.access.world import ACTORS, OFFICE

HOLDS = {"learner": "learner"} | {actor: capability for actor, (capability, _unit) in OFFICE.items()}


def missing(app: Flask) -> list[Line]:
    known = {(line.method, line.rule) for line in table.read()}
    found = [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {*READS, *CHANGES}
        if rule.endpoint != "static" and (method, rule.rule) not in known
    ]
    return [_guess(app, rule, method) for rule, method in sorted(found, key=lambda one: (one[0].rule, one[1]))]


def _guess(app: Flask, rule: Rule, method: str) -> Line:
    policy = policy_of(app.view_functions[rule.endpoint])

    def may(actor: str) -> bool:
        if policy is None or policy.public:
            return policy is not None
        if actor == "nobody" or (actor == "elsewhere" and rule.arguments):
            return False
        return not policy.capabilities or HOLDS[actor] in policy.capabilities

    return Line(method, rule.rule, {actor: may(actor) for actor in ACTORS})


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = new_app(Path(folder) / "empty.sqlite", Path(folder))
    print(table.heading())
    for line in missing(app):
        print(table.write_line(line))


if __name__ == "__main__":
    main()
