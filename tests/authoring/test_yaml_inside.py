"""What a question says in another language goes into its file, and no other letter moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.authoring.files import items_of, with_item, with_translations

TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp"), blacklist_characters="\ufeff"), max_size=40)
SAID = st.dictionaries(st.sampled_from(["stem", "a", "b"]), TEXT | st.dictionaries(st.just("text"), TEXT), min_size=1)
BLOCK = """items:
- id: q1
  stem: "Ai?"

# lời dặn
- id: q2
  stem: |
    Ở

    đâu?

- id: q3
  tail: [1]
"""
DEEP = """items:
  - id: q1
    tags:
      - a
      - b

  # lời dặn
  - stem: x
    id: q2
  - {id: q3}
"""
FLOW = """items:
- {id: q1, stem: "Ai, “ờ”?"}
- {id: q2,
   stem: "b",  # lời dặn
  }
- {id: q3}
last: 1
"""
HELD = """items:
- id: q1
  lang:
    km: {stem: a}
    en:
      stem: e
  tags: [x]
- id: q2
  lang: {en: {stem: e}}
  tags: [x]
- lang: {}
  id: q3
"""
FILES = {"block": BLOCK, "deep": DEEP, "flow": FLOW, "held": HELD}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
@pytest.mark.parametrize("key", ["q1", "q2", "q3"])
@given(said=SAID, again=SAID)
@settings(max_examples=15, deadline=None)
def test_a_translation_goes_in_and_changes(text: str, key: str, said: dict[str, Any], again: dict[str, Any]) -> None:
    once = with_translations(text, "km", {key: said})
    twice = with_translations(once, "km", {key: again})
    for made, wanted in ((once, said), (twice, again)):
        assert items_of(made) == [_saying(item, wanted) if item["id"] == key else item for item in items_of(text)]
        assert text.count("# lời dặn") == made.count("# lời dặn")
    assert with_translations(twice, "km", {key: said}) == with_translations(once, "km", {key: said})


def _saying(item: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    return item | {"lang": (item.get("lang") or {}) | {"km": said}}


def test_no_other_line_moves() -> None:
    path = next(Path("content").rglob("questions.yaml"))
    text = path.read_text()
    key = items_of(text)[1]["id"]
    made = with_translations(text, "km", {key: {"status": "draft", "stem": "ខ្មែរ"}}).split("\n")
    fresh = [at for at, line in enumerate(made) if line.lstrip().startswith("lang:")]
    assert len(fresh) == 1
    assert made[: fresh[0]] + made[fresh[0] + 1 :] == text.split("\n")


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_several_questions_at_once(text: str) -> None:
    one_by_one = text
    for key in ("q1", "q2", "q3"):
        one_by_one = with_translations(one_by_one, "km", {key: {"stem": key}})
    assert with_translations(text, "km", {key: {"stem": key} for key in ("q2", "q1", "q3")}) == one_by_one


def test_an_unknown_question() -> None:
    with pytest.raises(KeyError):
        with_translations(FILES["flow"], "km", {"q9": {}})


def test_an_item_of_an_indented_list_is_replaced_alone() -> None:
    text = FILES["deep"]
    changed = with_item(text, {"id": "q1", "stem": "y"})
    assert [item["id"] for item in items_of(changed)] == ["q1", "q2", "q3"]
    assert changed.count("# lời dặn") == 1
