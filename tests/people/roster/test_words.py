"""Every code that a rule can give has a sentence, and every sentence its values."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from flask import Flask

from lms.people.roster.problems import NoteCode, ProblemCode
from lms.people.roster.proposals import Reason
from lms.people.roster.reading.headings import FIELDS
from lms.people.roster.reading.shapes import SkipReason
from lms.people.roster.words import COLUMNS, REFUSED, SENTENCES, SKIPPED, Lexicon, refused_file, sentence
from lms.sheets.model import Refused

CODES = [*get_args(ProblemCode), *get_args(NoteCode)]


@pytest.mark.parametrize("code", CODES)
def test_each_remark_of_the_reader_has_words(app: Flask, code: str) -> None:
    words = sentence(Reason(code, {"raw": "RAW", "field": "phone"}), Lexicon())
    assert words and "%(" not in words


def test_no_words_without_a_code() -> None:
    ours = {code for code in SENTENCES if code.startswith(("name_", "birth_", "phone_", "role_", "sex_"))}
    matching = {"name_same", "name_near", "name_plain", "name_differs", "birth_same_year", "birth_same_day"}
    matching |= {
        "birth_differs",
        "birth_day_differs",
        "phone_same",
        "phone_differs",
        "sex_differs",
        "role_outside_line",
    }
    assert ours - matching <= set(CODES)


def test_every_kind_of_column_and_skipped_row_has_words() -> None:
    assert set(COLUMNS) == set(FIELDS)
    assert set(SKIPPED) == set(get_args(SkipReason))


def test_every_refusal_of_a_file_has_words(app: Flask) -> None:
    promised = set(re.findall(r"\b[a-z_]{3,}\b", (Refused.__doc__ or "").partition("Codes:")[2]))
    assert promised <= set(REFUSED)
    words = refused_file("too_many_rows", {"limit": 50000})
    assert "50.000" in words and "tệp mẫu" in words
    assert "nhiều nhất 25.000 dòng" in refused_file("too_large", {"rows": 25000, "limit": 20_000_000})


def test_values_are_shown_as_people_write_them(app: Flask) -> None:
    lexicon = Lexicon({"HGV": "Hòa giải viên"}, {4: "Khóm 4"})
    added = Reason("post_add", {"role": "HGV", "unit": 4, "first_day": "2026-03-01"})
    assert sentence(added, lexicon) == "Thêm chức danh: Hòa giải viên, Khóm 4, từ 01/03/2026"
    changed = Reason("change_phone", {"before": None, "after": "+84912345678"})
    assert sentence(changed, lexicon).endswith("chưa có → 0912 345 678")
