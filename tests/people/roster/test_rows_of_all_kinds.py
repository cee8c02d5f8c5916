"""Totals, signatures, numbers, remarks, choices of a person, the template; and that no row is ever lost."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.people.roster.readers import read_roster
from lms.people.roster.readings import SheetChoice
from lms.people.roster.template import COLUMNS, roster_template
from lms.sheets.model import Merge, Sheet, Workbook
from lms.sheets.values import row_of
from tests.people.roster import sheets
from tests.people.roster.reading import TODAY, asked, read, read_rows, read_sheet

HEADER = ["STT", "Họ và tên", "Năm sinh", "Chức vụ"]
PEOPLE = [[1, "Lê Thị Ân", 1970, "HGV"], [2, "Kim Sa Rinh", 1971, "HGV"], [3, "Sơn Thị Ánh", 1972, "HGV"]]


def stated(*rows: Sequence[Any], titles: Sequence[str] = ()) -> tuple[int, int] | None:
    total = read_sheet(sheets.plain(*PEOPLE, *rows, header=HEADER, titles=titles)).stated_total
    return (total.count, total.row_no) if total else None


@pytest.mark.parametrize(
    "row",
    [
        ["Tổng cộng: 24 người"],
        ["", "Tổng số: 24"],
        ["TỔNG", "", 24],
        ["", "Cộng", "", 24],
        ["", "Danh sách này có 24 (hai mươi bốn) người./."],
        ["Tổng cộng: 24 người, trong đó nữ: 16"],
    ],
)
def test_totals_in_many_words(row: list[Any]) -> None:
    assert stated(row) == (24, 5)


def test_a_total_above_the_header_or_none_at_all() -> None:
    assert stated(titles=["DANH SÁCH HÒA GIẢI VIÊN", "(Tổng số: 24 người)"]) == (24, 2)
    assert stated() is None


def test_partial_totals_are_added_up_and_a_grand_total_wins() -> None:
    assert stated(["", "Cộng khóm 1: 5"], ["", "Cộng khóm 2: 7"]) == (12, 6)
    assert stated(["", "Cộng khóm 1: 5"], ["", "Cộng khóm 2: 7"], ["", "Tổng cộng: 12"]) == (12, 7)


@pytest.mark.parametrize("part", ["Cộng khóm {}: {}", "Tổng khóm {}: {}", "Tổng số khóm {}: {} người"])
@pytest.mark.parametrize("grand", ["TỔNG CỘNG TOÀN PHƯỜNG: 11 NGƯỜI", "Tổng cộng: 11", "Tổng toàn xã: 11 người"])
def test_the_grand_total_is_compared_also_when_the_parts_do_not_agree_with_it(part: str, grand: str) -> None:
    assert stated(["", part.format(1, 3)], ["", part.format(2, 4)], ["", grand]) == (11, 7)


def test_group_totals_in_the_words_of_a_grand_one_give_way_to_the_last() -> None:
    assert stated(["", "Tổng số: 3"], ["", "Tổng số: 4"], ["", "Tổng cộng: 8"]) == (8, 7)


def test_counts_under_nam_and_nu_are_added() -> None:
    header = ["STT", "Họ và tên", "Nam", "Nữ", "Chức vụ"]
    data = sheets.plain([1, "Lê Thị Ân", "", "x", "HGV"], ["", "Tổng cộng", 10, 14, ""], header=header)
    total = read_sheet(data).stated_total
    assert total is not None and total.count == 24


def test_people_called_tong_or_cong_are_people() -> None:
    rows = [
        [4, "Tống Văn Sáu", 1970, "HGV"],
        [5, "Công Thị Bảy", 1970, "HGV"],
        [6, "Tong Van Tam", 1970, "HGV"],
    ]
    assert len(read_rows(sheets.plain(*rows, header=HEADER))) == 3


def test_after_the_signature_a_list_may_go_on() -> None:
    rows = [
        ["", "NGƯỜI LẬP", "", "TM. UBND"],
        ["", "Phạm Thị Lập", "", "Võ Văn Duyệt"],
        [4, "Thạch Thị Đa", 1973, "HGV"],
    ]
    sheet = read_sheet(sheets.plain(*PEOPLE, *rows, header=HEADER))
    assert [row.row_no for row in sheet.rows] == [2, 3, 4, 7]
    assert [row.why for row in sheet.skipped] == ["header", "signature", "signature"]


def test_a_chairman_in_the_list_is_no_signature() -> None:
    rows = read_rows(sheets.plain([1, "Võ Văn Duyệt", 1970, "Chủ tịch UBND phường"], header=HEADER))
    assert rows[0].role_codes == ("LD_UBND",)


def test_column_numbers_prepared_numbers_and_remarks_are_no_people() -> None:
    rows = [["1", "2", "3", "4"], *PEOPLE, [4, "", "", ""], ["Ghi chú: danh sách do phường lập"]]
    sheet = read_sheet(sheets.plain(*rows, header=HEADER))
    assert [row.why for row in sheet.skipped] == ["header", "column_numbers", "number_only", "remark"]
    assert len(sheet.rows) == 3


def test_a_name_alone_and_facts_without_a_name_are_asked() -> None:
    rows = [*PEOPLE, ["", "Võ Văn Sáu", "", ""], [5, "", 1980, "HGV"]]
    found = read_rows(sheets.plain(*rows, header=HEADER))
    assert "only_name" in asked(found[3])
    assert asked(found[4]) == ["name_missing"]


def test_the_row_key_comes_back() -> None:
    data = sheets.plain([*PEOPLE[0], "7K4P22"], header=[*HEADER, "Mã dòng (không sửa)"])
    assert read_rows(data)[0].row_key == "7K4P22"


def test_the_year_hint_completes_a_date_without_year() -> None:
    data = sheets.plain(*PEOPLE, header=HEADER, titles=["DANH SÁCH HÒA GIẢI VIÊN (tính đến 30/6)"])
    assert read_sheet(data, year_hint=2024).list_date_hint == date(2024, 6, 30)
    assert read_sheet(data).list_date_hint is None


def test_a_person_may_say_which_row_is_the_header_and_what_columns_are() -> None:
    rows = [["Danh bạ"], ["Số", "Ai", "Khi nào"], [1, "Lê Thị Ân", 1970]]
    data = sheets.xlsx({"DS": rows})
    assert read_sheet(data).rows == ()
    choice = SheetChoice(header_row=2, fields={1: "full_name", 2: "birth"})
    sheet = read_sheet(data, choices={"DS": choice})
    assert [(row.full_name, row.birth and row.birth.value.year) for row in sheet.rows] == [("Lê Thị Ân", 1970)]
    assert [column.why for column in sheet.columns] == ["unknown", "chosen", "chosen"]
    with pytest.raises(ValueError, match="colour"):
        read_sheet(data, choices={"DS": SheetChoice(header_row=2, fields={1: "colour"})})


def test_a_decoder_is_used_for_its_column_only() -> None:
    data = sheets.plain([1, "NGUYEN VAN A", 1970, "HGV"], header=HEADER)
    choice = SheetChoice(decoders={1: lambda text: text.replace("NGUYEN VAN A", "Nguyễn Văn A")})
    assert read_rows(data, choices={"DS": choice})[0].full_name == "Nguyễn Văn A"


def test_the_template_reads_back_without_a_question() -> None:
    data = roster_template()
    empty = read_sheet(data)
    assert [column.taken_as for column in empty.columns] == [
        "stt",
        "full_name",
        "sex",
        "birth",
        "role",
        "place",
        "ward",
        "phone",
        "note",
        "row_key",
    ]
    assert (empty.rows, empty.default_roles, empty.unit_hint) == ((), None, None)
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.worksheets[0].append(
        [1, "Trần Thị Dung", "Nữ", "05/06/1979", "CTV dân số + HGV", "Khóm 4", "Phường 8", "0912345678"]
    )
    stream = io.BytesIO()
    book.save(stream)
    row = read_rows(stream.getvalue())[0]
    assert (row.role_codes, row.place_text, row.phone) == (
        ("CTV_DS", "HGV"),
        "Khóm 4, Phường 8",
        "+84912345678",
    )
    assert row.problems == ()
    assert len(COLUMNS) == len(empty.columns)


def test_five_thousand_people_are_read_whole() -> None:
    sheet = read_sheet(sheets.many(5_000))
    assert len(sheet.rows) == 5_000
    assert not any(row.problems for row in sheet.rows)


_CELL_TEXTS = """STT|Họ và tên|Họ|Tên|Năm sinh|Nam|Nữ|Khóm|Điện thoại|Chức vụ|Dân tộc|Mã dòng|I. KHÓM 1|II|nt
x|1|2|3|1968|KHÓM 2|Tổng cộng: 24|Cộng|NGƯỜI LẬP|TM. UBND|CTV DS + Thợ|HGV|Trần Thị Dung|LÊ VĂN AN|5/6/1973
#N/A|0912345678|084173001234|Phường 9, ngày 05 tháng 7 năm 2024|(Tính đến 30/6/2024)|Chú: x|999999999999"""
_WORDS = st.sampled_from(_CELL_TEXTS.replace("\n", "|").split("|"))
_VALUES = st.one_of(
    st.none(),
    _WORDS,
    st.text(max_size=12),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.dates(),
    st.datetimes(datetime(1890, 1, 1), datetime(2100, 1, 1)),
    st.booleans(),
    st.times(),
    st.timedeltas(),
)
_MERGES = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 5), st.integers(0, 12), st.integers(0, 7)).map(
        lambda four: Merge(min(four[0], four[2]), min(four[1], four[3]), max(four[0], four[2]), max(four[1], four[3]))
    ),
    max_size=4,
)
_ROWS = st.lists(st.lists(_VALUES, max_size=7), max_size=14)
_HEADERS = st.sampled_from(
    [
        [],
        [HEADER],
        [["TT", "Họ", "Tên", "Nam", "Nữ"]],
        [["STT", "Họ và tên", "Năm sinh", ""], ["", "", "Nam", "Nữ"]],
    ]
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(_HEADERS, _ROWS, _MERGES, st.sets(st.integers(1, 14)), st.text(max_size=12), st.booleans())
def test_any_matrix_is_read_and_every_row_with_text_is_accounted_for_once(
    header: list[list[str]],
    rows: list[list[Any]],
    merged: list[Merge],
    hidden_rows: set[int],
    name: str,
    hidden: bool,
) -> None:
    whole = tuple(row_of(row) for row in [*header, *rows])
    sheet = Sheet(name, whole, tuple(merged), hidden, frozenset(hidden_rows))
    reading = read_roster(Workbook(name, "xlsx", (sheet,)), today=TODAY, year_hint=2024)
    found = [row.row_no for table in reading.sheets for row in (*table.rows, *table.skipped)]
    assert sorted(found) == [number for number, row in enumerate(whole, 1) if row]
    for table in reading.sheets:
        for row in table.rows:
            assert hidden <= ("hidden_sheet" in asked(row))
            assert row.full_name or "name_missing" in asked(row)


@settings(deadline=None)
@given(
    st.text(alphabet="0123456789 .-ab", max_size=30),
    st.sampled_from(["note", "name", "place", "role", "phone"]),
)
def test_no_identity_number_is_kept_wherever_it_stands(around: str, cell: str) -> None:
    text = f"{around} 084173001234 {around}"
    reading = read(sheets.plain(sheets.person(**{cell: text})))
    assert "084173001234" not in repr(reading)
