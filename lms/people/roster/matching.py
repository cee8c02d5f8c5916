"""Rows of a list + what the register knows → what would happen to each row, and what must be asked first. Pure.

The answers given so far are part of the rows, so the same function makes the preview, refreshes it after an answer,
and says at confirmation what is to be written. Nothing is guessed: what is not certain is a question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from lms.people.roster import posts as posting
from lms.people.roster.changes import Changes, changes_of, unpack_birth
from lms.people.roster.finding import Found, Register, find
from lms.people.roster.pairs import ALONE, Pairing, pairings
from lms.people.roster.places import Places
from lms.people.roster.proposals import (
    DIFFERENT,
    KEEP,
    KINDS,
    LATER,
    NEW,
    SKIP,
    Kind,
    Known,
    KnownPost,
    Listed,
    Option,
    Outcome,
    PostPlan,
    Proposal,
    Question,
    Reason,
    planned_id,
)

_IN_THIS_LIST = -1


def match(rows: Sequence[Listed], register: Register, places: Places, list_date: date) -> list[Proposal]:
    """One proposal a row, in the same order."""
    enter = [row for row in rows if not row.faults and SKIP not in row.decision.values()]
    found = {row.key: find(row, register, places, list_date) for row in enter}
    people = {key: one.person.person_id for key, one in found.items() if one.person}
    run = _Run(places, list_date, found, pairings(enter, people, places, list_date))
    return [run.propose(row) for row in rows]


@dataclass(frozen=True, slots=True)
class _Who:
    """Whom a row is about. `root`: the row whose person it is, itself if it is the first; `known`: so far."""

    root: int
    person_id: int | None = None
    known: Known | None = None
    questions: tuple[Question, ...] = ()
    reasons: tuple[Reason, ...] = ()
    exact: bool = False


@dataclass
class _Run:
    """What the rows so far make of each person, so that a later row of the same person adds to it."""

    places: Places
    list_date: date
    found: Mapping[int, Found]
    pairs: Mapping[int, Pairing]
    by_person: dict[int, Known] = field(default_factory=dict)
    by_row: dict[int, Known] = field(default_factory=dict)
    person_of: dict[int, int] = field(default_factory=dict)
    unready: set[int] = field(default_factory=set)

    def propose(self, row: Listed) -> Proposal:
        if row.faults:
            return Proposal(row.key, "error", why=(*row.faults, *row.notes))
        if SKIP in row.decision.values():
            return Proposal(row.key, "skip", questions=_questions_of_skipped(row), why=(Reason("skipped"),))
        return self._propose(row, self._who(row))

    def _who(self, row: Listed) -> _Who:
        pair, found = self.pairs.get(row.key, ALONE), self.found[row.key]
        asked = _same_row_question(pair)
        if pair.same_as is not None:
            person_id = self.person_of.get(pair.same_as)
            known = self.by_row.get(pair.same_as) if person_id is None else self.by_person.get(person_id)
            reason = Reason("same_row", {"row": pair.same_as})
            return _Who(pair.same_as, person_id, known, asked, (reason,))
        apart = found.without({self.person_of[key] for key in pair.partners if key in self.person_of})
        questions = asked + _same_person_question(apart)
        if apart.person is None:
            return _Who(row.key, questions=questions, reasons=apart.reasons)
        known = self.by_person.get(apart.person.person_id, apart.person)
        return _Who(row.key, known.person_id, known, questions, apart.reasons, apart.exact)

    def _propose(self, row: Listed, who: _Who) -> Proposal:
        posts = posting.posts_of(row, who.known, self.places, self.list_date)
        questions = _in_order((*row.questions, *who.questions, *_again_question(posts)))
        is_open = tuple(question.kind for question in questions if _is_open(question, row.decision))
        plans = posts.plans
        if row.decision.get("post_again") == "add":
            plans += posting.again(row, posts, self.list_date)
        changes = changes_of(who.known, row, self.list_date, exact=who.exact) if who.known else {}
        waits = who.root if who.root != row.key and who.root in self.unready else None
        self._remember(row, who, changes, plans, is_open=bool(is_open) or waits is not None)
        return Proposal(
            row.key,
            "open" if is_open or waits is not None else _outcome(who.known, changes, plans),
            person_id=who.person_id,
            same_as=None if who.root == row.key else who.root,
            changes=changes,
            posts=plans,
            questions=questions,
            open=is_open,
            waits_for=waits,
            why=(*who.reasons, *_changed(changes), *posting.why(plans, who.known), *row.notes),
        )

    def _remember(
        self, row: Listed, who: _Who, changes: Changes, plans: tuple[PostPlan, ...], *, is_open: bool
    ) -> None:
        """Rows of somebody new wait until the row that makes them is entered; what an open row says does not count."""
        if who.person_id is not None:
            self.person_of[row.key] = who.person_id
        elif is_open:
            self.unready.add(row.key)
        if is_open and who.known is not None:
            return
        known = _after(who.known or _from_row(row), row.key, changes, plans, self.list_date)
        if who.person_id is not None:
            self.by_person[who.person_id] = known
        else:
            self.by_row[who.root] = known


def _outcome(known: Known | None, changes: Changes, plans: tuple[PostPlan, ...]) -> Outcome:
    if known is None:
        return "new"
    return "update" if changes or any(plan.act != "seen" for plan in plans) else "same"


def _from_row(row: Listed) -> Known:
    return Known(_IN_THIS_LIST, row.names, row.sex, row.birth, row.phone, row.phone_spare)


def _after(known: Known, key: int, changes: Changes, plans: tuple[PostPlan, ...], list_date: date) -> Known:
    """The person as the rows so far will have left them; `key` is the last of these rows."""
    values = {name: after for name, (_, after) in changes.items() if name in ("sex", "phone", "phone_spare")}
    if "birth" in changes:
        values["birth"] = unpack_birth(changes["birth"][1])
    posts = tuple(
        KnownPost(planned_id(key, index), plan.role, plan.unit_id, plan.first_day, plan.last_day, list_date)
        for index, plan in enumerate(plans)
        if plan.act != "seen"
    )
    refined = {plan.assignment_id for plan in plans if plan.act == "refine"}
    kept = tuple(post for post in known.posts if post.assignment_id not in refined)
    return replace(known, posts=kept + posts, **values)


def _changed(changes: Changes) -> tuple[Reason, ...]:
    return tuple(
        Reason(f"change_{name}", {"before": before, "after": after}) for name, (before, after) in changes.items()
    )


def _is_open(question: Question, decision: Mapping[str, str]) -> bool:
    answer = decision.get(question.kind, LATER)
    return answer == LATER or not question.allows(answer)


def _in_order(questions: tuple[Question, ...]) -> tuple[Question, ...]:
    return tuple(sorted(questions, key=lambda question: KINDS.index(question.kind)))


def _questions_of_skipped(row: Listed) -> tuple[Question, ...]:
    """A row that was set aside keeps a question, so that this can be taken back."""
    answered: list[Kind] = [kind for kind in KINDS if row.decision.get(kind) == SKIP]
    own = tuple(question for question in row.questions if question.kind in answered)
    return own or tuple(Question(kind, (Option(KEEP), Option(SKIP))) for kind in answered)


def _same_row_question(pair: Pairing) -> tuple[Question, ...]:
    if not pair.asked:
        return ()
    options = (*(Option(f"row:{key}", {"row": key}) for key in pair.partners), Option(DIFFERENT))
    return (Question("same_row", options),)


def _same_person_question(found: Found) -> tuple[Question, ...]:
    if not found.asked:
        return ()
    options = tuple(
        Option(f"person:{known.person_id}", {"person": known.person_id, "shown": known.shown})
        for known, _ in found.asked
    )
    reasons = tuple(reason for reason in found.asked[0][1].reasons if found.asked[0][0].shown)
    return (Question("same_person", (*options, Option(NEW)), reasons),)


def _again_question(posts: posting.Posts) -> tuple[Question, ...]:
    if not posts.ended:
        return ()
    reasons = tuple(
        Reason("post_ended", {"role": post.role, "unit": post.unit_id, "last_day": str(post.last_day)})
        for post in posts.ended
    )
    return (Question("post_again", (Option("add"), Option("leave")), reasons),)
