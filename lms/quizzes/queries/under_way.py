"""Whether somebody is in the middle of a quiz: until it is handed in, no page tells the answers of its course."""

from __future__ import annotations

from sqlalchemy import select

from lms.access import Viewer
from lms.courses.models import Course, Edition
from lms.db import db
from lms.people.scope import visible
from lms.quizzes.models import Attempt, Quiz


def open_ticket(viewer: Viewer, code: str) -> str | None:
    """The viewer's attempt under way in the course `code`, whichever edition it was drawn from."""
    wanted = (
        select(Attempt.ticket)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Edition, Edition.id == Quiz.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(Attempt.person_id == viewer.person_id, Attempt.closed_at.is_(None), Course.code == code)
        .limit(1)
    )
    return db.session.scalar(visible(viewer, wanted, of=Attempt))
