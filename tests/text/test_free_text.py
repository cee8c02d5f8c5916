from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.text.free_text import finds_personal_numbers


@pytest.mark.parametrize(
    "text",
    [
        "Gọi cho tôi: 0912345678.",
        "gọi 0912 345 678 8 giờ sáng",
        "số 09 12 34 56 78 nhé",
        "+84 912 345 678",
        "zalo 84912345678",
        "0912.345.678/chị Hai",
        "bàn: 0294 3855 123",
        "khóm 4 0912-345-678",
    ],
)
def test_a_phone_is_noticed(text: str) -> None:
    assert finds_personal_numbers(text) == ["phone"]


@pytest.mark.parametrize("text", ["CCCD 084178001234", "số 084 178 001 234 ạ", "căn cước:084.178.001.234"])
def test_an_identity_number_is_noticed(text: str) -> None:
    assert finds_personal_numbers(text) == ["cccd"]


def test_both_are_noticed() -> None:
    assert finds_personal_numbers("084178001234, đt 0912345678") == ["cccd", "phone"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Lớp học ngày 05/06/2026 lúc 8 giờ, 24 người.",
        "09.12.1973 và 05.06.2026",
        "Tổng đài 111, 1900 54 55 59, 18001769",
        "Kinh phí 1.200.000.000 đồng, 912345678 đồng",
        "Nghị định 110/2021, điều 4, khóm 10",
        "099912345678",
    ],
)
def test_ordinary_figures_are_left_alone(text: str) -> None:
    assert finds_personal_numbers(text) == []


@given(st.text("0123456789 .-+", max_size=200))
def test_any_figures_give_only_known_kinds(text: str) -> None:
    assert set(finds_personal_numbers(text)) <= {"cccd", "phone"}
