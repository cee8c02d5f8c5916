"""Names of real places, which an invented story must not carry (content-guide.md A3, E11)."""

from __future__ import annotations

import re
from collections.abc import Iterable

KIND = re.compile(r"(?:phường|xã|thị trấn|khóm|ấp|thành phố|tp\.?|tỉnh|huyện|thị xã|quận)\s+", re.IGNORECASE)

# The provinces since 1 July 2025 and those that they were made of (domain.md §2.1).
PROVINCES = (
    *("An Giang", "Bà Rịa", "Vũng Tàu", "Bạc Liêu", "Bắc Giang", "Bắc Kạn", "Bắc Ninh", "Bến Tre", "Bình Dương"),
    *("Bình Định", "Bình Phước", "Bình Thuận", "Cà Mau", "Cao Bằng", "Cần Thơ", "Đà Nẵng", "Đắk Lắk", "Đắk Nông"),
    *("Điện Biên", "Đồng Nai", "Đồng Tháp", "Gia Lai", "Hà Giang", "Hà Nam", "Hà Nội", "Hà Tĩnh", "Hải Dương"),
    *("Hải Phòng", "Hậu Giang", "Hòa Bình", "Hồ Chí Minh", "Huế", "Hưng Yên", "Khánh Hòa", "Kiên Giang", "Kon Tum"),
    *("Lai Châu", "Lạng Sơn", "Lào Cai", "Lâm Đồng", "Long An", "Nam Định", "Nghệ An", "Ninh Bình", "Ninh Thuận"),
    *("Phú Thọ", "Phú Yên", "Quảng Bình", "Quảng Nam", "Quảng Ngãi", "Quảng Ninh", "Quảng Trị", "Sóc Trăng"),
    *("Sơn La", "Tây Ninh", "Thái Bình", "Thái Nguyên", "Thanh Hóa", "Thừa Thiên Huế", "Tiền Giang", "Trà Vinh"),
    *("Tuyên Quang", "Vĩnh Long", "Vĩnh Phúc", "Yên Bái"),
)


def telling_names(unit_names: Iterable[str]) -> tuple[str, ...]:
    """Names that tell which place is meant: provinces, and units that are more than a number ("Khóm 5" is not)."""
    bare = (KIND.sub("", name).strip() for name in unit_names)
    telling = {name for name in bare if len(name.split()) > 1 and not any(sign.isdigit() for sign in name)}
    return tuple(sorted(telling | set(PROVINCES)))


def places_in(text: str, names: Iterable[str]) -> list[str]:
    """Which of `names` stand in the text as names: with their capitals, not inside a longer word."""
    return [name for name in names if name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
