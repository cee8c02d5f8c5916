"""The editor's form for one question of the three types that can be played: to and from the item's body. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.authoring.lesson_form import law_keys, listed, with_added_law

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOST_OPTIONS = 8

Body = dict[str, Any]
Sent = MultiDict[str, str]


@dataclass(frozen=True)
class Row:
    """One option as the form shows it."""

    id: str
    text: str = ""
    fb: str = ""
    correct: bool = False


@dataclass(frozen=True)
class QuestionForm:
    """What the page shows; for a true/false item `rows` are its two answers."""

    stem: str
    scenario: str
    outcome: str
    law: str
    tags: str
    difficulty: str
    content_note: str
    must_be_right: bool
    each: bool
    read_again: str
    rows: tuple[Row, ...]


def from_body(body: Mapping[str, Any]) -> QuestionForm:
    return QuestionForm(
        stem=_text(body.get("stem")),
        scenario=_text(body.get("scenario")),
        outcome=_text(body.get("outcome")),
        law=", ".join(map(str, body.get("law") or ())),
        tags=", ".join(map(str, body.get("tags") or ())),
        difficulty=str(body.get("difficulty") or 1),
        content_note=_text(body.get("content_note")),
        must_be_right=bool(body.get("must_be_right")),
        each=body.get("score") == "each",
        read_again=_text(body.get("read_again")),
        rows=_rows_of(body),
    )


def from_sent(sent: Sent, kind: str) -> QuestionForm:
    """What was typed, whatever it is."""
    return QuestionForm(
        stem=_sent(sent, "stem"),
        scenario=_sent(sent, "scenario"),
        outcome=_sent(sent, "outcome"),
        law=with_added_law(sent),
        tags=_sent(sent, "tags"),
        difficulty=_sent(sent, "difficulty") if _sent(sent, "difficulty") in ("1", "2", "3") else "1",
        content_note=_sent(sent, "content_note"),
        must_be_right=bool(sent.get("must_be_right")),
        each=bool(sent.get("each")),
        read_again=_sent(sent, "read_again"),
        rows=tuple(_sent_rows(sent, kind)),
    )


def with_row(form: QuestionForm) -> QuestionForm:
    """One more, empty option under the first free letter."""
    used = {row.id for row in form.rows}
    if len(form.rows) >= MOST_OPTIONS:
        return form
    return replace(form, rows=(*form.rows, Row(next(letter for letter in LETTERS if letter not in used))))


def without_row(form: QuestionForm, letter: str) -> QuestionForm:
    return replace(form, rows=tuple(row for row in form.rows if row.id != letter))


def to_body(form: QuestionForm, before: Mapping[str, Any]) -> Body:
    """The item as it shall be; what the form does not show (cast, media, translations) stays as it was."""
    body = dict(before) | {"stem": form.stem, "outcome": form.outcome, "difficulty": int(form.difficulty)}
    body |= {"law": law_keys(form.law), "tags": listed(form.tags)}
    for name, value in (("scenario", form.scenario), ("content_note", form.content_note)):
        _set(body, name, value)
    _set(body, "must_be_right", form.must_be_right)
    _set(body, "read_again", form.read_again)
    if before.get("type") == "true_false":
        return body | {"answer": _answer(form), "fb": {row.id: row.fb for row in form.rows}}
    if before.get("type") == "multiple":
        body["score"] = "each" if form.each else "all"
    return body | {"options": _options(form, before)}


def _set(body: Body, name: str, value: Any) -> None:
    """An empty field is left out, unless the author had written it down as empty."""
    if value or name in body:
        body[name] = value


def _answer(form: QuestionForm) -> bool:
    return any(row.id == "true" and row.correct for row in form.rows)


def _options(form: QuestionForm, before: Mapping[str, Any]) -> list[Body]:
    """In the order of keys that an option had, so that an untouched one stays the very same. Wholly empty ones go."""
    old = {str(row.get("id")): row for row in before.get("options") or () if isinstance(row, dict)}
    written = [row for row in form.rows if row.text or row.fb or row.correct]
    return [_option(row, old.get(row.id, {})) for row in written or form.rows]


def _option(row: Row, old: Mapping[str, Any]) -> Body:
    correct = {"correct": True} if row.correct else {}
    fresh: Body = {"id": row.id, "text": row.text} | correct | {"fb": row.fb}
    return {key: fresh[key] for key in old if key in fresh} | fresh if set(old) == set(fresh) else fresh


def _rows_of(body: Mapping[str, Any]) -> tuple[Row, ...]:
    if body.get("type") == "true_false":
        fb = body.get("fb") if isinstance(body.get("fb"), dict) else {}
        return tuple(
            Row(value, "", _text(fb.get(value)), (value == "true") == bool(body.get("answer")))  # type: ignore[union-attr]
            for value in ("true", "false")
        )
    rows = body.get("options")
    return tuple(
        Row(str(row.get("id")), _text(row.get("text")), _text(row.get("fb")), bool(row.get("correct")))
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict)
    )


def _sent_rows(sent: Sent, kind: str) -> list[Row]:
    right = set(sent.getlist("right"))
    allowed = ("true", "false") if kind == "true_false" else tuple(LETTERS)
    ids = [letter for letter in dict.fromkeys(sent.getlist("row")) if letter in allowed]
    return [Row(letter, _sent(sent, f"text-{letter}"), _sent(sent, f"fb-{letter}"), letter in right) for letter in ids]


def _sent(sent: Sent, name: str) -> str:
    return " ".join(sent.get(name, "").split())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
