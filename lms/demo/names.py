"""Invented people: common name parts put together at random from a seed. Any likeness to a real person is chance.

Phone numbers all begin with 0900 and are given in order, so that anybody sees at a glance that they are invented.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

KINH = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Ngô", "Dương", "Phan", "Hồ", "Đỗ")
KHMER = ("Thạch", "Kim", "Sơn", "Kiên", "Lâm", "Danh", "Châu")
HOA = ("Trầm", "Quách", "Lưu", "Mã", "Tăng")
MIDDLE_NU = ("Thị", "Thị", "Thị", "Thị Ngọc", "Thị Kim", "Ngọc", "Mỹ")
MIDDLE_NAM = ("Văn", "Văn", "Văn", "Hữu", "Minh", "Thanh", "Quốc")
# fmt: off
GIVEN_NU = (
    "An", "Ánh", "Ân", "Bích", "Cúc", "Dung", "Diệu", "Đào", "Điệp", "Hà", "Hạnh", "Hoa", "Hồng", "Huệ", "Hương",
    "Lan", "Liên", "Liễu", "Loan", "Lý", "Mai", "Nga", "Ngân", "Nhung", "Oanh", "Phượng", "Quyên", "Sương",
    "Thanh", "Thảo", "Thắm", "Thủy", "Tuyết", "Út", "Vân", "Xuân", "Yến",
)
GIVEN_NAM = (
    "An", "Ẩn", "Bảo", "Bình", "Châu", "Công", "Cường", "Dũng", "Đạt", "Đông", "Đức", "Hải", "Hậu", "Hiền",
    "Hòa", "Hùng", "Khánh", "Lâm", "Long", "Lợi", "Nghĩa", "Nhân", "Phúc", "Phước", "Quang", "Sang", "Sơn",
    "Tài", "Tâm", "Thành", "Thiện", "Thuận", "Trí", "Trung", "Tùng", "Ưng", "Việt", "Vinh",
)
# fmt: on
KHMER_NU = ("Sa Rinh", "Sa Rươl", "Sô Phia", "Đa Ni", "Chanh Đa", "Sóc Kha", "Rách Thi", "Bô Pha")
KHMER_NAM = ("Sa Rây", "Sô Vanh", "Đa Ra", "Sóc Kha", "Rách Tha", "Sa Von", "Chanh Thi", "Vi Sal")
BLOCK = 900_000_000


@dataclass(frozen=True)
class Invented:
    """`phone` is E.164, or None for those who have none."""

    full_name: str
    sex: str
    birth_year: int
    phone: str | None


class Inventor:
    """Draws people from a seed; a phone number is never given twice."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.given_numbers = 0

    def person(self, khmer_share: float = 0.3, women: float = 0.5, ages: tuple[int, int] = (26, 70)) -> Invented:
        sex = "nu" if self.rng.random() < women else "nam"
        born = 2026 - self.rng.randint(*ages)
        phone = self.phone() if self.rng.random() < 0.94 else None
        return Invented(self._name(sex, khmer_share), sex, born, phone)

    def phone(self) -> str:
        self.given_numbers += 1
        return f"+84{BLOCK + self.given_numbers * 37 % 1_000_000:09d}"

    def _name(self, sex: str, khmer_share: float) -> str:
        share = self.rng.random()
        if share < khmer_share:
            given = self.rng.choice(KHMER_NU if sex == "nu" else KHMER_NAM)
            return f"{self.rng.choice(KHMER)} {'Thị ' if sex == 'nu' and self.rng.random() < 0.5 else ''}{given}"
        surname = self.rng.choice(HOA if share > 0.96 else KINH)
        middle = self.rng.choice(MIDDLE_NU if sex == "nu" else MIDDLE_NAM)
        given = self.rng.choice(GIVEN_NU if sex == "nu" else GIVEN_NAM)
        return f"{surname} {middle} {given}"
