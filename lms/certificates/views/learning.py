"""What somebody has learned, for the offices that may see the person: the proof behind a figure."""

from __future__ import annotations

from flask import render_template

from lms.access import requires
from lms.access.current import viewer
from lms.certificates.queries.records import learning_of
from lms.certificates.wording import KIND_NAMES
from lms.people.scope import require_person


@requires("manager", "organiser", "inspector")
def learning(person_id: int) -> str:
    person = require_person(viewer(), person_id)
    learned = learning_of(viewer(), person.id)
    return render_template("certificates/learning.html", person=person, learned=learned, kinds=KIND_NAMES)
