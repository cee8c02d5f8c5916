"""YAML as we write it, read back; and files in which one thing changes and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.authoring.files import (
    items_of,
    new_document,
    new_questions,
    read_document,
    with_item,
    without_item,
    write_document,
)
from lms.authoring.yaml_writing import field_lines, item_lines
from lms.courses.documents import load_yaml
from tests.authoring.conftest import QUESTIONS, Files

TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff\ufffe\uffff"), max_size=60)
SCALAR = st.one_of(TEXT, st.booleans(), st.integers(-999, 999), st.none(), st.sampled_from(["no", "12", "null", "a-b"]))
KEY = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
VALUE = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4))


@given(st.dictionaries(st.one_of(KEY, st.sampled_from(["options", "true", "fb"])), VALUE, min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_back_the_same(values: dict[str, Any]) -> None:
    lines = [line for key, value in values.items() for line in field_lines(key, value)]
    assert load_yaml("\n".join(lines)) == values


@given(TEXT)
@settings(max_examples=60, deadline=None)
def test_any_title_can_be_written_into_a_front_matter(title: str) -> None:
    document = read_document('---\ntitle: "Cũ"\n# lời dặn\nminutes: 2\n---\nBài.\n')
    again = read_document(write_document(document, {"title": title}, document.body))
    assert (again.front["title"], again.front["minutes"], again.body) == (title, 2, "Bài.\n")
    assert "# lời dặn" in again.front_text


def sources() -> list[Path]:
    return [*Path("content").rglob("questions.yaml"), Path("tests/courses/gold") / QUESTIONS]


@pytest.mark.parametrize("path", sources(), ids=str)
def test_every_item_of_our_courses_survives_writing(path: Path) -> None:
    items = items_of(path.read_text())
    for item in items:
        assert load_yaml("\n".join(item_lines(item))) == [item]


def test_changing_an_item_leaves_all_other_lines(gold: Files) -> None:
    text = gold[QUESTIONS].decode()
    item = next(one for one in items_of(text) if one["id"] == "k1-m3-q03")
    changed = with_item(text, item | {"answer": True})
    assert [one for one in changed.split("\n") if one not in text.split("\n")] == ["  answer: true"]
    assert [one["id"] for one in items_of(changed)] == [one["id"] for one in items_of(text)]
    assert with_item(changed, item) == text


def test_items_come_and_go(gold: Files) -> None:
    text = gold[QUESTIONS].decode()
    assert [one["id"] for one in items_of(without_item(text, "k1-m3-q01"))][0] == "k1-m3-q02"
    empty = new_questions("k1-m1", "2026-11-24")
    one = with_item(empty, {"id": "k1-m1-q01", "type": "single"})
    two = with_item(one, {"id": "k1-m1-q02", "type": "single"})
    assert [item["id"] for item in items_of(two)] == ["k1-m1-q01", "k1-m1-q02"]
    none = without_item(without_item(two, "k1-m1-q01"), "k1-m1-q02")
    assert items_of(none) == []
    assert [item["id"] for item in items_of(with_item(none, {"id": "k1-m1-q03"}))] == ["k1-m1-q03"]


def test_a_new_document_is_read_back() -> None:
    made = read_document(new_document({"practice": [], "title": "Ai?", "law": ["L13:1"]}, "Bài.\n"))
    assert made.front == {"title": "Ai?", "law": ["L13:1"], "practice": []}
    assert list(made.front) == ["title", "law", "practice"]
