"""`lms roster …` and `lms people …`: what a script reads, and its exit codes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask

from lms.db import db
from lms.people.commands import people_cli, roster_cli
from lms.people.models import RosterImport
from lms.people.roster.staging import rows_of
from tests.factories import Make
from tests.people.conftest import register
from tests.people.lists import WARD, entered, person, xlsx

A, B = "0912 345 678", "0912 345 112"


@pytest.fixture(autouse=True)
def in_november() -> object:
    with time_machine.travel("2026-11-24T03:00Z") as clock:
        yield clock


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Any:
    def command(group: Any, *words: str) -> Result:
        found = CliRunner().invoke(group, list(words), obj=None)
        db.session.rollback()
        return found

    return command


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def written(*rows: Any) -> str:
        path = tmp_path / "DS phuong.xlsx"
        path.write_bytes(xlsx(rows))
        return str(path)

    return written


def imported(run: Any, path: str, *more: str, day: str = "2026-04-01") -> dict[str, Any]:
    found = run(roster_cli, "import", path, "--list-date", day, "--unit", WARD, "--json", *more)
    assert found.exit_code == 0, found.output
    report: dict[str, Any] = json.loads(found.stdout)
    return report


def test_an_import_reports_what_it_did_and_what_is_asked(run: Any, file: Any, ward: int) -> None:
    entered(ward, person(phone=B))
    report = imported(run, file(person(phone=A), person("Lê Thị An"), person("Nguy?n V")))
    assert report["rows"] == {"ask": 1, "new": 1, "update": 0, "same": 0, "error": 1, "skip": 0}
    assert report["applied"] == {"rows": 1, "people": 1, "updated": 0, "posts": 1} and report["waiting"] == 1
    (question,) = report["questions"]
    assert question["row"] == "Danh sách/2" and question["kind"] == "same_person" and question["answer"] == "later"
    assert "mất chữ" in report["errors"][0]["why"][0]
    assert len(register()) == 2


def test_answers_come_from_a_file(run: Any, file: Any, ward: int, tmp_path: Path) -> None:
    entered(ward, person(phone=B))
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"Danh sách/2": "same", "Danh sách/3": {"unit": "unit:new"}}), encoding="utf-8")
    report = imported(run, file(person(phone=A), person("Lê Thị An", place="Khóm 77")), "--answers", str(answers))
    assert report["waiting"] == 0 and report["applied"]["rows"] == 2
    assert register()[1].phones == ("+84912345678", "+84912345112")


def test_a_dry_run_says_the_same_and_keeps_nothing(app: Flask, run: Any, file: Any, ward: int) -> None:
    entered(ward, person(phone=B), person("Kim Thị Út"))
    path, before = (
        file(person(phone=A), person("Lê Thị An"), person("Lê Thị An"), person("Kim Thị Út", role="HGV")),
        register(),
    )
    stored = sorted((app.extensions["settings"].files_dir).rglob("*"))
    dry = imported(run, path, "--dry-run")
    assert register() == before and db.session.query(RosterImport).count() == 1
    assert sorted((app.extensions["settings"].files_dir).rglob("*")) == stored
    real = imported(run, path)
    different = {name for name in real if real[name] != dry[name]}
    assert different == {"import", "dry_run"}


def test_progress_goes_to_stderr_and_words_are_the_default(run: Any, file: Any, ward: int) -> None:
    found = run(roster_cli, "import", file(person()), "--list-date", "01/04/2026", "--unit", "Phường Nguyệt Hóa")
    assert found.exit_code == 0 and "matching 1 rows" in found.stderr
    assert "entered: 1 rows, 1 people, 1 posts" in found.stdout


def test_an_import_is_undone_by_its_number(run: Any, file: Any, ward: int) -> None:
    report = imported(run, file(person()))
    found = run(roster_cli, "undo", str(report["import"]), "--json")
    assert json.loads(found.stdout)["people"] == 1 and register() == []
    again = run(roster_cli, "undo", str(report["import"]))
    assert again.exit_code == 1 and "đã hoàn tác" in again.stderr
    assert run(roster_cli, "undo", "999").exit_code == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--list-date", "30/02/2026"), 2),
        ((), 2),
        (("--list-date", "2026-04-01", "--unit", "Phường Không Có"), 1),
        (("--list-date", "2199-01-01", "--unit", WARD), 1),
    ],
)
def test_wrong_use_and_refusals_have_their_own_exit_codes(
    run: Any, file: Any, ward: int, more: tuple[str, ...], code: int
) -> None:
    assert run(roster_cli, "import", file(person()), *more).exit_code == code


def test_a_file_that_is_no_list_is_refused_with_a_reason(run: Any, ward: int, tmp_path: Path) -> None:
    path = tmp_path / "photo.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    found = run(roster_cli, "import", str(path), "--list-date", "2026-04-01", "--unit", WARD)
    assert found.exit_code == 1 and "hình chụp" in found.stderr and found.stdout == ""


@pytest.mark.parametrize("answers", ['{"Danh sách/9": "same"}', '{"Danh sách/2": "same"}', "[]", "{"])
def test_answers_that_fit_nothing_are_refused(run: Any, file: Any, ward: int, tmp_path: Path, answers: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(answers, encoding="utf-8")
    listed = file(person(phone="9,12E+08"))
    words = ("import", listed, "--list-date", "2026-04-01", "--unit", WARD, "--answers", str(path))
    assert run(roster_cli, *words).exit_code in (1, 2) and register() == []


def test_the_template_is_written(run: Any, tmp_path: Path, ward: int) -> None:
    path = tmp_path / "mau.xlsx"
    assert run(roster_cli, "template", str(path)).exit_code == 0
    assert path.read_bytes().startswith(b"PK")


def test_people_are_merged_and_taken_apart(run: Any, make: Make, ward: int) -> None:
    import_id = entered(ward, person(phone=A), person("Lê Thị An"))
    hoa, an = (str(row.effect["person"]) for row in rows_of(import_id))
    assert run(people_cli, "merge", hoa, an).exit_code == 0
    assert run(people_cli, "merge", hoa, an).exit_code == 1
    assert run(people_cli, "unmerge", hoa).exit_code == 0
    assert run(people_cli, "unmerge", hoa).exit_code == 1
    assert date(2026, 3, 1) == register()[0].first_day
