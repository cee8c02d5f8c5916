"""What a row below the header is: a person, a section, a total, part of the signature block …

All of it is judged by the row's own cells; nothing is dropped without a reason that is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lms.people.roster.reading.folding import clean, fold
from lms.people.roster.reading.places_text import places_in
from lms.people.roster.reading.roles_text import roles_in
from lms.people.roster.readings import StatedTotal

SkipReason = Literal[
    "title",  # above the header
    "header",
    "repeated_header",
    "column_numbers",  # 1, 2, 3 … under the header
    "section",
    "total",
    "signature",
    "number_only",  # a number was prepared, nobody was written beside it
    "remark",  # text, but neither a name nor other facts of a person
    "no_header",  # the whole sheet: no header was found
]

Filled = Sequence[tuple[int, str]]

_COUNTED = r"\d|khom|ap|to|phuong|xa|nam|nu|nguoi|danh sach|toan"
_TOTAL = re.compile(rf"(?:tong (?:so|cong)\b|(?:tong|cong)(?= *$| (?:{_COUNTED})))")
_WHOLE_LIST = re.compile(r"(?:an dinh )?danh sach(?: nay| tren)? (?:co|gom)\b(?: tong so)?(?: la)?")
_DETAIL = re.compile(r"trong do\b")
_NUMBER = re.compile(r"\d+")
_SIGNATURE = re.compile(
    r"(?:nguoi (?:lap|thong ke|bao cao|ghi|viet|duyet)|can bo thong ke|lap bang"
    r"|tm |t m |kt |k t |tl |tuq |thu truong|xac nhan|noi nhan|ke toan"
    r"|thu ky|ky ten|ky va ghi|ky ghi ro|da ky|uy ban nhan dan|ubnd|(?:pho )?chu tich|truong ban|to truong"
    r"|truong phong|nguoi tong hop|can bo (?:phu trach|lap)|cong chuc (?:phu trach|van hoa)|phe duyet)\b"
)
_SIGNED_ON = re.compile(r".{0,40}\bngay\b.{0,8}\bthang\b.{0,8}\bnam\b(?: \d{2,4})?$")
_PREFIX = re.compile(r"\A\s*(?:[ivxIVX]{1,5}|[A-Ha-h]|\d{1,2})\s*[.)/:\-–]\s*(?=\D)")
_ROMAN = re.compile(r"[IVX]{1,5}\.?|[A-H]\.?")
_PLACE_START = re.compile(r"(?:khom|ap|thon|to dan pho|khu pho|phuong|xa|to hoa giai|to) ?(?:\d|$|[a-z])")
_REMARK_WORDS = 8


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns hold what, for judging a row: field → columns."""

    columns: Mapping[str, Sequence[int]]

    def texts(self, filled: Filled, *fields: str) -> list[str]:
        wanted = {column for field in fields for column in self.columns.get(field, ())}
        return [text for column, text in filled if column in wanted]


_FACTS = ("birth", "birth_year", "nam", "nu", "sex", "phone", "row_key")
_HAMLET = re.compile(r"(?:khom|ap|thon|to dan pho|khu pho)\b|(?:to|phuong|xa) ?\d")


def name_texts(filled: Filled, layout: Layout) -> list[str]:
    return layout.texts(filled, "full_name", "family_name", "given_name")


def is_person(filled: Filled, layout: Layout, *, strictly: bool) -> bool:
    """A name with a number or another fact of a person beside it.

    `strictly` is for what follows a signature: there, words beside a name are another signer's.
    """
    names = name_texts(filled, layout)
    if not names or is_total(filled, layout) or _SIGNATURE.match(fold(names[0]) + " "):
        return False
    facts = layout.texts(filled, *_FACTS)
    if any(any(map(str.isdecimal, text)) for text in facts) or (facts and not strictly):
        return True
    return _numbered(filled, layout) and not _HAMLET.match(fold(names[0]))


def has_facts(filled: Filled, layout: Layout) -> bool:
    return any(any(map(str.isdecimal, text)) for text in layout.texts(filled, *_FACTS))


def _numbered(filled: Filled, layout: Layout) -> bool:
    return any(map(_is_number, layout.texts(filled, "stt")))


def _is_number(text: str) -> bool:
    return text.strip(" .").isdecimal()


def is_number_only(filled: Filled, layout: Layout) -> bool:
    return len(layout.texts(filled, "stt")) == len(filled) and _numbered(filled, layout)


def _is_capitalised_name(text: str) -> bool:
    """Tống Văn A is a person, "Tổng cộng" is not: the tone tells, and plain text has none."""
    return clean(text).casefold().startswith(("tống", "tòng", "công "))


def is_column_numbers(filled: Filled) -> bool:
    """1, 2, 3 … or (1), (2), A, B, 1, 2 … that number the columns, as official forms do."""
    marks = [fold(text) for _, text in filled]
    numbers = [int(mark) for mark in marks if mark.isdecimal() and len(mark) < 3]
    letters = [mark for mark in marks if mark in "abcd"]
    in_order = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else False
    return in_order and len(numbers) >= 3 and len(numbers) + len(letters) == len(marks)


def total_of(filled: Filled, row_no: int, layout: Layout) -> StatedTotal | None:
    """The count a total row states. Counts under Nam and Nữ are added."""
    text = " ".join(clean(text) for _, text in filled)
    folded = fold(text)
    match = _TOTAL.search(folded) or _WHOLE_LIST.search(folded)
    if not match:
        return None
    by_sex = [int(count) for count in layout.texts(filled, "nam", "nu") if count.strip().isdecimal()]
    numbers = _NUMBER.findall(_without_place(folded[match.end() :]))
    if len(by_sex) == 2:
        return StatedTotal(sum(by_sex), row_no, text)
    return StatedTotal(int(numbers[0][:6]), row_no, text) if numbers else None


def _without_place(folded: str) -> str:
    """ "cộng khóm 1: 5 người" states 5, not 1; "tổng cộng toàn phường: 11 người" states 11."""
    return re.sub(r"(?<!toan )\b(?:khom|ap|phuong|xa|to|p) ?\d+\b", " ", folded)


def is_total(filled: Filled, layout: Layout) -> bool:
    """The first text, or the one where the name should stand, says so; a number may be missing."""
    texts = [filled[0][1], *name_texts(filled, layout)[:1]]
    return any(_says_total(fold(text)) and not _is_capitalised_name(text) for text in texts)


def _says_total(folded: str) -> bool:
    return bool(_TOTAL.match(folded) or _WHOLE_LIST.match(folded) or _DETAIL.match(folded))


def starts_signature(filled: Filled, layout: Layout) -> bool:
    """NGƯỜI LẬP, TM. UBND, "Trà Vinh, ngày 05 tháng 3 năm 2024" …; never beside a person's name."""
    names = name_texts(filled, layout)
    texts = [fold(text) for text in names or [text for _, text in filled]]
    return any(_SIGNATURE.match(text + " ") or _SIGNED_ON.match(text) for text in texts)


def section_text(filled: Filled, layout: Layout, *, banner: bool) -> str | None:
    """The text of a row such as "I. KHÓM 1", None for any other row."""
    texts = list(dict.fromkeys(clean(text) for _, text in filled))
    stt = layout.texts(filled, "stt")
    numeral = bool(stt and _ROMAN.fullmatch(clean(stt[0])))
    if len(texts) == 2 and stt and clean(stt[0]) == texts[0] and (numeral or stt[0].strip(" .").isdecimal()):
        texts = texts[1:]
    if len(texts) != 1 or len(texts[0].split()) > 2 * _REMARK_WORDS:
        return None
    bare = _PREFIX.sub("", texts[0])
    named = _names_place_or_role(bare)
    marked = banner or numeral or bare != texts[0]
    return bare if named or (marked and not fold(bare).isdecimal()) else None


def _names_place_or_role(text: str) -> bool:
    place = places_in(text)
    found = place.hamlet or place.ward
    return bool(found and _PLACE_START.match(fold(text))) or bool(roles_in(text))


def is_remark(filled: Filled) -> bool:
    """A sentence, not a name: "Ghi chú: …"."""
    text = clean(filled[0][1])
    return len(filled) == 1 and (":" in text or "*" in text or len(text.split()) > _REMARK_WORDS)
