"""The command line, the API and the spreadsheet give the same rows, and refuse with a reason."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from flask import Flask

from lms.db import utc_now
from tests.certificates.people import Visitor
from tests.coverage.conftest import OTHER, Ward
from tests.factories import Make

Office = Callable[..., Visitor]
pytestmark = pytest.mark.both


def lms(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["coverage", *args])


def test_json_of_the_command_line_is_what_contracts_say(app: Flask, ward: Ward) -> None:
    found = json.loads(lms(app, "--by", "unit", "--json").stdout)
    assert (found["scope"], found["basis"], found["target"]) == ("current-wards", "valid", 90)
    assert found["on"] == found["tree_on"] == ward.today.isoformat()
    assert found["requirement"] == {"plan": "kh-119", "version": 1, "validity_months": 12, "min_tiet": 8}
    named = {row["unit"]: (row["counted"], row["trained"], row["percent"], row["missing"]) for row in found["rows"]}
    assert named == {"Phường Hòa Thuận": (1, 0, "0.0", 1), "Phường Nguyệt Hóa": (5, 2, "40.0", 3)}
    assert found["total"]["counted"] == 6


def test_api_and_command_line_agree(app: Flask, ward: Ward, as_office: Office) -> None:
    said = as_office("administrator", unit=None).get("/api/v1/coverage?by=hamlet,role&basis=ever").answer.json
    typed = json.loads(lms(app, "--by", "hamlet,role", "--basis", "ever", "--json").stdout)
    for answered in (said, typed):
        del answered["known_on"]
    assert said == typed


@pytest.mark.attack("S42")
def test_the_api_shows_a_manager_the_own_area(ward: Ward, as_office: Office) -> None:
    said = as_office().get("/api/v1/coverage?by=unit").answer.json
    assert [row["unit"] for row in said["rows"]] == ["Phường Nguyệt Hóa"]


def test_the_instant_of_an_answer_can_be_asked_again(ward: Ward, make: Make, as_office: Office) -> None:
    visitor = as_office()
    said = visitor.get("/api/v1/coverage?by=unit").answer.json
    make.achievement(ward.never, ward.today)
    again = visitor.get("/api/v1/coverage", query_string={"by": "unit", "known_on": said["known_on"]}).answer.json
    assert again == said
    assert visitor.get("/api/v1/coverage?by=unit").answer.json["total"]["trained"] == said["total"]["trained"] + 1


@pytest.mark.parametrize(
    "query", ["on=2026-02-30", "tree_on=x", "known_on=2026-01-01T00:00:00", "scope=none", "by=shoe", "basis=all"]
)
def test_a_bad_parameter_is_a_problem_with_its_reason(as_office: Office, query: str) -> None:
    answer = as_office().get(f"/api/v1/coverage?{query}").answer
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json["detail"]


def test_a_stranger_may_not_ask_the_api(app: Flask) -> None:
    assert Visitor(app).get("/api/v1/coverage").status in (401, 403)


def test_csv_neutralises_formulas_and_has_a_total(app: Flask, ward: Ward, make: Make) -> None:
    unit = make.unit("=1+1", parent=OTHER)
    make.assignment(make.person(), "CTV_DS", unit, ward.today - timedelta(days=9))
    rows = list(csv.DictReader(io.StringIO(lms(app, "--by", "hamlet", "--format", "csv").stdout)))
    assert "'=1+1" in {row["hamlet"] for row in rows}
    assert rows[-1]["counted"] == "7"


def test_the_table_reads_in_a_terminal(app: Flask, ward: Ward) -> None:
    said = lms(app, "--by", "unit").stdout.splitlines()
    assert said[1].split() == ["unit", "trained", "counted", "percent", "missing"]
    assert said[-1].split()[-4:] == ["2", "6", "33.3", "4"]


def test_a_spreadsheet_needs_a_file_and_holds_the_same_figures(app: Flask, ward: Ward, tmp_path: Path) -> None:
    assert lms(app, "--format", "xlsx").exit_code == 2
    file = tmp_path / "so-lieu.xlsx"
    assert lms(app, "--by", "unit", "--format", "xlsx", "-o", str(file)).exit_code == 0
    sheet = openpyxl.load_workbook(file).active
    rows = list(sheet.iter_rows(values_only=True))
    assert sheet.cell(len(rows), 5).number_format == "0.0", "33.3 as it is, 40 as 40.0"
    assert ("Phường Nguyệt Hóa", 5, 2, 3, 40.0, 3, "chưa đạt") in rows
    assert rows[-1] == ("Tất cả", 6, 2, 3, 33.3, 4, "chưa đạt")


def test_the_page_s_spreadsheet_has_a_sheet_for_each_division(ward: Ward, as_office: Office) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_office().get("/ty-le.xlsx").answer.data))
    assert len(book.sheetnames) == 4
    for sheet in book.worksheets:
        rows = list(sheet.iter_rows(values_only=True))
        assert rows[-1][0] == "Tất cả"
        assert (5, 2, 3) in {row[at : at + 3] for row in rows for at in (1, 2)}


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_formats_that_are_not_made_yet_are_refused_with_a_reason(app: Flask, kind: str) -> None:
    refused = lms(app, "--format", kind)
    assert refused.exit_code == 1
    assert "frozen figure" in refused.stderr


@pytest.mark.parametrize("wrong", [("--on", "31/02/2026"), ("--scope", "none"), ("--by", "shoe"), ("--basis", "all")])
def test_what_is_not_understood_is_refused(app: Flask, wrong: tuple[str, str]) -> None:
    refused = lms(app, *wrong)
    assert refused.exit_code == 1
    assert "“" in refused.stderr


def test_check_agrees(app: Flask, ward: Ward) -> None:
    done = lms(app, "check", "--on", ward.today.isoformat(), "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"checked": 1, "differences": []})


def test_a_day_known_on_ends_at_local_midnight(app: Flask, ward: Ward) -> None:
    yesterday = (ward.today - timedelta(days=1)).isoformat()
    assert utc_now()
    assert json.loads(lms(app, "--known-on", yesterday, "--by", "", "--json").stdout)["total"]["counted"] == 0


def test_a_day_that_has_not_come_is_told_beside_the_figure(app: Flask, ward: Ward, as_office: Office) -> None:
    tomorrow = (ward.today + timedelta(days=1)).isoformat()
    done = lms(app, "--on", tomorrow, "--by", "", "--json")
    assert json.loads(done.stdout)["future"] is True
    assert "Ngày này chưa tới" in done.stderr
    assert as_office().get(f"/api/v1/coverage?on={tomorrow}&by=").answer.json["future"] is True
    today = lms(app, "--by", "", "--json")
    assert json.loads(today.stdout)["future"] is False
    assert "chưa tới" not in today.stderr
