"""Answers and lists as files: spreadsheets with the question written on them, and comma-separated text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from flask_babel import gettext as _

from lms.access import Viewer
from lms.coverage.answers import Answer, Names, Row, as_json, sorted_rows
from lms.coverage.counted import Counted, answer_of
from lms.coverage.figures import Cell
from lms.coverage.people import Listed
from lms.coverage.wording import SEX_NAMES, proof_words, question_lines
from lms.sheets.writing import Column, Table, Written, birth_cell, neutralise_csv, write_table
from lms.text.numbers import cut_percent_point

DIVISIONS = (("unit",), ("unit", "role"), ("unit", "hamlet"), ("role",))
FIGURES = ("counted", "trained", "valid", "ever", "percent", "missing", "reached")


def write_figures(stream: IO[bytes], viewer: Viewer, found: Counted, basis: str) -> None:
    """A book with a sheet for each division: wards, wards × roles, hamlets, roles."""
    write_table(stream, [_sheet(answer_of(found, by, basis), viewer) for by in DIVISIONS])


def write_answer(stream: IO[bytes], viewer: Viewer, found: Answer) -> None:
    write_table(stream, [_sheet(found, viewer)])


def write_people(stream: IO[bytes], people: Iterable[Listed], title: str, remarks: Sequence[str]) -> None:
    columns = [
        Column(_("STT"), 6),
        Column(_("Họ và tên"), 28),
        Column(_("Ngày, năm sinh"), 14),
        Column(_("Chức danh"), 40),
        Column(_("Nơi làm"), 36),
        Column(_("Học gần nhất"), 14),
        Column(_("Hết hạn từ ngày"), 14),
        Column(_("Căn cứ"), 50),
        Column(_("Tình trạng"), 14),
        Column(_("Nhận nhiệm vụ dưới 90 ngày"), 14),
    ]
    lines = (_person_line(number, one) for number, one in enumerate(people, 1))
    write_table(stream, [Table(_("Danh sách"), columns, lines, title, remarks)])


def as_csv(found: Answer) -> str:
    """The rows and the total of the JSON answer; text that a spreadsheet would take for a formula is neutralised."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([*found.by, *FIGURES])
    answer = as_json(found)
    for row in [*answer["rows"], dict.fromkeys(found.by) | answer["total"]]:
        writer.writerow([neutralise_csv(row[name]) for name in (*found.by, *FIGURES)])
    return stream.getvalue()


def _person_line(number: int, one: Listed) -> tuple[Written, ...]:
    proof = one.proof
    return (
        number,
        one.full_name,
        birth_cell(one.birth),
        " + ".join(dict.fromkeys(post.role for post in one.posts)),
        "; ".join(dict.fromkeys(post.place for post in one.posts)),
        proof.completed_on if proof else None,
        proof.expires_on if proof else None,
        proof_words(proof) if proof else "",
        _("Đạt") if one.trained else _("Chưa đạt"),
        _("có") if one.new else "",
    )


def _sheet(found: Answer, viewer: Viewer) -> Table:
    heads = {"unit": _("Phường, xã"), "hamlet": _("Khóm, ấp"), "role": _("Vai trò"), "sex": _("Giới tính")}
    columns = [Column(heads[by], 34 if by != "sex" else 12) for by in found.by]
    columns += [
        Column(_("Số người (D)"), 12),
        Column(_("Còn hạn (N)"), 12),
        Column(_("Lũy kế (N)"), 12),
        Column(_("Tỷ lệ phần trăm (cắt, không làm tròn)"), 18, tenths=True),
        Column(_("Còn thiếu, người"), 12),
        Column(_("Đạt chỉ tiêu"), 12),
    ]
    remarks = [
        *question_lines(viewer, found.question, found.basis),
        _("Mỗi người được đếm một lần trong mỗi ô; người ở hai khóm hoặc hai vai trò được đếm ở mỗi nơi."),
    ]
    name = ", ".join(str(heads[by]) for by in found.by) or _("Tất cả")
    return Table(name, columns, _lines(found), _("TỶ LỆ NGƯỜI ĐÃ ĐƯỢC TẬP HUẤN"), remarks)


def _lines(found: Answer) -> Iterator[tuple[Written, ...]]:
    names = Names(found)
    for row in sorted_rows(found, names):
        yield (*_labels(row, found, names), *_figures(row.cell, found.basis))
    labels = [_("Tất cả"), *[""] * len(found.by)][: len(found.by)]
    yield (*labels, *_figures(found.total, found.basis))


def _labels(row: Row, found: Answer, names: Names) -> Iterator[str]:
    for by, value in zip(found.by, row.at, strict=True):
        if by == "role":
            yield names.roles[value].name
        elif by == "sex":
            yield str(SEX_NAMES[value])
        else:
            yield names.units[value] if value is not None else _above(by)


def _above(by: str) -> str:
    """Posts that stand in no ward, or in no hamlet."""
    return str(_("Trên cấp phường") if by == "unit" else _("Cấp phường"))


def _figures(cell: Cell, basis: str) -> tuple[Written, ...]:
    share = float(cut_percent_point(cell.trained(basis), cell.counted)) if cell.counted else None
    reached = _("đạt") if cell.reached(basis) else _("chưa đạt")
    return (cell.counted, cell.valid, cell.ever, share, cell.missing(basis), reached if cell.counted else "")
