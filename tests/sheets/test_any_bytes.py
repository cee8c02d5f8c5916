"""Whatever the bytes, reading gives a workbook or a refusal, never another exception."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lms.sheets.kinds import OLE, ZIP
from lms.sheets.model import Refused
from lms.sheets.reading import read_workbook
from tests.people.roster import sheets as lists
from tests.sheets import files

WHOLE = [
    files.small_xlsx(),
    files.small_xls(),
    files.ods(f"<table:table-row>{files.ods_cell('Tên')}</table:table-row>"),
    lists.case_03_year_under_sex(),
    lists.shape_b(),
    files.encrypted_xlsx(),
]


def must_read_or_refuse(data: bytes) -> None:
    try:
        workbook = read_workbook(data, "a.xlsx")
    except Refused as refused:
        assert refused.code
    else:
        assert any(sheet.rows for sheet in workbook.sheets)


@given(st.binary(max_size=400), st.sampled_from([b"", ZIP, OLE, b"\xff\xfe", b"\xef\xbb\xbf"]))
@example(b"\x00\x00", OLE)
def test_arbitrary_bytes(data: bytes, start: bytes) -> None:
    must_read_or_refuse(start + data)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4)), max_size=6),
)
def test_damaged_files(whole: bytes, damages: list[tuple[float, bytes]]) -> None:
    data = bytearray(whole)
    for place, damage in damages:
        start = int(place * (len(data) - 1))
        data[start : start + len(damage)] = damage
    must_read_or_refuse(bytes(data))


@given(st.text(max_size=300))
def test_arbitrary_text(text: str) -> None:
    must_read_or_refuse(text.encode("utf-8", "surrogatepass"))
    must_read_or_refuse(text.encode("utf-16", "surrogatepass"))


_FRAGMENTS = st.sampled_from(
    ["<row>", "</row>", '<row r="5" hidden="1">', "<c>", '<c r="B2" t="s">', '<c t="e">', "</c>", "<v>1</v>",
     "<v>x</v>", "<v/>", "<is><t>a</t></is>", '<c r="A1" t="d">', '<row r="0">', '<c r="AAA9">', "<f>1</f>"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(_FRAGMENTS, max_size=20))
def test_arbitrary_sheet_xml(fragments: list[str]) -> None:
    must_read_or_refuse(files.raw_xlsx("".join(fragments), strings="<si><t>chữ</t></si>"))
