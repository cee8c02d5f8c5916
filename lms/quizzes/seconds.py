"""The honest seconds of an item (content-guide.md A7): what its words take to read and its answer to choose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from lms.courses.passages import count_words
from lms.courses.rules import SECONDS_PER_LAW_WORD, SECONDS_PER_WORD

ANSWERING = {
    "single": 25,
    "true_false": 25,
    "multiple": 35,
    "numeric": 35,
    "short_text": 35,
    "hot_spot": 35,
    "gaps": 50,
    "ordering": 50,
    "matching": 50,
}
_PARTS = ("options", "steps", "pairs", "gaps")


def item_seconds(body: Mapping[str, Any]) -> Decimal:
    """Seconds of one item of questions.yaml, of any type that a quiz can hold.

    Stem and options at 120 words a minute, the scenario (a story, like a lesson's) at 150, the answering as the type
    asks, and the mean of the options' feedback at 150. KeyError for a type without a time (essay and case have their
    own: the author's minutes, the path).
    """
    asked = sum(map(_words, [str(body.get("stem") or ""), *_option_texts(body)]))
    feedback = [_words(text) for text in _feedback(body)]
    mean = Decimal(sum(feedback)) / len(feedback) if feedback else Decimal(0)
    told = _words(str(body.get("scenario") or "")) + mean
    return asked * SECONDS_PER_LAW_WORD + told * SECONDS_PER_WORD + ANSWERING[body["type"]]


def seconds_by_key(bodies: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    """item id → seconds, for those items that have a time of their own."""
    return {str(body["id"]): item_seconds(body) for body in bodies if body.get("type") in ANSWERING}


def _option_texts(body: Mapping[str, Any]) -> Iterator[str]:
    for part in _parts(body):
        yield str(part.get("text") or "")


def _feedback(body: Mapping[str, Any]) -> Iterator[str]:
    said = body.get("fb")
    if isinstance(said, Mapping):
        yield from map(str, said.values())
    for part in _parts(body):
        if part.get("fb"):
            yield str(part["fb"])


def _parts(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in _PARTS:
        parts = body.get(name)
        yield from (part for part in (parts if isinstance(parts, list) else ()) if isinstance(part, Mapping))


def _words(text: str) -> int:
    return sum(count_words(text))
