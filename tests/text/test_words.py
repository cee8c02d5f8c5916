from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.text.words import fold_word, km_wrap, number_words, read_number_words
from tests.text.strategies import khmer, names

ZWSP = "\u200b"


@pytest.mark.parametrize(
    ("heading", "folded"),
    [
        ("Họ và tên:", "ho va ten"),
        ("  SỐ ĐIỆN\nTHOẠI (nếu có)", "so dien thoai neu co"),
        ("Năm sinh / Nam", "nam sinh nam"),
        ("STT.", "stt"),
        ("Ngày, tháng, năm sinh", "ngay thang nam sinh"),
        ("ឈ្មោះ៖", "ឈ្មោះ"),
        ("…", ""),
    ],
)
def test_headings_fold_to_plain_words(heading: str, folded: str) -> None:
    assert fold_word(heading) == folded


@given(st.text())
def test_folding_a_heading_twice_changes_nothing(text: str) -> None:
    assert fold_word(fold_word(text)) == fold_word(text)


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "không"),
        (10, "mười"),
        (11, "mười một"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (24, "hai mươi bốn"),
        (55, "năm mươi lăm"),
        (100, "một trăm"),
        (105, "một trăm linh năm"),
        (115, "một trăm mười lăm"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm linh năm"),
        (2_000_050, "hai triệu không trăm năm mươi"),
        (1_000_001_000, "một tỷ không trăm linh một nghìn"),
    ],
)
def test_numbers_in_words(n: int, words: str) -> None:
    assert number_words(n) == words


@pytest.mark.parametrize("n", [-1, 10**12])
def test_numbers_without_words_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match="no words"):
        number_words(n)


@given(st.integers(0, 999))
def test_number_words_read_back(n: int) -> None:
    assert read_number_words(number_words(n).upper()) == n


@pytest.mark.parametrize(
    ("words", "n"),
    [("Hai mươi tư", 24), ("một trăm lẻ năm", 105), ("nam", None), ("", None), ("Khóm một", None)],
)
def test_number_words_as_people_write_them(words: str, n: int | None) -> None:
    assert read_number_words(words) == n


def test_khmer_gets_its_word_boundaries_for_paper() -> None:
    assert km_wrap("បុគ្គលិកត្រូវរៀន។") == f"បុគ្គលិក{ZWSP}ត្រូវ{ZWSP}រៀន។"
    assert km_wrap("Khóm 4: គ្រួសារ (An)") == "Khóm 4: គ្រួសារ (An)"


@given(khmer | names | st.text())
def test_wrapping_adds_only_boundaries(text: str) -> None:
    assert km_wrap(text).replace(ZWSP, "") == text.replace(ZWSP, "")


@given(khmer)
def test_wrapping_twice_changes_nothing(text: str) -> None:
    assert km_wrap(km_wrap(text)) == km_wrap(text)


@given(names)
def test_vietnamese_is_never_touched(name: str) -> None:
    assert km_wrap(name) == name
