"""What somebody has learned, for the offices that may see the person: the proof behind a figure."""

from __future__ import annotations

from flask import render_template, request

from lms.access import requires
from lms.access.current import viewer
from lms.certificates.queries.records import Other, learning_of
from lms.certificates.queries.writers import writers_of
from lms.certificates.wording import KIND_NAMES
from lms.people.scope import require_person
from lms.web.deny import safe_next


@requires("manager", "organiser", "inspector")
def learning(person_id: int) -> str:
    """`?tu=` is the list of a figure that led here, with its dates."""
    person = require_person(viewer(), person_id)
    learned = learning_of(viewer(), person.id)
    return render_template(
        "certificates/learning.html",
        person=person,
        learned=learned,
        kinds=KIND_NAMES,
        writers=writers_of(viewer(), [one.recorded_by for one in learned if isinstance(one, Other)]),
        back=safe_next(request.args.get("tu"), ""),
    )
