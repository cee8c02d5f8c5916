from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.text.phones import Phone, mask_phone, normalise_sign_in, read_phone, show_phone

AN = "+84912345678"
BINH = "+84987654321"


@pytest.mark.parametrize(
    "cell",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "0912-345-678",
        "0912,345,678",
        "(0912) 345678",
        "+84 912 345 678",
        "+84 (0)912 345 678",
        "84912345678",
        "0084912345678",
        "'0912345678",
        "ĐT: 0912 345 678",
        "0912\u00a0345\u200b678",
        "០៩១២៣៤៥៦៧៨",
        "０９１２３４５６７８",
    ],
)
def test_a_mobile_number_in_any_spelling(cell: str) -> None:
    assert read_phone(cell) == Phone(AN)


@pytest.mark.parametrize("cell", [912345678, 912345678.0, "912345678", "912345678.0", "912 345 678", "9.12345678E+08"])
def test_the_zero_that_excel_ate_is_put_back(cell: str | float) -> None:
    assert read_phone(cell) == Phone(AN, notes=("added_zero",))


@pytest.mark.parametrize("cell", ["9,12E+08", "9.12E+08", "9.12e8", "9E+08"])
def test_digits_lost_to_scientific_notation_are_not_invented(cell: str) -> None:
    assert read_phone(cell) == Phone(problem="scientific")


def test_a_number_cell_that_ends_in_six_zeros_is_doubted() -> None:
    assert read_phone(9.12e8) == Phone("+84912000000", notes=("added_zero", "maybe_rounded"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("01234567890", "+84834567890"),
        ("0169 1234567", "+84391234567"),
        ("01621234567", "+84321234567"),
        ("01201234567", "+84701234567"),
        ("01861234567", "+84561234567"),
        ("01991234567", "+84591234567"),
        ("+84 123 4567890", "+84834567890"),
    ],
)
def test_numbers_of_before_2018_are_converted_and_marked(old: str, new: str) -> None:
    assert read_phone(old) == Phone(new, notes=("converted",))


def test_an_old_number_that_lost_its_zero_says_both() -> None:
    assert read_phone(1234567890) == Phone("+84834567890", notes=("added_zero", "converted"))


@pytest.mark.parametrize(
    "cell",
    [
        "0912345678 / 0987654321",
        "0912345678/0987654321",
        "0912345678 - 0987654321",
        "0912345678-0987654321",
        "0912.345.678; 0987.654.321",
        "0912345678\n0987654321",
        "0912 345 678 0987 654 321",
        "0912,345,678, 0987,654,321",
        "0912345678 hoặc 0987654321",
        "0912345678 (0987654321)",
        "0912345678, 84987654321",
    ],
)
def test_two_phones_in_a_cell_are_main_and_spare(cell: str) -> None:
    assert read_phone(cell) == Phone(AN, BINH, notes=("two_numbers",))


def test_two_phones_without_zeros_or_from_before_2018() -> None:
    assert read_phone("912345678/987654321") == Phone(AN, BINH, notes=("added_zero", "two_numbers"))
    assert read_phone("0912345678; 01234567890") == Phone(AN, "+84834567890", notes=("converted", "two_numbers"))


def test_nothing_that_stands_beside_a_phone_is_lost_silently() -> None:
    assert read_phone("0912345678/79") == Phone(AN, notes=("rest_unreadable",))
    assert read_phone("0912345678 Khóm 4") == Phone(AN, notes=("rest_unreadable",))
    three = read_phone("0912345678; 0987654321; 0901234567")
    assert (three.e164, three.spare, three.notes) == (AN, BINH, ("more_numbers",))
    assert read_phone("0912345678; 0912 345 678") == Phone(AN)


def test_a_landline_of_tra_vinh() -> None:
    assert read_phone("0294 3855123") == Phone("+842943855123", notes=("landline",))
    assert read_phone(2943855123.0) == Phone("+842943855123", notes=("added_zero", "landline"))
    assert read_phone("0912345678 / (0294) 3855123") == Phone(AN, "+842943855123", notes=("landline", "two_numbers"))


def test_a_new_network_is_accepted_with_a_warning() -> None:
    assert read_phone("0551234567") == Phone("+84551234567", notes=("unknown_prefix",))


def test_a_number_of_cambodia_keeps_its_country() -> None:
    assert read_phone("+855 12 345 678") == Phone("+85512345678", notes=("foreign",))
    assert show_phone("+85512345678") == "+855 12 345 678"
    assert read_phone("+855 1") == Phone(problem="not_a_phone")
    assert read_phone("+999 12 345 678") == Phone(problem="not_a_phone")


@pytest.mark.parametrize(
    "cell", ["084078001234", "001300123456", "'084178001234", 84078001234, "84178001234", "83278001234"]
)
def test_an_identity_number_is_not_a_phone(cell: str | int) -> None:
    assert read_phone(cell) == Phone(problem="looks_like_id")


def test_eleven_digits_from_843_may_be_either() -> None:
    assert read_phone("84351234567") == Phone("+84351234567", notes=("maybe_id",))
    assert read_phone("+84351234567") == Phone("+84351234567")


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("091234567", "too_short"),
        ("12", "too_short"),
        ("091234567890123", "too_long"),
        ("09123456789", "too_long"),
        ("0112345678", "not_a_phone"),
        ("không có", "not_a_phone"),
        (float("nan"), "not_a_phone"),
    ],
)
def test_what_is_no_phone_says_why(cell: str | float, problem: str) -> None:
    assert read_phone(cell) == Phone(problem=problem)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", [None, "", "  ", "\u00a0"])
def test_an_empty_cell_is_no_problem(cell: str | None) -> None:
    assert read_phone(cell) == Phone()


@given(st.text() | st.floats() | st.integers() | st.text("0123456789 .,/-+E()", max_size=40))
def test_any_cell_is_read_without_an_error_and_says_what_it_is(cell: str | float | int) -> None:
    phone = read_phone(cell)
    assert phone.e164 is None or phone.problem is None
    assert phone.spare is None or phone.e164 not in (None, phone.spare)
    for number in filter(None, (phone.e164, phone.spare)):
        assert read_phone(number).e164 == number


MOBILES = st.from_regex(r"\+84(3[2-9]|5[2689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7}", fullmatch=True)
LANDLINES = st.from_regex(r"\+842[0-9]{9}", fullmatch=True)


@given(MOBILES | LANDLINES)
def test_a_number_that_is_shown_reads_back(e164: str) -> None:
    assert read_phone(show_phone(e164)).e164 == e164
    assert normalise_sign_in(show_phone(e164)) == e164


def test_phones_are_shown_in_groups() -> None:
    assert show_phone(AN) == "0912 345 678"
    with pytest.raises(ValueError, match="E.164"):
        show_phone("chưa có")


def test_a_masked_phone_keeps_three_digits() -> None:
    assert mask_phone(AN) == "•••• ••• 678"


@pytest.mark.parametrize("typed", ["0912345678", " 0912.345.678 ", "+84 912 345 678", "912345678", "84912345678"])
def test_the_sign_in_form_takes_any_spelling(typed: str) -> None:
    assert normalise_sign_in(typed) == AN


@pytest.mark.parametrize("typed", ["", "0912", "0912345678 / 0987654321", "0912345678 4", "084078001234", "An"])
def test_the_sign_in_form_refuses_what_is_not_one_number(typed: str) -> None:
    assert normalise_sign_in(typed) is None
