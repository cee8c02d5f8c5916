"""The room's codes in the user's words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.access import Viewer
from lms.certificates.wording import KIND_NAMES
from lms.coverage.answers import describe, lies_ahead
from lms.coverage.facts import READERS, Question
from lms.coverage.people import Proof
from lms.db import utc_now
from lms.people.scope import own_roots
from lms.people.words import LINE_NAMES
from lms.text.dates import local_today, show_date
from lms.units.queries import find_scope, names_on
from lms.web.filters import moment

STATE_NAMES = {
    "counted": _l("Tất cả người được đếm"),
    "trained": _l("Đã đạt"),
    "missing": _l("Chưa đạt"),
    "new": _l("Chưa đạt, nhận nhiệm vụ dưới 90 ngày"),
    "expiring": _l("Sắp hết hạn"),
    "untested": _l("Đã học xong, chưa thi"),
}
SEX_NAMES = {"nu": _l("Nữ"), "nam": _l("Nam"), None: _l("Chưa rõ")}


def basis_words(question: Question, basis: str) -> str:
    needs = question.requirement
    if basis == "ever":
        return str(_("Lũy kế từ %(day)s", day=show_date(needs.starts_on)))
    return str(_("Còn hạn trong %(months)s tháng", months=needs.months))


def proof_words(proof: Proof) -> str:
    return f"{KIND_NAMES[proof.kind]}: {proof.title}"


def scope_name(code: str) -> str:
    found = find_scope(code)
    return found.name if found else code


def area_words(viewer: Viewer, question: Question) -> str:
    """Of which area the figure is: the scope, and within it the units and lines of the viewer's own rights."""
    roots = own_roots(viewer, *READERS)
    place = scope_name(question.scope) if roots is None else _inside(roots, question)
    grants = viewer.grants_for(*READERS)
    if any(grant.line is None for grant in grants):
        return place
    lines = sorted({str(LINE_NAMES[grant.line]) for grant in grants if grant.line})
    return str(_("%(place)s, ngành %(lines)s", place=place, lines="; ".join(lines)))


def _inside(roots: set[int], question: Question) -> str:
    """Before a merger the viewer's own units had other names and bounds: then they are named as they are now."""
    then, scope = names_on(roots, question.tree_on), scope_name(question.scope)
    if len(then) == len(roots):
        return str(_("%(own)s (trong %(scope)s)", own=_listed(then), scope=scope))
    now = then | names_on(roots, local_today(utc_now()))
    return str(_("Các nơi nay thuộc %(own)s (trong địa bàn của %(scope)s)", own=_listed(now), scope=scope))


def _listed(names: dict[int, str]) -> str:
    return ", ".join(sorted(names.values()))


def ahead_words(question: Question, basis: str) -> str:
    """Of a day that has not come: what its figure is made of. Empty for any other day."""
    if not lies_ahead(question):
        return ""
    day = show_date(local_today(question.known_on))
    if basis == "ever":
        return str(_("Ngày này chưa tới: tính theo những gì đã ghi đến ngày %(day)s.", day=day))
    return str(_("Ngày này chưa tới: tính theo những gì đã ghi đến ngày %(day)s, giấy hết hạn dần.", day=day))


def question_lines(viewer: Viewer, question: Question, basis: str) -> list[str]:
    """The question as a file or a paper says it, one line each."""
    needs, ahead = question.requirement, ahead_words(question, basis)
    return [
        area_words(viewer, question),
        describe(question),
        *([ahead] if ahead else []),
        str(_("Theo những gì đã ghi đến %(moment)s", moment=moment(question.known_on))),
        basis_words(question, basis),
        str(_("%(plan)s, chỉ tiêu %(target)s %%", plan=needs.plan_name, target=needs.target)),
    ]
