"""The official form of a staff list: what it has, the reader understands without a question.

Its words stay Vietnamese in every language of the site: it is a form of the wards, read by its words.
"""

from __future__ import annotations

import io

from lms.sheets.writing import Column, Table, write_table

TITLE = "DANH SÁCH NGƯỜI LÀM CÔNG TÁC PHÒNG, CHỐNG BẠO LỰC GIA ĐÌNH"
REMARKS = ("Đơn vị: Phường …………………", "(Tính đến ngày …… / …… / ………)")
SHEET = "Danh sách"

COLUMNS: tuple[Column, ...] = (
    Column("STT", 6),
    Column("Họ và tên", 28, hint="Họ, đệm, tên trong một ô. Mỗi người một dòng."),
    Column("Giới tính", 10, choices=("Nữ", "Nam"), hint="Chọn Nữ hoặc Nam."),
    Column(
        "Ngày sinh hoặc năm sinh",
        16,
        as_text=True,
        hint="Ngày/tháng/năm, như 05/06/1973. Chỉ biết năm thì ghi năm.",
    ),
    Column(
        "Chức danh",
        32,
        hint="Như: Cộng tác viên dân số, Hòa giải viên, Trưởng khóm. Nhiều chức danh thì thêm dấu + ở giữa.",
    ),
    Column("Khóm, ấp", 16, hint="Như: Khóm 4, Ấp Vĩnh Yên. Làm việc ở phường thì để trống."),
    Column("Phường, xã", 18, hint="Nơi người này đang làm việc."),
    Column("Điện thoại", 16, as_text=True, hint="Như 0912 345 678. Hai số thì cách nhau bằng dấu ;"),
    Column("Ghi chú", 24, hint="Không ghi số căn cước, dân tộc, chuyện riêng của người khác."),
    Column("Mã dòng (không sửa)", 18, hidden=True),
)


def roster_template() -> bytes:
    """An empty .xlsx with the headings of `COLUMNS`; the hidden row key is filled by our own exports only."""
    stream = io.BytesIO()
    write_table(stream, [Table(SHEET, COLUMNS, (), title=TITLE, remarks=REMARKS)])
    return stream.getvalue()
