from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.text.names import _CLEAN, clean, display_name, initials, mask_name, split_note
from tests.text.strategies import names


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("  Nguyễn\u00a0 Văn\tA ", "Nguyễn Văn A"),
        ("Nguyễn\u2003Văn\u3000A\r\n", "Nguyễn Văn A"),
        ("Ngu\u200byễn V\u00adăn\ufeff A", "Nguyễn Văn A"),
        ("\u00d0ặng \u0189ào", "Đặng Đào"),
        ("Bà \u00f0ào", "Bà đào"),
        ("H’Hen Niê", "H'Hen Niê"),
        ("Khóm １２", "Khóm 12"),
        ("Lê\x00Thị_B", "Lê Thị_B"),
        ("", ""),
    ],
)
def test_clean_leaves_one_line_of_plain_text(typed: str, tidy: str) -> None:
    assert clean(typed) == tidy


def test_what_is_taken_for_clean_needs_no_cleaning() -> None:
    """The shortcut for names that are clean already holds only letters that no step of the long way changes."""
    for letter in filter(_CLEAN.fullmatch, map(chr, range(1, 0x3000))):
        assert clean(f"\u00a0{letter}") == letter, hex(ord(letter))
        assert unicodedata.is_normalized("NFC", letter)
    assert _CLEAN.fullmatch("Nguyễn Thị Đẹp")
    assert not any(map(_CLEAN.fullmatch, (" A", "A ", "A  B", "A\tB", "A\u0301", "\u00d0ặng", "H’Hen")))


def test_clean_composes_names_typed_on_a_mac() -> None:
    decomposed = nfd("Nguyễn Thị Hòa")
    assert len(decomposed) == 18
    assert clean(decomposed) == "Nguyễn Thị Hòa"
    assert len(clean(decomposed)) == 14


def test_clean_keeps_the_joiners_that_shape_khmer() -> None:
    assert clean("ស៊\u200cិ") == "ស៊\u200cិ"
    assert clean("An\u200ch") == "Anh"


@given(st.text())
def test_clean_is_idempotent_and_has_only_single_inner_spaces(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once == once.strip()
    assert "  " not in once


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("NGUYỄN THỊ HOÀ", "Nguyễn Thị Hoà"),
        ("\u00d0ẶNG  VĂN ĐỨC", "Đặng Văn Đức"),
        (nfd("THẠCH SA RƯƠL"), "Thạch Sa Rươl"),
        ("H'HEN NIÊ", "H'Hen Niê"),
        ("Nguyễn thị Hoà", "Nguyễn thị Hoà"),
        ("kim thị mai", "Kim Thị Mai"),
        ("ban", "ban"),
        ("ថាច់ សុភា", "ថាច់ សុភា"),
    ],
)
def test_capitals_and_small_letters_are_shown_as_a_title_and_other_names_as_typed(typed: str, shown: str) -> None:
    assert display_name(typed) == shown


@pytest.mark.parametrize(
    ("cell", "name", "note"),
    [
        ("Nguyễn Văn A (Bí thư)", "Nguyễn Văn A", "Bí thư"),
        ("Nguyễn Văn A(Bí thư)", "Nguyễn Văn A", "Bí thư"),
        ("Nguyễn Văn A ( Bí thư", "Nguyễn Văn A", "Bí thư"),
        ("Nguyễn Văn A [mới] (Bí thư)", "Nguyễn Văn A", "mới, Bí thư"),
        ("Nguyễn Văn A （Bí thư）", "Nguyễn Văn A", "Bí thư"),
        ("Thạch (Bé) Na", "Thạch (Bé) Na", ""),
        ("Nguyễn Văn A ()", "Nguyễn Văn A", ""),
        ("(Bí thư)", "(Bí thư)", ""),
        ("Nguyễn Văn A", "Nguyễn Văn A", ""),
    ],
)
def test_a_trailing_note_is_taken_off_the_name(cell: str, name: str, note: str) -> None:
    assert split_note(cell) == (name, note)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Huỳnh Thị Út", "Huỳnh T. Ú."),
        ("HUỲNH THỊ ÚT", "Huỳnh T. Ú."),
        (nfd("Nguyễn Văn Ẩn"), "Nguyễn V. Ẩ."),
        ("Trần đức", "Trần Đ."),
        ("Út", "Ú."),
        ("Lê (Bé) Na", "Lê B. N."),
        ("ថាច់ ស្ត្រី", "ថាច់ ស."),
        ("", ""),
    ],
)
def test_the_public_check_shows_surname_and_initials_only(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(names)
def test_a_mask_never_shows_the_given_name(name: str) -> None:
    given_name = clean(name).split()[-1]
    assert mask_name(name).split()[-1] == f"{given_name[0].upper()}."


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Huỳnh Thị Út", "HÚ"), ("Út", "Ú"), ("đặng ẩn", "ĐẨ"), ("", ""), ("Sơn Thị Sa Rươl", "SR")],
)
def test_initials_are_those_of_surname_and_given_name(name: str, letters: str) -> None:
    assert initials(name) == letters
