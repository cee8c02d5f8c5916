"""Keys of law become words."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.courses.documents import DocumentError
from lms.courses.law import cite, cite_all, read_law

SHIPPED = read_law(Path("content/law.yaml").read_bytes())
HEAD = "schema: lhp-law/1\ninstruments:\n  L13: {name: Luật}\narticles:\n"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("L13:12.2.a", "Điều 12 khoản 2 điểm a Luật Phòng, chống bạo lực gia đình 2022"),
        ("L13:12.1", "Điều 12 khoản 1 Luật Phòng, chống bạo lực gia đình 2022"),
        ("LTE:1", "Điều 1 Luật Trẻ em 2016"),
        ("N282:48.1.b", "Điều 48 khoản 1 điểm b Nghị định 282/2025/NĐ-CP"),
        ("L13:3.1.đ", "Điều 3 khoản 1 điểm đ Luật Phòng, chống bạo lực gia đình 2022"),
    ],
)
def test_a_key_is_cited_as_officials_say_it(key: str, words: str) -> None:
    assert cite(SHIPPED, key) == words


@pytest.mark.parametrize("key", ["", "L13", "L13:", "L13:999", "l13:12", "L13:12.2.a.b", "<b>", "X:1"])
def test_a_key_that_the_table_does_not_have_is_not_cited(key: str) -> None:
    assert cite(SHIPPED, key) is None


def test_every_shipped_article_can_be_cited() -> None:
    assert all(cite(SHIPPED, key) for key in SHIPPED.articles)


def test_articles_of_one_law_are_said_together() -> None:
    said = cite_all(SHIPPED, ["L13:12.1", "LTE:1", "L13:34.2", "L13:12.1", "L99:1"])
    assert said == [
        "Điều 12 khoản 1, Điều 34 khoản 2 Luật Phòng, chống bạo lực gia đình 2022",
        "Điều 1 Luật Trẻ em 2016",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("schema: lhp-law/2", "law-schema"),
        ("[]", "law-schema"),
        ("schema: lhp-law/1\ninstruments: 5\narticles: {}", "law-schema"),
        (HEAD + "  'L13:1': {}", "law-schema"),
        (HEAD + "  'L14:1': {mark: V}", "law-key"),
        (HEAD + "  'L13:một': {mark: V}", "law-key"),
    ],
)
def test_a_table_with_a_slip_is_refused_when_it_is_read(text: str, code: str) -> None:
    with pytest.raises(DocumentError, match=code):
        read_law(text.encode())
