"""An item in another language: what it says there, and Vietnamese for the rest."""

from __future__ import annotations

from lms.quizzes.items import read_item
from tests.editions import single, true_false

KM = {"status": "draft", "stem": "សំណួរ", "content_note": "ប្រយ័ត្ន", "options": {"a": {"text": "ក", "feedback": "ខ"}}}


def test_what_is_translated_is_said_and_the_item_tells_its_language() -> None:
    body = single(1, content_note="Có nhắc một lời dọa.", lang={"km": KM})
    khmer, vietnamese = read_item(body, "km"), read_item(body)
    assert (khmer.lang, khmer.stem, khmer.content_note) == ("km", "សំណួរ", "ប្រយ័ត្ន")
    assert [option.text for option in khmer.options] == ["ក", "Ý b của câu 1", "Ý c của câu 1"]
    assert (vietnamese.lang, vietnamese.stem) == ("vi", "Câu hỏi số 1?")
    assert khmer.right == vietnamese.right


def test_without_its_question_an_item_counts_as_vietnamese() -> None:
    assert read_item(single(1, lang={"km": {"status": "draft", "options": KM["options"]}}), "km").lang == "vi"
    assert read_item(true_false(4), "km").lang == "vi"
