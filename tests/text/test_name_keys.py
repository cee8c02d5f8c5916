from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

import icu
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.text.names import clean, label_sort_key, near_key, same_spelling_key, search_key, sort_key
from tests.text.strategies import khmer, names, syllables

# Domain 5.1.
ROLL = [
    "Lê Văn An",
    "Sơn Thị Ánh",
    "Lê Thị Ân",
    "Lý Văn Ân",
    "Trần Văn Ẩn",
    "Trần Thị Dung",
    "Bùi Văn Dũng",
    "Thạch Thị Đa",
    "Nguyễn Văn Đạt",
    "Nguyễn Thị Hoa",
    "Nguyễn Thị Hoà",
    "Trần Thị Hỏa",
    "Phạm Thị Hóa",
    "Võ Thị Oanh",
    "Đặng Thị Ơn",
    "Kim Sa Rinh",
    "Huỳnh Thị Út",
    "Ngô Văn Ưng",
]


def assert_in_order(expected: Iterable[str], key: Callable[[str], str]) -> None:
    keys = [key(text) for text in expected]
    assert keys == sorted(set(keys))


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def test_a_roll_is_in_the_order_of_given_names() -> None:
    assert_in_order(ROLL, sort_key)
    assert_in_order(map(str.upper, ROLL), sort_key)


def test_tones_order_same_letters_before_the_surname_does() -> None:
    expected = ["Vũ Ma", "An Mà", "An Mả", "An Mã", "An Má", "An Mạ", "An Man"]
    assert_in_order(expected, sort_key)


def test_surname_then_middle_names_decide_between_equal_given_names() -> None:
    expected = ["An", "Lê An", "Lê Thị An", "Lê Văn An", "Lý An"]
    assert_in_order(expected, sort_key)


def test_a_given_name_of_two_syllables_can_be_stated() -> None:
    assert sort_key("Kim Sa Rinh") < sort_key("Lê Thị Sáu")
    assert sort_key("Kim Sa Rinh", "Sa Rinh") < sort_key("Lê Thị Sáu")
    assert sort_key("Kim Sa Rinh", "Sa Rinh") > sort_key("Trần Thị Sa")
    assert sort_key("Kim Sa Rinh", "Sa Rinh") == sort_key("Kim Sa Rinh", "SA RINH")
    assert sort_key("Kim Sa Rinh", " ") == sort_key("Kim Sa Rinh")


def test_a_given_name_that_is_not_the_end_of_the_name_still_sorts() -> None:
    assert sort_key("Kim Sa Rinh", "Bé") < sort_key("Lê Văn Cam")


def test_khmer_names_come_last_in_khmer_order() -> None:
    expected = ["Ngô Văn Ưng", "កែវ", "ថាច់", "សុខ"]
    assert_in_order(expected, sort_key)


def test_units_sort_from_left_to_right_with_numbers_by_value() -> None:
    expected = ["Ấp Vĩnh Yên", "Khóm 2", "Khóm 2A", "Khóm 10", "Phường 7", "Phường Long Đức", "ភូមិ"]
    assert_in_order(expected, label_sort_key)


@given(names | khmer, st.none() | syllables)
def test_sort_keys_are_plain_ascii_and_blind_to_unicode_forms(name: str, own: str | None) -> None:
    key = sort_key(name, own)
    assert key.isascii() and key.isprintable()
    assert key == sort_key(nfd(name), own) == sort_key(unicodedata.normalize("NFC", name), own)


@given(st.text())
def test_any_text_has_a_sort_key(text: str) -> None:
    assert sort_key(text).isascii() and label_sort_key(text).isascii()


@given(syllables, syllables)
def test_single_words_sort_as_icu_sorts_vietnamese(one: str, other: str) -> None:
    collator = icu.Collator.createInstance(icu.Locale("vi"))
    assert_in_order(sorted({clean(one), clean(other)}, key=collator.getSortKey), sort_key)


@given(st.lists(khmer, min_size=2, max_size=5))
def test_khmer_sorts_as_icu_sorts_khmer(texts: list[str]) -> None:
    collator = icu.Collator.createInstance(icu.Locale("km"))
    assert_in_order(sorted(set(texts), key=collator.getSortKey), sort_key)
    assert_in_order(sorted(set(texts), key=collator.getSortKey), label_sort_key)


def test_two_spellings_of_one_name_are_equal_and_two_names_are_not() -> None:
    assert same_spelling_key("Nguyễn Thị Hoà") == same_spelling_key("nguyễn thị  HÒA")
    assert same_spelling_key("Thuỷ") == same_spelling_key("Thủy")
    assert same_spelling_key("Hoa") != same_spelling_key("Hoà")
    assert same_spelling_key("Đào") != same_spelling_key("Dào")
    assert same_spelling_key("\u00d0ào") == same_spelling_key("Đào")
    assert same_spelling_key("Lý") != same_spelling_key("Lí")
    assert same_spelling_key("Ân") != same_spelling_key("An")


@given(names)
def test_spelling_is_compared_without_regard_to_unicode_form(name: str) -> None:
    assert same_spelling_key(nfd(name)) == same_spelling_key(clean(name))


def test_marks_in_the_wrong_order_are_the_same_name() -> None:
    assert same_spelling_key("a\u0323\u0302n") == same_spelling_key("a\u0302\u0323n") == same_spelling_key("ận")


@pytest.mark.parametrize(("y", "i"), [("Lý", "Lí"), ("Quý", "Quí"), ("Mỹ", "Mĩ"), ("Như Ý", "Như Í"), ("Vy", "Vi")])
def test_y_and_i_are_near_where_they_sound_alike(y: str, i: str) -> None:
    assert near_key(y) == near_key(i)


@pytest.mark.parametrize(("one", "other"), [("Thúy", "Thúi"), ("Hay", "Hai"), ("Lý", "Lỳ"), ("Huy", "Hui")])
def test_near_names_stop_where_the_sound_differs(one: str, other: str) -> None:
    assert near_key(one) != near_key(other)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("hoà", "hoa"),
        ("hòa", "hoa"),
        ("  Đặng  Thị ƠN ", "dang thi on"),
        ("\u00d0ặng \u00f0ào", "dang dao"),
        (nfd("Nguyễn Ưng"), "nguyen ung"),
        ("ខ្មែរ ស្ត្រី", "ខ្មែរ ស្ត្រី"),
    ],
)
def test_a_search_without_marks_finds_the_marked(text: str, key: str) -> None:
    assert search_key(text) == key


@given(st.text() | names | khmer)
def test_search_keys_are_idempotent_and_keep_khmer_whole(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)
    assert [c for c in search_key(text) if "\u1780" <= c <= "\u17ff"] == [
        c for c in clean(text) if "\u1780" <= c <= "\u17ff"
    ]
