"""Cases 23 and 24 of domain.md §8.2: which posts, and where."""

from __future__ import annotations

import pytest

from lms.people.roster.problems import Note, Problem
from tests.people.roster import sheets
from tests.people.roster.reading import asked, read, read_row, read_rows, read_sheet, told

HEADER = sheets.HEADER


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("CTV DS", ("CTV_DS",)),
        ("CTVDS", ("CTV_DS",)),
        ("Cộng tác viên dân số - gia đình - trẻ em", ("CTV_DS",)),
        ("CTV gia đình, PCBLGĐ", ("CTV_GD",)),
        ("HGV", ("HGV",)),
        ("Hoà giải viên ở cơ sở", ("HGV",)),
        ("Tổ trưởng tổ hòa giải khóm 1", ("TT_HG",)),
        ("Trưởng khóm", ("TKHOM",)),
        ("TRƯỞNG ẤP VĨNH YÊN", ("TKHOM",)),
        ("Trưởng Ban nhân dân khóm 2, P8", ("TKHOM",)),
        ("Chi hội trưởng Phụ nữ khóm 3", ("CHPN",)),
        ("CHT PN", ("CHPN",)),
        ("Trưởng ban CTMT", ("MTKDC",)),
        ("TTV", ("TTV",)),
        ("BCV pháp luật", ("BCV",)),
        ("Tình nguyện viên PCBLGĐ", ("TNV",)),
        ("Công an phường 9", ("CAX",)),
        ("Công chức VH-XH", ("CC_VHXH",)),
        ("Công chức Tư pháp - Hộ tịch", ("CC_TP",)),
        ("Phó Chủ tịch UBND phường", ("LD_UBND",)),
        ("Y tế khóm", ("NVYT",)),
        ("Người có uy tín", ("NCUT",)),
        ("NCUT", ("NCUT",)),
        ("ANTT", ("ANTT",)),
        ("CTV DS + HGV", ("CTV_DS", "HGV")),
        ("Trưởng khóm kiêm HGV", ("TKHOM", "HGV")),
        ("Trưởng khóm; TTV / TNV", ("TKHOM", "TTV", "TNV")),
        ("Trưởng khóm-Tổ trưởng tổ hòa giải", ("TKHOM", "TT_HG")),
        ("CTV dân số (kiêm CHT PN)", ("CTV_DS", "CHPN")),
    ],
)
def test_case_23_words_of_roles(text: str, codes: tuple[str, ...]) -> None:
    row = read_row(sheets.case_23_roles(text))
    assert (row.role_codes, asked(row), row.role_text) == (codes, [], text)


@pytest.mark.parametrize(
    "text",
    [
        "CTV",
        "Tổ trưởng",
        "Nguyên trưởng khóm",
        "Chủ tịch",
        "Chủ tịch Hội LHPN phường",
        "Thợ may",
        "Trưởng khóm đội",
    ],
)
def test_case_23_doubtful_words_are_asked_never_guessed(text: str) -> None:
    row = read_row(sheets.case_23_roles(text))
    assert row.role_codes == ()
    assert row.problems == (Problem("role_unknown", "role", text),)


def test_case_23_the_unknown_part_beside_a_known_one_is_asked() -> None:
    row = read_row(sheets.case_23_roles("HGV + Thợ may"))
    assert row.role_codes == ("HGV",)
    assert row.problems == (Problem("role_unknown", "role", "Thợ may"),)


def test_case_23_another_real_post_beside_a_role_is_only_told() -> None:
    row = read_row(sheets.case_23_roles("Bí thư chi bộ kiêm Trưởng khóm 2"))
    assert (row.role_codes, asked(row)) == (("TKHOM",), [])
    assert Note("role_not_listed", "role", "Bí thư chi bộ") in row.notes


def test_a_row_without_any_role_is_asked() -> None:
    assert asked(read_row(sheets.case_23_roles(""))) == ["role_missing"]


def test_a_title_gives_its_role_to_rows_that_state_none() -> None:
    title = "DANH SÁCH CỘNG TÁC VIÊN DÂN SỐ"
    sheet = read_sheet(sheets.case_23_roles("", "CTV", "Bí thư chi bộ", titles=[title]))
    assert [row.role_codes for row in sheet.rows] == [("CTV_DS",)] * 3
    assert Note("role_from_title", "role", title) in sheet.rows[0].notes
    assert told(sheet.rows[1]) == []


@pytest.mark.parametrize(
    ("own", "codes"),
    [("Trưởng khóm", ("TKHOM",)), ("HGV + TTV", ("HGV", "TTV")), ("HGV, CTV DS", ("HGV", "CTV_DS"))],
)
def test_what_a_row_states_wins_over_the_title_and_the_row_says_so(own: str, codes: tuple[str, ...]) -> None:
    title = "DANH SÁCH CỘNG TÁC VIÊN DÂN SỐ"
    row = read_row(sheets.case_23_roles(own, titles=[title]))
    assert (row.role_codes, asked(row)) == (codes, [])
    assert (Note("role_of_title_left", "role", title) in row.notes) == ("CTV_DS" not in codes)


def test_a_section_gives_its_role_only_to_rows_that_state_none() -> None:
    rows = [HEADER, ["II. CỘNG TÁC VIÊN DÂN SỐ"], sheets.person(role=""), sheets.person(role="Trưởng khóm")]
    found = read_rows(sheets.xlsx({"DS": rows}, merged={"DS": ["A2:H2"]}))
    assert [row.role_codes for row in found] == [("CTV_DS",), ("TKHOM",)]


def test_a_word_of_doubt_beside_the_titles_role_is_still_asked() -> None:
    row = read_row(sheets.case_23_roles("Thợ may", titles=["DANH SÁCH CỘNG TÁC VIÊN DÂN SỐ"]))
    assert asked(row) == ["role_unknown"]


def test_a_title_that_names_two_roles_says_nothing_of_one_person() -> None:
    rows = read_rows(sheets.case_23_roles("HGV", "", titles=["DANH SÁCH TRƯỞNG KHÓM, HÒA GIẢI VIÊN"]))
    assert [row.role_codes for row in rows] == [("HGV",), ()]
    assert asked(rows[1]) == ["role_missing"]


@pytest.mark.parametrize("title", ["TUYÊN TRUYỀN VIÊN, CỘNG TÁC VIÊN", "CÁN BỘ, CỘNG TÁC VIÊN DÂN SỐ"])
def test_a_title_that_names_one_role_and_others_unclearly_gives_none(title: str) -> None:
    rows = read_rows(sheets.case_23_roles("HGV", "", titles=[f"DANH SÁCH {title}"]))
    assert [(row.role_codes, asked(row)) for row in rows] == [(("HGV",), []), ((), ["role_missing"])]


def test_other_posts_stand_beside_the_role_of_the_title() -> None:
    header = ["STT", "Họ và tên", "Khóm", "Chức vụ khác"]
    rows = [[1, "Lê Thị Ân", "Khóm 1", "Chi hội trưởng PN"], [2, "Sơn Thị Ánh", "Khóm 1", ""]]
    found = read_rows(sheets.plain(*rows, header=header, titles=["DANH SÁCH CỘNG TÁC VIÊN DÂN SỐ"]))
    assert [row.role_codes for row in found] == [("CTV_DS", "CHPN"), ("CTV_DS",)]


def test_the_issuing_office_is_no_role() -> None:
    sheet = read_sheet(sheets.case_23_roles("HGV", titles=["CÔNG AN PHƯỜNG 9", "ỦY BAN NHÂN DÂN PHƯỜNG 9"]))
    assert sheet.default_roles is None


def test_a_sheet_or_file_name_gives_the_role_when_no_title_does() -> None:
    by_sheet = read_sheet(sheets.case_23_roles("", sheet="HGV"))
    assert by_sheet.default_roles is not None
    assert (by_sheet.default_roles.source, by_sheet.rows[0].role_codes) == ("sheet", ("HGV",))
    by_file = read_sheet(sheets.case_23_roles(""), "DS CTV dan so P9.xlsx")
    assert (by_file.rows[0].role_codes, by_file.unit_hint) == (("CTV_DS",), "Phường 9")


def test_group_words_are_clear_inside_a_list_of_mediators() -> None:
    titles = ["DANH SÁCH TỔ HÒA GIẢI KHÓM 1"]
    rows = read_rows(sheets.case_23_roles("Tổ trưởng", "Tổ viên", "Thư ký", titles=titles))
    assert [row.role_codes for row in rows] == [("TT_HG",), ("HGV",), ("HGV",)]
    assert not any(asked(row) for row in rows)


def test_sections_name_roles_and_places() -> None:
    header = ["STT", "Họ và tên", "Năm sinh"]
    rows = [
        header,
        ["I", "TỔ HÒA GIẢI KHÓM 1", ""],
        [1, "Lê Thị Ân", 1970],
        ["II", "CỘNG TÁC VIÊN DÂN SỐ", ""],
        [1, "Kim Sa Rinh (tổ trưởng)", 1971],
        ["III. KHÓM 2"],
        [1, "Sơn Thị Ánh", 1972],
    ]
    found = read_rows(sheets.xlsx({"DS": rows}, merged={"DS": ["A6:C6"]}))
    assert [(row.role_codes, row.place_text) for row in found] == [
        (("HGV",), "Khóm 1"),
        (("CTV_DS",), "Khóm 1"),
        (("CTV_DS",), "Khóm 2"),
    ]


def test_one_person_over_two_rows_with_two_roles() -> None:
    rows = [HEADER, sheets.person(), ["", "", "", "", "Trưởng khóm", "", "", ""]]
    merged = {"DS": [f"{column}2:{column}3" for column in "ABCDFG"]}
    first, second = read_rows(sheets.xlsx({"DS": rows}, merged=merged))
    assert (first.role_codes, second.role_codes) == (("HGV",), ("TKHOM",))
    assert (second.full_name, second.phone, second.place_text) == (
        first.full_name,
        first.phone,
        first.place_text,
    )
    assert "filled_down" in told(second)


def test_case_24_merged_places_are_filled_down_and_say_from_where() -> None:
    rows = read_rows(sheets.case_24_places("Khóm 4 P8", "", "", "Ấp Vĩnh Yên", merged=["F2:F4"]))
    assert [row.place_text for row in rows] == ["Khóm 4 P8"] * 3 + ["Ấp Vĩnh Yên"]
    assert Note("filled_down", "place", "2") in rows[2].notes


@pytest.mark.parametrize("mark", ["nt", "NT", "-nt-", "n.t", '"', "″", "như trên", "//"])
def test_case_24_ditto_marks(mark: str) -> None:
    rows = read_rows(sheets.case_24_places("Khóm 4 P8", mark, mark))
    assert [row.place_text for row in rows] == ["Khóm 4 P8"] * 3
    assert Note("ditto", "place", "3") in rows[2].notes


def test_case_24_a_ditto_mark_below_nothing_is_asked() -> None:
    assert asked(read_rows(sheets.case_24_places("nt", "Khóm 4"))[0]) == ["ditto_without_source"]
    rows = [HEADER, sheets.person(), ["II. KHÓM 5"], sheets.person(place="nt")]
    below_section = read_rows(sheets.xlsx({"DS": rows}, merged={"DS": ["A3:H3"]}))[1]
    assert "ditto_without_source" in asked(below_section)


def test_case_24_places_written_once_per_group_in_a_csv() -> None:
    groups = ["Khóm 1", "", "", "Khóm 2", "", "Khóm 3"]
    rows = [HEADER, *(sheets.person(number=number, place=place) for number, place in enumerate(groups, 1))]
    found = read_rows(sheets.delimited(rows))
    assert [row.place_text for row in found] == ["Khóm 1"] * 3 + ["Khóm 2"] * 2 + ["Khóm 3"]
    assert Note("filled_down", "place", "5") in found[4].notes


def test_case_24_one_blank_among_many_is_empty_not_filled() -> None:
    rows = read_rows(sheets.case_24_places("Khóm 1", "Khóm 1", "", "Khóm 2", "Khóm 2"))
    assert (rows[2].place_text, told(rows[2])) == (None, ["place_empty"])


def test_case_24_a_number_under_khom_and_the_ward_beside_it() -> None:
    header = ["STT", "Họ và tên", "Chức vụ", "Khóm", "Phường"]
    row = read_row(sheets.plain([1, "Lê Thị Ân", "HGV", 4, 8], header=header))
    assert row.place_text == "Khóm 4, Phường 8"
    assert told(row).count("place_number") == 2


def test_case_24_place_from_the_sheet_the_title_or_the_address() -> None:
    header = ["STT", "Họ và tên", "Chức vụ", "Địa chỉ"]
    row = [1, "Lê Thị Ân", "HGV", ""]
    assert read_row(sheets.plain(row, header=header, sheet="Khóm 3")).place_text == "Khóm 3"
    titled = read_row(sheets.plain(row, header=header, titles=["DANH SÁCH KHÓM 5, PHƯỜNG 8"]))
    assert (titled.place_text, "place_from_title" in told(titled)) == ("Khóm 5", True)
    addressed = read_row(sheets.plain([*row[:3], "12 đường Lê Lợi, Khóm 2, P8"], header=header, sheet="Khóm 3"))
    assert addressed.place_text == "12 đường Lê Lợi, Khóm 2, P8"


def test_two_tables_in_one_sheet_are_read_with_their_own_headers() -> None:
    rows = [
        ["STT", "Họ và tên", "Năm sinh", "Chức vụ"],
        [1, "Lê Thị Ân", 1970, "HGV"],
        ["STT", "Họ và tên", "Năm sinh", "Chức vụ"],
        [2, "Sơn Thị Ánh", 1972, "HGV"],
        ["STT", "Họ và tên", "Chức vụ", "Điện thoại"],
        [1, "Kim Sa Rinh", "TTV", "0912345678"],
    ]
    first, second = read(sheets.xlsx({"DS": rows})).sheets
    assert [row.full_name for row in first.rows] == ["Lê Thị Ân", "Sơn Thị Ánh"]
    assert [row.why for row in first.skipped] == ["header", "repeated_header"]
    assert (second.header_row, second.rows[0].role_codes, second.rows[0].phone) == (
        5,
        ("TTV",),
        "+84912345678",
    )


def in_a_section(*places: str) -> list[tuple[str | None, list[str]]]:
    """Place and what is asked, for rows of the section "KHÓM 15" with these texts in the column Khóm."""
    rows = [("STT", "Họ và tên", "Năm sinh", "Chức danh", "Khóm"), ("IV. KHÓM 15",)]
    names = ("Lê Thị An", "Kim Thị Út", "Sơn Văn Ba", "Lý Thị Tư", "Kiên Văn Năm")
    rows += [("", name, 1970, "HGV", place) for name, place in zip(names, places, strict=False)]
    return [(row.place_text, asked(row)) for row in read_rows(sheets.xlsx({"DS": rows}, merged={"DS": ["A2:E2"]}))]


def test_a_blank_place_between_a_section_and_a_row_that_names_another_is_asked() -> None:
    doubt = ["place_two_sources"]
    assert in_a_section("Khóm 15", "nt", "Khóm 4 P8", "")[2:] == [("Khóm 4 P8", []), ("Khóm 15", doubt)]
    assert in_a_section("Khóm 15", "nt", "Khóm 4 P8", "", "")[3:] == [("Khóm 15", doubt), ("Khóm 15", doubt)]


@pytest.mark.parametrize("same", ["Khóm 15", "K.15", "khom 15", "15"])
def test_a_blank_place_is_the_section_s_where_the_rows_above_say_the_same(same: str) -> None:
    assert in_a_section(same, "nt", same, "")[3] == ("Khóm 15", [])


def test_a_name_longer_than_the_register_can_hold_is_no_name() -> None:
    rows = [("STT", "Họ và tên", "Năm sinh", "Chức danh"), (1, "Lê Thị " + "a" * 160, 1970, "HGV")]
    assert asked(read_row(sheets.xlsx({"DS": rows}))) == ["name_too_long"]
