"""An item of questions.yaml (schema lhp-questions/1) as a value, and what is wrong with one.

Every type of the schema is kept and goes out as it came in; the types that can be played so far are in `PLAYABLE`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

PLAYABLE = ("single", "multiple", "true_false")
OTHER_TYPES = ("matching", "ordering", "numeric", "short_text", "gaps", "hot_spot", "essay", "case")
TRUE, FALSE = "true", "false"
PAIR = "cap-"

_ID = re.compile(r"^k[1-6]-m[1-9]-[qc]\d{2}$")
_OPTION_ID = re.compile(r"^[a-z]$")
_COMMON = frozenset(
    ("id", "type", "stem", "scenario", "outcome", "law", "difficulty", "points", "must_be_right", "tags", "cast")
    + ("hint", "media", "reviewed_on", "content_note", "feedback", "lang", "shuffle", "read_again")
)
_OWN: Mapping[str, frozenset[str]] = {
    "single": frozenset({"options"}),
    "multiple": frozenset({"options", "score"}),
    "true_false": frozenset({"answer", "fb"}),
}
_OPTION_KEYS = frozenset({"id", "text", "fb", "correct"})


class Fault(NamedTuple):
    """What is wrong: the item's id, the field, and a code that the editor turns into a sentence."""

    item: str
    field: str
    code: str


@dataclass(frozen=True)
class Option:
    id: str
    text: str
    feedback: str
    correct: bool


@dataclass(frozen=True)
class Item:
    """A playable item. `options` of a true/false item are made from its answer: "true", "false"."""

    id: str
    type: str
    stem: str
    scenario: str
    options: tuple[Option, ...]
    law: tuple[str, ...]
    points: int
    must_be_right: bool
    shuffle: bool
    each: bool
    content_note: str
    outcome: str = ""
    pair: str = ""
    """The tag that two wordings of one must-be-right item share (`cap-…`); "" for an item without a twin."""
    practised: bool = False
    """A lesson of its edition asks it too, and tells what is right."""
    read_again: str = ""
    """The lesson of its module that a wrong answer leads back to, by its file: lesson-05.vi.md."""
    lang: str = "vi"
    """Of the words it says: Vietnamese where the asked language has no such item."""

    @property
    def module(self) -> str:
        return self.id.rpartition("-")[0]

    @property
    def right(self) -> frozenset[str]:
        return frozenset(option.id for option in self.options if option.correct)


def read_item(body: Mapping[str, Any], lang: str = "vi") -> Item:
    """The item of a playable body without faults; in `lang` where it is there as a whole, else in Vietnamese."""
    said = _said(body, lang)
    return Item(
        id=body["id"],
        type=body["type"],
        lang=lang if said else "vi",
        stem=said.get("stem") or body["stem"],
        scenario=said.get("scenario") or body.get("scenario") or "",
        options=tuple(_options(body, said)),
        law=tuple(body.get("law") or ()),
        points=int(body.get("points") or 1),
        must_be_right=bool(body.get("must_be_right")),
        shuffle=body["type"] != "true_false" and body.get("shuffle", True),
        each=body.get("score") == "each",
        content_note=said.get("content_note") or body.get("content_note") or "",
        outcome=body.get("outcome") or "",
        pair=next((tag for tag in body.get("tags") or () if str(tag).startswith(PAIR)), ""),
        read_again=str(body.get("read_again") or ""),
    )


def _said(body: Mapping[str, Any], lang: str) -> Mapping[str, Any]:
    """Its words in `lang`, if none is missing: a question half in one language and half in another helps nobody."""
    said: Mapping[str, Any] = (body.get("lang") or {}).get(lang) or {}
    words = [said.get(name) for name in ("stem", "scenario", "content_note") if body.get(name)]
    if body["type"] == "true_false":
        words += [(said.get("feedback") or {}).get(value) for value in (TRUE, FALSE)]
    else:
        texts = said.get("options") or {}
        words += [(texts.get(one["id"]) or {}).get(part) for one in body["options"] for part in ("text", "feedback")]
    return said if all(words) else {}


def _options(body: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[Option]:
    texts = said.get("options") or {}
    if body["type"] == "true_false":
        feedback = said.get("feedback") or {}
        for value in (TRUE, FALSE):
            words = feedback.get(value) or body["fb"][value]
            yield Option(value, "", words, (value == TRUE) == bool(body["answer"]))
        return
    for option in body["options"]:
        said_here = texts.get(option["id"]) or {}
        text, feedback = said_here.get("text") or option["text"], said_here.get("feedback") or option["fb"]
        yield Option(option["id"], text, feedback, bool(option.get("correct")))


def faults_of(items: Iterable[Any]) -> list[Fault]:
    """What is wrong with the items of one file, in their order; empty when all can be loaded."""
    faults: list[Fault] = []
    seen: set[str] = set()
    for place, body in enumerate(items, 1):
        if not isinstance(body, Mapping):
            faults.append(Fault(f"#{place}", "", "not_an_item"))
            continue
        name = str(body.get("id") or f"#{place}")
        if name in seen:
            faults.append(Fault(name, "id", "double_id"))
        seen.add(name)
        faults += [Fault(name, field, code) for field, code in _faults(body)]
    return faults


def _faults(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not _ID.match(str(body.get("id", ""))):
        yield "id", "bad_id"
    for field in ("stem", "outcome", "law", "difficulty"):
        if not body.get(field):
            yield field, "missing"
    if not isinstance(body.get("law") or [], list):
        yield "law", "not_a_list"
    if body.get("type") not in PLAYABLE + OTHER_TYPES:
        yield "type", "unknown_type"
    elif body["type"] in PLAYABLE:
        yield from _unknown_keys(body)
        yield from _answer_faults(body)


def _unknown_keys(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in sorted(set(map(str, body)) - _COMMON - _OWN[body["type"]]):
        yield key, "unknown_key"


def _answer_faults(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if body["type"] == "true_false":
        if not isinstance(body.get("answer"), bool):
            yield "answer", "missing"
        feedback = body.get("fb")
        if not isinstance(feedback, Mapping) or not all(feedback.get(value) for value in (TRUE, FALSE)):
            yield "fb", "missing"
        return
    options = body.get("options")
    if not isinstance(options, list) or not all(isinstance(option, Mapping) for option in options):
        yield "options", "missing"
        return
    yield from _option_faults(body["type"], options)


def _option_faults(kind: str, options: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    ids = [str(option.get("id")) for option in options]
    if len(set(ids)) != len(ids) or not all(_OPTION_ID.match(name) for name in ids):
        yield "options", "bad_option_id"
    if any(not option.get("text") for option in options):
        yield "options", "missing"
    if any(not option.get("fb") for option in options):
        yield "fb", "missing"
    if any(set(option) - _OPTION_KEYS for option in options):
        yield "options", "unknown_key"
    correct = sum(bool(option.get("correct")) for option in options)
    if kind == "single" and (correct != 1 or not 3 <= len(options) <= 5):
        yield "options", "one_right_of_three_to_five"
    if kind == "multiple" and not 1 <= correct < len(options):
        yield "options", "some_right_not_all"
