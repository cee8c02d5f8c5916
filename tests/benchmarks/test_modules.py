"""Each benchmark runs at a tiny size and yields its figures; how fast anything is, is not judged here."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from benchmarks import backup, demo, driving, export, lesson, loads, page, pdf, roster, scale, submit
from benchmarks.figures import Figure
from lms.operate.backup.restoring import Check
from tests.ports import free_port
from tests.postgres import binaries

ENGINES = ["sqlite", "postgresql"] if binaries() else ["sqlite"]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Figure]]:
    def run(module: ModuleType, size: object = None, engines: list[str] | None = None) -> dict[str, Figure]:
        if size is not None:
            monkeypatch.setattr(module, "SMALL", size)
        if engines:
            monkeypatch.setattr(module, "engines", lambda: engines)
        return {figure.name: figure for figure in module.run(full=False)}

    return run


Run = Callable[..., dict[str, Figure]]


def test_a_lesson_is_held_against_two_bare_routes(tiny: Run) -> None:
    found = tiny(lesson, lesson.Size(posts=40, learners=2, seconds=0.1, blocks=1))
    assert 1 <= found["statements of one page"].value <= 4
    for name in (lesson.TEMPLATE, lesson.LESSONS):
        assert found[f"lesson / bare: {name}"].value > 0
        assert found[f"lesson / bare: {name}"].bar == "≥ 0.6"
    assert found["with 40 posts / without"].value > 0


@pytest.mark.parametrize("database", ENGINES)
def test_submissions_are_held_against_the_rows_they_write(tiny: Run, database: str) -> None:
    found = tiny(submit, submit.Size(each=2, blocks=1), [database])
    rows = int(found[f"{database}: submissions"].note.split()[0])
    assert rows > 25, "20 results, the attempt, the submission, achievement, certificate, records"
    assert found[f"{database}: submissions / bare"].value > 0


def test_the_first_page_is_counted_in_bytes_and_requests(tiny: Run) -> None:
    if not page.CHROMIUM.exists():
        pytest.skip("LEFT OUT: Chromium is not installed (apt-get install chromium)")
    found = list(page.run(full=False))
    assert [(figure.unit, figure.passed) for figure in found[:3]] == [
        ("kB", True),
        ("requests", True),
        ("scripts", True),
    ]
    assert [figure.passed for figure in found[3:]] == [True, True]
    assert all(figure.value > 0 for figure in found if figure.unit != "scripts")


def test_a_list_is_staged_and_confirmed_with_the_report_of_its_dry_run(tiny: Run) -> None:
    found = tiny(roster, (60, 30))
    assert found["read, matched, staged / calamine"].value > 0
    assert found["reports of dry run and import that differ"].value == 0


def test_a_country_comes_back_from_its_backup(tiny: Run) -> None:
    found = tiny(backup, backup.Size(200, 1, 100, 20))
    assert found["backup created and restored"].passed
    assert (found["attempts in the backup"].passed, found["certificates in the backup"].passed) == (True, True)
    assert found["counts, audit head, coverage that differ"].value == 0
    assert int(found["counts, audit head, coverage that differ"].note.split()[1]) > 30
    assert backup.differing([Check("coverage", 1, 2), Check("audit head", 1, 1)]) == 1


def test_a_country_has_the_attempts_and_certificates_that_are_asked_for(
    tiny: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scale, "RUNS", 1)
    found = tiny(scale, (400, 1, 300, 20, 50), ["sqlite"])
    assert found["sqlite: attempts in the database"].passed
    assert found["sqlite: certificates in the database"].passed
    assert "50 people written" in found["sqlite: export of 50 people, memory"].note


def test_exports_say_how_many_people_were_written(tiny: Run) -> None:
    found = tiny(export, 100, ["sqlite"])
    assert found["sqlite: 100 people to .xlsx"].value > 0
    assert found["sqlite: memory above a tenth of them"].unit == "MiB"


def test_certificates_are_printed_one_by_one_and_in_bulk(tiny: Run) -> None:
    found = tiny(pdf, (1, 2, 1))
    assert found["one certificate / WeasyPrint"].value > 0
    assert found["certificates in bulk"].note == "4 files"


def test_the_demo_is_started_a_second_time(tiny: Run) -> None:
    found = tiny(demo, (40, 1))
    assert 0 < found["second start to the first page"].value < 60


def test_loads_are_answered(tiny: Run) -> None:
    found = tiny(loads, loads.Size(3, 0.1, 0.5, 2, 0.5, 2, 4, 0.5))
    assert found["L4: answers other than pages and parts of recordings"].value == 0
    assert found["L6: sign-ins refused"].value == 0
    assert found["L4: all processes, resident"].value > 50
    assert found["L7: 2 certificates"].note == ""
    assert found["L7: submissions, p95"].value > 0


def test_a_server_that_is_not_there_is_no_answer() -> None:
    assert driving.Connection(free_port()).ask(driving.request("/")) == (0, b"")
    nobody = driving.drive(free_port(), [driving.request("/")] * 3, connections=2)
    assert (nobody.unexpected, nobody.statuses[0], nobody.p95) == (3, 3, float("inf"))
