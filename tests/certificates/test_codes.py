"""Codes are typed by people from a paper, so everything that looks right must be right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.codes import ALPHABET, LENGTH, new_code, normalise_code, show_code

codes = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)


@pytest.mark.attack("S37")
def test_a_code_has_eighty_random_bits() -> None:
    assert len(ALPHABET) ** LENGTH == 2**80
    assert len({new_code() for _ in range(1000)}) == 1000


def test_all_letters_come_up() -> None:
    assert set("".join(new_code() for _ in range(500))) == set(ALPHABET)


def test_a_code_is_shown_in_groups_of_four() -> None:
    assert show_code("7K4P22M9QXRT5W8D") == "7K4P-22M9-QXRT-5W8D"


@given(codes)
def test_what_is_shown_can_be_typed_back(code: str) -> None:
    assert normalise_code(show_code(code)) == code
    assert normalise_code(f"  {show_code(code).lower().replace('-', ' – ')} ") == code


@given(codes)
def test_letters_that_look_like_digits_are_read_as_digits(code: str) -> None:
    assert normalise_code(code.replace("0", "o").replace("1", "l")) == code
    assert normalise_code(code.replace("0", "O").replace("1", "I")) == code


@given(st.text(max_size=40))
def test_anything_else_is_no_code(text: str) -> None:
    code = normalise_code(text)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))


def test_near_misses_are_no_codes() -> None:
    for end in ("", "5W8", "5W8DD", "5W8U", "5W8Đ"):
        assert normalise_code(f"7K4P-22M9-QXRT-{end}") is None
    assert normalise_code(" " * 10_000 + "7K4P22M9QXRT5W8D") is None
