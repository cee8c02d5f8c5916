"""Invented names of people and places, from common words put together by chance; their keys are computed once each."""

from __future__ import annotations

import random
from functools import cache

from lms.text import names

# fmt: off
SURNAMES = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Ngô", "Dương", "Phan", "Hồ", "Đỗ", "Lý", "Thạch",
    "Kim", "Sơn", "Lâm", "Danh", "Trầm", "Quách", "Lò", "Hoàng", "Vàng", "Ksor",
)
MIDDLE = {
    "nu": ("Thị", "Thị Ngọc", "Thị Kim", "Ngọc", "Mỹ", "Thanh", "Thị Hồng", "Bích"),
    "nam": ("Văn", "Hữu", "Minh", "Thanh", "Quốc", "Đức", "Công", "Hoàng"),
}
GIVEN = {
    "nu": (
        "Ánh", "Ân", "Cúc", "Dung", "Diệu", "Đào", "Điệp", "Hà", "Hạnh", "Hoa", "Huệ", "Hương", "Lan", "Liên", "Liễu",
        "Loan", "Mai", "Nga", "Ngân", "Nhung", "Oanh", "Phượng", "Quyên", "Sương", "Thảo", "Thắm", "Thủy", "Tuyết",
        "Út", "Vân", "Xuân", "Yến",
    ),
    "nam": (
        "An", "Ẩn", "Bảo", "Bình", "Châu", "Cường", "Dũng", "Đạt", "Đông", "Hải", "Hậu", "Hiền", "Hòa", "Hùng",
        "Khánh", "Long", "Lợi", "Nghĩa", "Nhân", "Phúc", "Phước", "Quang", "Sang", "Tài", "Tâm", "Thành", "Thiện",
        "Trí", "Trung", "Tùng", "Ưng", "Vinh",
    ),
}
PLACES = (
    "An", "Bình", "Cẩm", "Đại", "Đông", "Hậu", "Hòa", "Hưng", "Khánh", "Lộc", "Long", "Mỹ", "Nghĩa", "Phong", "Phú",
    "Phước", "Quang", "Sơn", "Tân", "Thạnh", "Thuận", "Trung", "Vạn", "Xuân",
)
# fmt: on


def person(rng: random.Random) -> tuple[str, str]:
    """(full name, sex)"""
    sex = "nu" if rng.random() < 0.5 else "nam"
    return f"{rng.choice(SURNAMES)} {rng.choice(MIDDLE[sex])} {rng.choice(GIVEN[sex])}", sex


@cache
def keys(full_name: str) -> tuple[str, str]:
    """(sort key, search key); there are far fewer names than people."""
    return names.sort_key(full_name), names.search_key(full_name)


def places(count: int, rng: random.Random) -> list[str]:
    """Different names of two words; where words run out they get a number."""
    pairs = [f"{first} {second}" for first in PLACES for second in PLACES if first != second]
    rng.shuffle(pairs)
    return [pairs[at % len(pairs)] + (f" {at // len(pairs) + 1}" if at >= len(pairs) else "") for at in range(count)]
