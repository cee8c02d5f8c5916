"""An item in another language: all that it says there, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lms.quizzes.items import Item, read_item
from tests.editions import multiple, single, true_false


@pytest.mark.parametrize("body", [true_false(1), single(2, "a"), multiple(3, "ab") | {"scenario": "Chuyện."}])
def test_a_question_is_in_one_language_as_a_whole(body: dict[str, Any]) -> None:
    """Every word of it there: Khmer. Any one missing: all of it Vietnamese, and marked so."""
    whole: dict[str, Any] = {"status": "draft", "stem": "ក"}
    if "scenario" in body:
        whole["scenario"] = "ខ"
    if body["type"] == "true_false":
        whole["feedback"] = {"true": "គ", "false": "ឃ"}
    else:
        whole["options"] = {one["id"]: {"text": "គ", "feedback": "ឃ"} for one in body["options"]}
    said = read_item(body | {"lang": {"km": whole}}, "km")
    assert said.lang == "km" and not _vietnamese(said)
    assert read_item(body, "km") == read_item(body)
    for name in set(whole) - {"status"}:
        for half in _without_one(whole, name):
            assert read_item(body | {"lang": {"km": half}}, "km") == read_item(body)


def _vietnamese(item: Item) -> bool:
    words = [item.stem, item.scenario, *(part for option in item.options for part in (option.text, option.feedback))]
    return any(word and word not in "កខគឃ" for word in words)


def _without_one(whole: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """The word of that name left out; of several under it, each once."""
    value = whole[name]
    if isinstance(value, str):
        yield {key: kept for key, kept in whole.items() if key != name}
        return
    for key in value:
        yield whole | {name: {one: kept for one, kept in value.items() if one != key}}


def test_right_is_right_in_every_language() -> None:
    words = {name: {"text": "ក", "feedback": "ខ"} for name in "abc"}
    body = single(1, content_note="Có nhắc một lời dọa.")
    body["lang"] = {"km": {"status": "draft", "stem": "សំណួរ", "content_note": "ប្រយ័ត្ន", "options": words}}
    khmer, vietnamese = read_item(body, "km"), read_item(body)
    assert (khmer.lang, khmer.stem, khmer.content_note) == ("km", "សំណួរ", "ប្រយ័ត្ន")
    assert (vietnamese.lang, vietnamese.stem) == ("vi", "Câu hỏi số 1?")
    assert khmer.right == vietnamese.right
