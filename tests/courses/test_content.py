"""An author's text can be read and do nothing else, whatever it is."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.content import Labels, render
from lms.courses.law import LawTable, read_law
from lms.courses.passages import count_words, faults, passages, to_remember

LAW = read_law(Path("content/law.yaml").read_bytes())
NUMBERS = {"cong-an": "113", "duong-day": "1900 54 55 59"}
PICTURE = f"/khoa-hoc/k1/tep/{'a' * 64}"


def html(markdown: str, lang: str = "vi", law: LawTable = LAW, **more: object) -> str:
    return str(render(markdown, law=law, hotlines=NUMBERS, lang=lang, **more))  # type: ignore[arg-type]


class Seen(HTMLParser):
    """Every tag and attribute that a browser would see."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "style=\"x\"",
    "<a href='javascript:x'>", "[x](javascript:alert(1))", "[x](JaVaScRiPt&colon;alert(1))", "\\<script>",
    "[x](data:text/html,<script>)", "&#x3C;script&#x3E;", "<!--", "-->", "![x](http://evil.example/a.png)",
    "![x](//evil.example/a.png)", "![x](/khoa-hoc/k1/tep/zz)", "[x](//evil.example)", "![x](media/a.png)",
    "<http://evil.example>", "[a]: http://evil.example 'onclick=x'", "[a]", "![a][a]", "```js\n",
    "::: tinh-huong", "::: luat \"><script>", "::: ghi-nho onclick=x", ":::", "::::", "# Tựa", "> ", "- ",
    "{{duong-day:cong-an}}", "{{duong-day:x\"onclick}}", "[{{duong-day:cong-an}}](http://x.example)",
    "| a | b |\n|:-|-:|\n| 1 | 2 |", "1. ", "***", "`", "\t", "\n", "\n\n", " ", "à",
]  # fmt: skip


@pytest.mark.attack("S59")
@pytest.mark.attack("S9")
@given(st.lists(st.one_of(st.sampled_from(ATTACKS), st.text(max_size=12)), max_size=14).map("".join))
def test_no_text_yields_anything_that_acts_or_fetches(markdown: str) -> None:
    seen = Seen(html(markdown, media={"media/a.png": PICTURE}))
    assert not {"script", "style", "iframe", "svg", "form", "input", "link", "meta", "object", "h1"} & set(seen.tags)
    for name, value in seen.attributes:
        assert name in {"class", "href", "src", "alt", "loading", "start", "scope", "lang"}
        if name == "src":
            assert value == PICTURE
        if name == "href":
            assert re.fullmatch(r"tel:[0-9+]*", value) or value == PICTURE


@given(st.text(max_size=200))
def test_any_text_can_be_counted_and_judged(markdown: str) -> None:
    assert all(count >= 0 for count in count_words(markdown))
    assert all(passage.text for passage in passages(markdown))
    faults(markdown, knows_law=LAW.knows, knows_hotline=NUMBERS.__contains__)


@pytest.mark.attack("S9")
def test_the_attacks_are_shown_as_the_words_they_are() -> None:
    shown = html("Một <script>alert(1)</script> và [bấm](javascript:alert(1))")
    assert "&lt;script&gt;" in shown
    assert "href" not in shown


@pytest.mark.parametrize(
    ("container", "look", "label"),
    [("tinh-huong", "case", "Tình huống"), ("luu-y", "note", "Lưu ý"), ("ghi-nho", "note", "Ghi nhớ")],
)
def test_a_container_becomes_the_block_of_the_look(container: str, look: str, label: str) -> None:
    shown = html(f"::: {container}\nMột *việc*.\n:::\n\nSau đó.")
    assert f'<aside class="{look}"><p class="label">{label}</p>' in shown
    assert shown.rstrip().endswith("</aside>\n<p>Sau đó.</p>")


def test_words_of_law_carry_their_place_in_plain_words() -> None:
    shown = html("::: luat L13:12.2.a\nChữ của luật.\n:::")
    assert "Căn cứ: Điều 12 khoản 2 điểm a Luật Phòng, chống bạo lực gia đình 2022</p>" in shown


def test_an_unknown_article_is_never_shown_as_a_key() -> None:
    shown = html("::: luat L99:1\nChữ.\n:::")
    assert '<p class="label">Căn cứ</p>' in shown
    assert "L99" not in shown


def test_on_a_translated_text_the_name_of_a_law_stays_vietnamese() -> None:
    shown = html("::: luat L13:19\nx\n:::", lang="km", labels=Labels(law="មូលដ្ឋាន"))
    assert 'មូលដ្ឋាន: <span lang="vi">Điều 19 Luật Phòng' in shown


def test_a_checked_number_can_be_dialled_and_an_unknown_one_is_asked_for() -> None:
    shown = html("Gọi {{duong-day:cong-an}}, {{duong-day:duong-day}} hoặc {{duong-day:tram-y-te}}.")
    assert '<a href="tel:113">113</a>' in shown
    assert '<a href="tel:1900545559">1900&nbsp;54&nbsp;55&nbsp;59</a>' in shown
    assert "(hỏi số của phường)" in shown


def test_the_page_keeps_its_one_h1() -> None:
    shown = html("# Một\n\n## Hai\n\nBa\n===\n\n###### Sáu")
    assert re.findall(r"<(h\d)>", shown) == ["h2", "h3", "h2", "h6"]


def test_notes_to_fellow_authors_are_not_shown_and_cut_no_paragraph() -> None:
    shown = html("Dòng một\n<!-- cho-phep: E06 lý do -->\ndòng hai<!-- x -->.")
    assert shown == "<p>Dòng một\ndòng hai.</p>\n"


def test_a_picture_of_the_package_is_shown_with_its_words_and_no_other() -> None:
    shown = html("![Con hẻm](media/hem.svg) ![Ngoài](http://x.example/a.png)", media={"media/hem.svg": PICTURE})
    assert f'<img src="{PICTURE}" alt="Con hẻm" loading="lazy"> Ngoài' in shown
    assert "x.example" not in shown


def test_table_heads_say_what_they_head_and_nothing_is_styled() -> None:
    shown = html("| Ai | Việc |\n|:--|--:|\n| a | b |")
    assert shown.count('<th scope="col">') == 2
    assert "style" not in shown


def test_long_and_nasty_texts_do_not_hang() -> None:
    for nasty in (
        "*" * 20_000,
        "[" * 20_000,
        "> " * 2_000,
        "<!--" * 5_000,
        "::: luu-y\n" * 500,
        "{{duong-day:" * 3_000,
    ):
        html(nasty)
        count_words(nasty)


def test_words_are_counted_by_syllable_and_law_apart() -> None:
    running = "Một hai – ba {{duong-day:cong-an}}.\n<!-- không đếm -->\n\n"
    text = running + "::: luat L13:2.1\nbốn năm\n:::\n\n- sáu\n- bảy **tám**"
    assert count_words(text) == (7, 2)


def test_the_screens_of_the_gold_sample_have_the_length_that_the_guide_asks_for(
    gold: dict[str, bytes],
) -> None:
    from lms.courses.package import read_package

    package = read_package(gold)
    assert package.course is not None
    for lesson in package.course.modules[0].lessons:
        assert 120 <= sum(count_words(lesson.body)) <= 220
        assert len(to_remember(lesson.body)) == 1
        assert faults(lesson.body, knows_law=LAW.knows, knows_hotline=lambda key: True) == []


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("x\n\n::: canh-bao\n:::", "container-unknown", 3),
        ("::: luu-y\nx", "container-open", 1),
        ("::: luu-y\n::: ghi-nho\n:::", "container-nested", 2),
        ("x\n:::", "container-not-open", 2),
        ("::: luat L99:1\n:::", "law-unknown", 1),
        ("::: luat\n:::", "law-unknown", 1),
        ("<!-- một\nhai -->\n{{duong-day:la}}", "hotline-unknown", 3),
        ("<!-- một\nhai -->\n\n[x](http://a.example)", "link-outside", 4),
        ("![x](http://a.example/b.png)", "image-outside", 1),
        ("![](media/a.png)", "image-words-missing", 1),
    ],
)
def test_what_an_author_should_mend_is_told_with_its_line(text: str, code: str, line: int) -> None:
    found = faults(text, knows_law=LAW.knows, knows_hotline=NUMBERS.__contains__)
    assert (code, line) in [(fault.code, fault.line) for fault in found]
