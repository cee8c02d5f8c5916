"""Questions and reasons in the JSON of roster_row, and back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lms.people.roster.proposals import Option, Question, Reason


def pack_reasons(reasons: Iterable[Reason]) -> list[Any]:
    return [[reason.code, dict(reason.values)] for reason in reasons]


def unpack_reasons(packed: Iterable[Sequence[Any]]) -> tuple[Reason, ...]:
    return tuple(Reason(code, values) for code, values in packed)


def pack_questions(questions: Iterable[Question]) -> list[Any]:
    return [
        {
            "kind": question.kind,
            "options": [[option.answer, dict(option.values)] for option in question.options],
            "reasons": pack_reasons(question.reasons),
            "alike": question.alike,
            "free": question.free,
        }
        for question in questions
    ]


def unpack_questions(packed: Iterable[dict[str, Any]]) -> tuple[Question, ...]:
    return tuple(
        Question(
            entry["kind"],
            tuple(Option(answer, values) for answer, values in entry["options"]),
            unpack_reasons(entry["reasons"]),
            entry["alike"],
            entry["free"],
        )
        for entry in packed
    )
