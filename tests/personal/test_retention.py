"""What is planned is what is done, what must stay stays, and what must go is nowhere any more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.audit import checkpoints, queries
from lms.audit import tasks as audit_tasks
from lms.audit.operations import record
from lms.certificates import tasks
from lms.config import Settings
from lms.db import at_time, db
from lms.operate.backup.restoring import drill
from lms.operate.retention import planning, running
from lms.operate.retention import tasks as retention_tasks
from lms.operate.retention.rules import RULES, rule
from lms.storage.files import FolderStorage, StorageUnavailable
from tests.certificates.people import Visitor
from tests.factories import Make
from tests.personal.lives import BEGIN, Life, Ward, random_ward
from tests.personal.looking import (
    all_rows,
    certificates,
    figures,
    files_with,
    statistics,
    tables_added,
    touched,
)

ADDED = {"audit_entry", "audit_detail", "retention_run", "retention_pass", "item_tally"}
DAYS = tuple(date(year, 6, 30) for year in (2014, 2018, 2021, 2024))


@pytest.fixture(autouse=True)
def quick_papers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A paper that holds the name in letters a search can find."""
    monkeypatch.setattr(tasks, "render_pdf", lambda paper, **options: f"%PDF-1.7 {paper.holder_name}".encode())
    yield


def run_on(day: date) -> running.Done:
    with at_time(datetime(day.year, day.month, day.day, 6, tzinfo=UTC)):
        act_as(SYSTEM)
        done = running.run(day)
    db.session.rollback()
    return done


@pytest.mark.both
@pytest.mark.parametrize("seed", [1, 2])
def test_run_does_exactly_what_was_planned(app: Flask, make: Make, seed: int) -> None:
    ward = random_ward(make, seed)
    days = sorted(date(2014, 1, 1) + timedelta(days=ward.rng.randrange(365 * 24)) for _ in range(2))
    days.append(date(2040, 1, 1))
    went = set()
    for day in days:
        planned = planning.plan(day)
        before, told = all_rows(), (figures(DAYS), statistics())
        with at_time(datetime(day.year, day.month, day.day, 6, tzinfo=UTC)):
            papers, point = certificates(), checkpoints.read(audit_tasks.make(), app.extensions["settings"].secret_key)
        assert all_rows() == before, "planning only reads"
        done = run_on(day)
        after = all_rows()
        assert done.plan == planned
        named = {(table, key) for tables in planned.rows.values() for table, keys in tables.items() for key in keys}
        assert touched(before, after) - {("audit_head", "1")} == named
        assert tables_added(before, after) <= ADDED
        with at_time(datetime(day.year, day.month, day.day, 6, tzinfo=UTC)):
            assert certificates() == papers
        assert (figures(DAYS), statistics()) == told
        assert queries.verify([point]).faults == ()
        assert planning.plan(day).empty, "a second run finds nothing"
        assert run_on(day).run_id is None
        went |= planned.rows.keys()
    assert went == {"answers", "rosters", "audit", "contact", "person"}, "the histories reach every rule"


@pytest.mark.both
def test_of_who_left_long_ago_nothing_is_left(app: Flask, make: Make, tmp_path: Path, engine: str) -> None:
    ward = Ward(make, 3)
    everything = ("fail", "win", "begin", "report", "visit", "leave_revoked", "shown")
    gone = ward.live(date(2014, 1, 10), date(2014, 12, 1), *everything)
    gone_too = ward.live(date(2014, 1, 10), date(2014, 12, 1), "win")
    ward.merge(gone_too, gone, date(2015, 1, 1))
    ward.list_from_the_office(date(2014, 3, 1), "confirmed")
    stays = ward.live(date(2014, 1, 10), None, *everything)
    with ward.on(date(2025, 6, 1)), db.write():
        record("person.corrected", f"person:{gone.learner.person_id}", before=gone.mark, after=gone.number)
        record("certificate.replaced", f"certificate:{_paper_of(gone)}", before=gone.mark)
    kept = files_with(gone.mark, tmp_path)
    assert any(path.suffix == ".pdf" for path in kept), "the search finds what is there"
    assert gone.mark in "".join(all_rows().values()).lower()

    run_on(date(2026, 1, 1))

    held = "".join(all_rows().values()).lower()
    for one in (gone, gone_too):
        assert (one.mark in held, one.number in held) == (False, False)
        assert list(files_with(one.mark, tmp_path)) == [], "neither in the file of the database nor in one beside it"
        assert list(files_with(one.number, tmp_path)) == []
        assert f"Người số {one.learner.person_id}".lower() in held
    assert stays.mark in held
    assert any(path.suffix == ".pdf" for path in files_with(stays.mark, tmp_path))
    # of the list that the office sent, only what the register itself holds
    assert not any(path.suffix == ".xlsx" for path in (tmp_path / "files").rglob("*"))


@pytest.mark.both
def test_pages_say_that_something_was_kept_long_enough(app: Flask, make: Make) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    ward = Ward(make, 4)
    life = ward.live(date(2014, 1, 10), date(2014, 12, 1), "win")
    roster = ward.list_from_the_office(date(2014, 3, 1), "confirmed")
    manager = make.account("Quản Lý", capability="manager", unit="vl/nguyet-hoa")
    ticket, code = (text_of(sql) for sql in ("SELECT ticket FROM attempt", "SELECT code FROM certificate"))
    run_on(date(2017, 1, 1))  # answers, lists and contact; the name stays
    shown = app.test_cli_runner().invoke(args=["record", "show", ticket, "--json"])
    assert (shown.exit_code, json.loads(shown.stdout)["attempt"]["answers_erased"]) == (0, True), shown.stderr
    run_on(date(2026, 1, 1))
    shown = app.test_cli_runner().invoke(args=["record", "show", code, "--json"])
    assert (shown.exit_code, life.mark in shown.stdout.lower()) == (0, False), shown.stderr
    office = Visitor(app, manager)
    assert (office.get(f"/danh-sach/{roster}").status, office.get("/danh-sach").status) == (410, 200)
    page = office.get(f"/giay-chung-nhan/{code}")
    assert page.status == 200 and f"Người số {life.learner.person_id}" in page.main
    assert "hết hạn lưu giữ" in office.get(f"/giay-chung-nhan/{code}.pdf").main
    assert Visitor(app).get(f"/c/{code}").status == 200


def test_only_the_plan_that_was_read(app: Flask, make: Make) -> None:
    ward = Ward(make, 6)
    ward.live(BEGIN, date(2014, 1, 1), "win")
    on = date(2020, 1, 1)
    before = all_rows()
    with pytest.raises(running.OtherPlan, match="read the plan again"):
        running.run(on, "0" * 64)
    assert all_rows() == before
    db.session.rollback()
    assert running.run(on, planning.plan(on).sha256).run_id == 1


def test_a_file_that_could_not_be_removed_goes_with_the_next_run(
    app: Flask, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward = Ward(make, 7)
    life = ward.live(date(2014, 1, 10), date(2014, 12, 1), "win")
    with monkeypatch.context() as patch:
        patch.setattr(FolderStorage, "remove", _unplugged)
        with pytest.raises(StorageUnavailable):
            run_on(date(2026, 1, 1))
    db.session.rollback()
    assert [path.suffix for path in files_with(life.mark, tmp_path / "files")] == [".pdf"]
    assert run_on(date(2026, 1, 1)).run_id is None
    assert list(files_with(life.mark, tmp_path / "files")) == []


def _unplugged(self: FolderStorage, key: str) -> None:
    raise StorageUnavailable(5, "unplugged")


def test_the_worker_lets_nothing_go_unless_it_is_told_to(app: Flask, make: Make) -> None:
    ward = Ward(make, 8)
    ward.live(BEGIN, date(2014, 1, 1), "win")
    before = all_rows()
    assert Settings(_env_file=None).retention == "plan"
    assert retention_tasks.daily() == 0
    assert all_rows() == before
    app.extensions["settings"].retention = "run"
    assert retention_tasks.daily() > 0
    assert retention_tasks.daily() == 0, "once a day"
    assert all_rows() != before


@pytest.mark.both
def test_a_backup_made_afterwards_is_whole(app: Flask, make: Make) -> None:
    """Runs, passes and sums are carried over, and no file is looked for that was let go."""
    ward = Ward(make, 10)
    ward.live(date(2014, 1, 10), date(2014, 12, 1), "win")
    ward.list_from_the_office(date(2014, 3, 1), "confirmed")
    run_on(date(2026, 1, 1))
    restored = drill(None, "0123456789-abcdefghijklmnopqrstuvwxyz-backup")
    assert [check for check in restored.checks if not check.holds] == []
    assert {"retention_run", "retention_pass", "item_tally"} <= restored.manifest.tables.keys()
    assert restored.manifest.files["missing"] == []


def test_the_commands(app: Flask, make: Make) -> None:
    ward = Ward(make, 9)
    ward.live(BEGIN, date(2014, 1, 1), "win")
    run = app.test_cli_runner().invoke
    db.session.rollback()
    planned = run(args=["retention", "plan", "--on", "2014-02-01"])
    assert planned.exit_code == 0 and "Nothing is due" in planned.stdout
    told = json.loads(run(args=["retention", "plan", "--json"]).stdout)
    assert told["counts"]["answers"]["attempt_step"] == len(told["rows"]["answers"]["attempt_step"]) > 0
    assert run(args=["retention", "run", "--plan", "abc"]).exit_code == 1
    done = json.loads(run(args=["retention", "run", "--plan", told["plan"], "--json"]).stdout)
    assert (done["run"], done["rows"], done["files"]) == (1, told["rows"], told["files"])
    assert "answers" in run(args=["retention", "rules"]).stdout


def test_the_page_promises_what_the_rules_do(app: Flask) -> None:
    page = Visitor(app).get("/quyen-rieng-tu").main
    assert {one.code for one in RULES} >= {"answers", "rosters", "audit", "contact", "person", "book"}
    for code, words in {
        "answers": "24 tháng, sau đó chỉ còn điểm",
        "rosters": "90 ngày sau khi nhập xong",
        "contact": "12 tháng",
        "audit": "24 tháng",
        "person": "10 năm sau nhiệm vụ cuối cùng",
        "book": "Lâu dài",
    }.items():
        found = rule(code)
        months = found.months // 12 if code == "person" else found.months
        assert words in page, code
        assert str(months or found.days or "Lâu dài") in words, code


def _paper_of(life: Life) -> str:
    return text_of(f"SELECT id FROM certificate WHERE person_id = {life.learner.person_id}")


def text_of(sql: str) -> str:
    return str(db.session.connection().execute(text(sql)).scalars().first())
