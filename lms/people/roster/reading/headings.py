"""One heading → what its column holds. The words of staff lists, without marks."""

from __future__ import annotations

import re
from typing import Literal, get_args

from lms.people.roster.reading.folding import clean, fold, has_breve, word_set

Field = Literal[
    "stt",
    "full_name",
    "family_name",
    "given_name",
    "sex",
    "nam",  # a tick or a birth year: a man
    "nu",  # a tick or a birth year: a woman
    "birth",
    "birth_day",
    "birth_month",
    "birth_year",
    "place",  # khóm, ấp
    "ward",
    "unit",  # an office or any place
    "address",
    "role",
    "phone",
    "note",
    "row_key",
    "ethnicity",
    "id_number",
    "sensitive",
    "other",
]
FIELDS: tuple[Field, ...] = get_args(Field)

# Read, recognised and dropped: they are never kept, not even as raw cells (domain.md §6).
DROPPED: frozenset[Field] = frozenset(("ethnicity", "id_number", "sensitive"))
NAMES: frozenset[Field] = frozenset(("full_name", "family_name", "given_name"))

_LONGEST_HEADING = 80

_FIRST: tuple[tuple[Field, str], ...] = (
    ("row_key", r"ma dong\b"),
    ("id_number", r".*\b(?:cccd|cmnd|cmt|cmtnd|can cuoc|chung minh|dinh danh|so giay to)\b"),
    ("ethnicity", r"dan toc|thanh phan dan toc|ethnic"),
    ("sensitive", r"ton giao|.*\bvao dang\b|dang vien|.*\b(?:suc khoe|benh|khuyet tat|tien an|tien su)\b"),
    ("other", r"(?:ho (?:va )?)?ten .*\b(?:cha|me|vo|chong|con|chu ho|nguoi than|phu huynh)\b"),
    ("other", r"noi sinh|que quan|tuoi\b|email"),
    ("stt", r"(?:stt|s t t|tt|so tt|so thu tu|t t|no)$"),
    ("family_name", r"(?:ho|ho lot|ho dem|ho va dem|ho va lot|ho va (?:ten|chu) (?:dem|lot)|ho chu lot)$"),
    ("family_name", r"(?:ten|chu) (?:dem|lot)$"),
    ("full_name", r"ho (?:va |chu lot va |dem va )?ten\b|(?:full )?name$"),
    ("full_name", r"ten day du$|danh sach ho (?:va )?ten$"),
    ("full_name", r"ten (?:can bo|cong tac vien|ctv|hoa giai vien|hgv|hoc vien|thanh vien|nguoi)\b"),
    ("birth", r"(?:ngay|thang|nam)\b.*\bsinh\b|sinh (?:ngay|nam)|ngay thang nam$|ntns$|ns$|n sinh$"),
    ("birth", r"(?:date of )?birth|dob$"),
    ("sex", r"gioi(?: tinh)?$|gioi tinh\b|g tinh$|phai$|gt$|nam nu$|sex$|gender$"),
    ("nu", r"(?:la )?nu(?: gioi)?(?: (?:danh|ghi) .*| x)?$"),
    ("nam", r"nam(?: gioi)?$"),
    ("phone", r".*\b(?:dien thoai|di dong|so may|zalo|phone|mobile)\b"),
    ("phone", r"(?:so )?(?:dtdd|dt dd|dd)\b|s ?dt\b|so dt\b|tel$|(?:so )?lien (?:he|lac)$"),
    ("role", r"(?:chuc vu|chuc danh|vai tro|nhiem vu|chuc trach|vi tri|phan cong|doi tuong|cong viec|kiem nhiem)\b"),
    ("place", r".*\b(?:o|tai|thuoc|phu trach) (?:khom|ap)\b"),
    ("place", r"(?:ten )?(?:khom|ap|to dan pho|khu pho|thon|to hoa giai|dia ban)\b"),
    ("ward", r"(?:ten )?(?:phuong|xa)\b"),
    ("unit", r"(?:ten )?(?:don vi|co quan|noi cong tac|noi lam viec)\b"),
    ("address", r"dia chi|noi o|cho o|(?:noi )?(?:thuong|tam|cu) tru|ho khau"),
    ("note", r"ghi chu|gc$|note$|luu y"),
    ("given_name", r"ten(?: goi)?$"),
)
_PATTERNS = tuple((field, re.compile(pattern)) for field, pattern in _FIRST)

_BIRTH_PARTS: dict[str, Field] = {"ngay": "birth_day", "thang": "birth_month", "nam": "birth_year"}
_SUB_WORDS = word_set(
    "nam nu ho ten ho_lot ho_dem ho_va_dem ten_dem chu_lot ngay thang nam_sinh ngay_sinh ngay_thang_nam"
    " khom ap khom_ap to so_nha duong phuong xa phuong_xa di_dong co_dinh ban zalo so_1 so_2"
    " chinh_quyen doan_the dang chuc_vu don_vi kinh khmer hoa khac kiem_nhiem chinh kiem"
)


def field_of(heading: str) -> Field | None:
    """The field of a heading without levels, None if no word is known."""
    if len(heading) > _LONGEST_HEADING:
        return None
    if fold(heading) == "dt":
        # ĐT is a telephone; DT may be "dân tộc", and what may be sensitive is taken as that.
        return "phone" if "đ" in clean(heading).casefold() else "ethnicity"
    if fold(heading) == "nam" and has_breve(heading):
        return "birth_year"
    return next((field for field, pattern in _PATTERNS if pattern.match(fold(heading))), None)


def field_of_levels(parent: str, sub: str) -> Field | None:
    """A heading of two levels, "Năm sinh / Nam". A sensitive parent makes its parts sensitive."""
    above = field_of(parent)
    if not sub or above in DROPPED:
        return above
    if above == "birth" and fold(sub) in _BIRTH_PARTS and (fold(sub) != "nam" or has_breve(sub)):
        return _BIRTH_PARTS[fold(sub)]
    below = field_of(sub)
    return above if below is None or (below == "birth_year" and above != "birth") else below


def is_sub_heading(text: str) -> bool:
    """A word of the second header row, exactly: a section row such as "Khóm Chùa" must not pass."""
    return fold(text).replace(" ", "_") in _SUB_WORDS
