"""Reading what people write for places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.text.names import search_key
from lms.units.places import Likeness, Part, fold_place, likeness, name_keys, read_place

KHOM, AP, WARD, COMMUNE, CITY = ("khom",), ("ap",), ("ward",), ("commune",), ("city",)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Khóm 4", [Part(KHOM, "4")]),
        ("khóm 04", [Part(KHOM, "04")]),
        ("KHÓM 4A", [Part(KHOM, "4A")]),
        ("Khóm 4 P8", [Part(KHOM, "4"), Part(WARD, "8")]),
        ("Khóm 4/P.8", [Part(KHOM, "4"), Part(WARD, "8")]),
        ("K4-P8", [Part(KHOM, "4"), Part(WARD, "8")]),
        ("K.4, P.8", [Part(KHOM, "4"), Part(WARD, "8")]),
        ("P8 - Khóm 4", [Part(KHOM, "4"), Part(WARD, "8")]),
        ("Khóm 4, phường 8, TP. Trà Vinh", [Part(KHOM, "4"), Part(WARD, "8"), Part(CITY, words="Trà Vinh")]),
        ("Khóm 4 Nguyệt Hóa", [Part(KHOM, "4"), Part((), words="Nguyệt Hóa")]),
        ("P.8", [Part(WARD, "8")]),
        ("P 8", [Part(WARD, "8")]),
        ("UBND Phường 8", [Part(WARD, "8")]),
        ("Ấp Vĩnh Yên", [Part(AP, words="Vĩnh Yên")]),
        ("ấp Vĩnh Yên xã Long Đức", [Part(AP, words="Vĩnh Yên"), Part(COMMUNE, words="Long Đức")]),
        ("AP VINH YEN XA LONG DUC", [Part(AP, words="VINH YEN"), Part(COMMUNE, words="LONG DUC")]),
        ("Ấp Xa Mới", [Part(AP, words="Xa Mới")]),
        ("TP TV", [Part(CITY, words="TV")]),
        ("T.P Trà Vinh", [Part(CITY, words="Trà Vinh")]),
        ("P. Nguyệt Hoá", [Part(WARD, words="Nguyệt Hoá")]),
        ("Nguyệt Hóa", [Part((), words="Nguyệt Hóa")]),
        ("4", [Part((), "4")]),
        ("tổ dân phố 5", [Part(("khom", "ap"), "5")]),
        ("Khóm", []),
        (" – ", []),
        ("", []),
    ],
)
def test_reading(text: str, parts: list[Part]) -> None:
    assert list(read_place(text)) == parts


@pytest.mark.parametrize(
    ("text", "name", "kind", "how"),
    [
        ("khóm 04", "Khóm 4", "khom", "same"),
        ("Khóm 4", "Khóm 04", "khom", "same"),
        ("4", "Khóm 4", "khom", "same"),
        ("P. Nguyệt Hoá", "Phường Nguyệt Hóa", "ward", "same"),
        ("nguyet hoa", "Phường Nguyệt Hóa", "ward", "unmarked"),
        ("Khóm 4", "Ấp 4", "ap", "kind"),
        ("phường Long Đức", "Xã Long Đức", "commune", "kind"),
        ("tổ dân phố 4", "Khóm 4", "khom", "same"),
        ("Ấp Vĩnh Quí", "Ấp Vĩnh Quý", "ap", "near"),
        ("Ấp Vĩnh Yến", "Ấp Vĩnh Yên", "ap", "near"),
        ("Khóm 14", "Khóm 4", "khom", None),
        ("Khóm 4A", "Khóm 4", "khom", None),
        ("Phường 4", "Khóm 4", "khom", None),
        ("Ấp Vĩnh", "Ấp Vĩnh Yên", "ap", None),
    ],
)
def test_likeness(text: str, name: str, kind: str, how: Likeness | None) -> None:
    (part,) = read_place(text)
    assert likeness(part, name, kind) == how


@pytest.mark.parametrize("text", ["P8", "P.8", "p 8", "P-8", " P. 8 "])
def test_an_alias_is_one_however_it_is_punctuated(text: str) -> None:
    assert fold_place(text) == "p 8"


NAMES = st.sampled_from(
    ["Khóm 4", "Khóm 12", "Ấp Vĩnh Yên", "Phường 8", "Xã Long Đức", "Phường Nguyệt Hóa", "Ấp Bến Có 2"]
)


@given(NAMES, st.sampled_from([str.upper, str.lower, str]))
def test_an_official_name_in_any_case_is_looked_up_by_its_own_key(name: str, case: type[str]) -> None:
    (part,) = read_place(case(name))
    assert search_key(name) in name_keys(part)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    for part in read_place(text):
        assert part.number or part.words
        assert "" not in name_keys(part)
