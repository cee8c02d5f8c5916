"""How the questions of a published edition do: sums only, never a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flask import render_template, request
from werkzeug.exceptions import NotFound

from lms.access import requires
from lms.authoring import queries
from lms.authoring.wording import bare, opening
from lms.courses.operations import draft_of
from lms.quizzes.queries.statistics import QuestionStatistics, question_statistics
from lms.web.addresses import row_id

PAGE = 15
FEW = 5
"""Below this many answers a share says nothing, and who knows who sat the quiz would read one learner's answers. For
the same reason the figures go on by no fewer: the page of before and the page of after would tell one answer."""


@requires("trainer")
def statistics(code: str) -> str:
    """The questions that most people got wrong come first; those nobody answered last."""
    course = queries.course_of(code)
    line = queries.course_line(course)
    number = request.args.get("ban", type=row_id) or (line.newest.number if line.newest else 0)
    shown = next((one for one in line.editions if one.number == number), None)
    if shown is None and line.editions:
        raise NotFound
    rows = sorted(question_statistics(shown.id, FEW), key=_hardest_first) if shown else []
    asked = request.args.get("cau", "")[:40]
    chosen = next((one for one in rows if one.key == asked or not asked), None)
    return render_template(
        "authoring/statistics.html",
        course=course,
        line=line,
        shown=shown,
        rows=rows,
        asked=asked,
        chosen=chosen,
        counted=_counted(rows),
        has_draft=draft_of(course) is not None,
        few=FEW,
        first=min(max(request.args.get("tu", 1, type=int), 1), max(len(rows), 1)),
        page_size=PAGE,
        bare=bare,
        opening=opening,
    )


def _counted(rows: Iterable[QuestionStatistics]) -> dict[int, int]:
    """number of an edition → answers of it that are counted here."""
    whole: Counter[int] = Counter()
    for one in rows:
        whole.update(one.editions)
    return dict(sorted(whole.items()))


def _hardest_first(one: QuestionStatistics) -> tuple[bool, float, str]:
    return one.answered < FEW, one.right / one.answered if one.answered else 1, one.key
