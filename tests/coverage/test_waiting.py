"""The page of a large scope: it waits for a job, shows how far it is, and then the figure with its instant."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.coverage import counted, large, stored, tasks
from lms.coverage.models import CoverageAnswer
from lms.db import at_time, db, utc_now
from lms.jobs import queue, watched
from lms.jobs.models import Job
from tests.certificates.people import Visitor
from tests.coverage.conftest import Ward
from tests.factories import Make

Office = Callable[..., Visitor]
pytestmark = pytest.mark.both


@pytest.fixture(autouse=True)
def every_scope_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "LIMIT", 2)


@pytest.fixture
def inspector(ward: Ward, as_office: Office) -> Visitor:
    return as_office("inspector", unit=None)


def jobs() -> list[Job]:
    db.session.rollback()
    return list(db.session.scalars(select(Job).order_by(Job.id).execution_options(populate_existing=True)))


def work() -> int:
    done = queue.queue().run(stored.KIND)
    db.session.rollback()
    return done


def test_the_page_waits_then_shows_the_figure_of_the_facts(inspector: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = inspector.get("/ty-le")
    assert waiting.status == 200
    assert "Đang tính số liệu" in waiting.main and "Đang chờ đến lượt tính" in waiting.main
    assert "người =" not in waiting.main
    assert [job.state for job in jobs()] == ["waiting"]
    assert work() == 1
    shown = inspector.get("/ty-le").main
    assert "2 / 6 người = 33,3 %" in shown.replace("\xa0", " ")
    assert f"Số liệu lúc {_clock(inspector)} hôm nay" in shown
    monkeypatch.setattr(large, "LIMIT", 150_000)
    assert _figures(shown) == _figures(inspector.get("/ty-le").main)


def _clock(inspector: Visitor) -> str:
    at = db.session.scalars(select(CoverageAnswer.counted_at)).one()
    assert at is not None
    return f"{at + timedelta(hours=7):%H:%M}"


def _figures(words: str) -> str:
    """What the page says of the figure, without its instant and the ways to lists that a large one has not."""
    before, _, after = words.partition("Số liệu lúc ")
    said = before + (after.partition("Tính lại ")[2] or after)
    return re.sub(r"Xem \d+ người chưa đạt|\s", "", said)


def test_two_who_ask_the_same_start_one_job(inspector: Visitor, as_office: Office) -> None:
    inspector.get("/ty-le")
    as_office("administrator", unit=None).get("/ty-le?cach=luy-ke")
    assert len(jobs()) == 1
    assert work() == 1
    assert "3 / 6 người" in as_office("manager", unit=None).get("/ty-le?cach=luy-ke").main
    assert len(jobs()) == 1


@pytest.mark.attack("S42")
def test_an_answer_is_shown_to_those_alone_who_count_the_same(inspector: Visitor, as_office: Office) -> None:
    inspector.get("/ty-le")
    work()
    own = as_office(unit="vl/nguyet-hoa")
    assert "Đang tính số liệu" in own.get("/ty-le").main
    assert "Đang tính số liệu" in as_office("inspector", unit=None, line="justice").get("/ty-le").main
    work()
    page = own.get("/ty-le").main
    assert "2 / 5 người" in page and "Phường Hòa Thuận" not in page
    assert "2 / 6 người" in inspector.get("/ty-le").main


def test_who_holds_the_same_area_twice_counts_the_same(app: Flask, make: Make) -> None:
    assert large.areas(large.viewer_of([(7, None), (7, "family"), (8, "family")])) == [(7, None), (8, "family")]
    assert large.areas(large.viewer_of([(7, "family"), (None, "family"), (8, None)])) == [(None, "family"), (8, None)]
    assert large.areas(large.viewer_of([(7, None), (None, None), (None, "justice")])) == [(None, None)]


def test_count_again_gives_a_newer_figure_and_keeps_the_old_one_until_then(
    inspector: Visitor, ward: Ward, make: Make
) -> None:
    inspector.get("/ty-le")
    work()
    make.achievement(ward.never, ward.today)
    assert "2 / 6 người" in inspector.get("/ty-le").main
    done = inspector.post("/ty-le/tinh-lai", {"ngay": "", "cach": "", "biet": ""})
    assert (done.status, done.location.partition("?")[0]) == (303, "/ty-le")
    page = inspector.get("/ty-le").main
    assert "2 / 6 người" in page and "Đang tính lại" in page
    assert work() == 1
    assert "3 / 6 người" in inspector.get("/ty-le").main
    assert len(db.session.scalars(select(CoverageAnswer.id)).all()) == 1


def test_progress_is_told_while_it_is_counted(inspector: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    inspector.get("/ty-le")
    seen: list[str] = []
    read = counted.read_part

    def look(*asked: object) -> object:
        seen.append(inspector.get("/ty-le").html)
        return read(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(counted, "read_part", look)
    assert work() == 1
    assert "Đã tính 0 trong" in seen[0] and "<progress" in seen[0]


def test_a_failure_is_told_in_words_and_can_be_tried_again(inspector: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    inspector.get("/ty-le")

    def broken(*_: object) -> None:
        raise OSError("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(counted, "read_part", broken)
        assert work() == 0
    page = inspector.get("/ty-le").main
    assert "Chưa tính được số liệu" in page and "OSError" not in page
    assert [(job.state, job.error) for job in jobs()] == [("failed", "OSError")]
    assert work() == 0, "nobody has asked again"
    inspector.post("/ty-le/tinh-lai", {"ngay": ""})
    assert work() == 1
    assert "2 / 6 người" in inspector.get("/ty-le").main


def test_a_job_of_a_worker_that_was_killed_begins_again(inspector: Visitor) -> None:
    inspector.get("/ty-le")
    dead = watched.take(stored.KIND)
    assert dead is not None and work() == 0, "it may still live"
    with at_time(utc_now() + watched.LEASE + timedelta(seconds=1)):
        assert work() == 1
    with pytest.raises(watched.Lost):
        watched.tell(dead, 1, 3)
    assert "2 / 6 người" in inspector.get("/ty-le").main


def test_workers_that_die_over_one_job_are_not_sent_into_it_for_ever(inspector: Visitor) -> None:
    inspector.get("/ty-le")
    for number in range(watched.TRIES):
        with at_time(utc_now() + number * (watched.LEASE + timedelta(seconds=1))):
            assert watched.take(stored.KIND) is not None
    with at_time(utc_now() + watched.TRIES * (watched.LEASE + timedelta(seconds=1))):
        assert work() == 0
    assert [(job.state, job.error) for job in jobs()] == [("failed", watched.DIED)]


def test_a_worker_that_is_told_to_end_leaves_the_job_to_the_next(
    inspector: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector.get("/ty-le")
    with monkeypatch.context() as patched:
        patched.setattr(db, "read_one_moment", queue.queue().ending.set)
        assert work() == 0
    assert [(job.state, job.tries) for job in jobs()] == [("waiting", 0)]
    queue.queue().ending.clear()
    assert work() == 1


def test_an_answer_of_yesterday_is_not_shown_and_goes_after_a_week(inspector: Visitor) -> None:
    inspector.get("/ty-le")
    work()
    with db.write() as session:
        session.execute(update(CoverageAnswer).values(counted_at=utc_now() - timedelta(days=1)))
    assert "Đang tính số liệu" in inspector.get("/ty-le").main
    assert work() == 1
    with at_time(utc_now() + stored.KEEP + timedelta(days=1)):
        queue.queue().run(stored.KIND)
    db.session.rollback()
    assert db.session.scalars(select(CoverageAnswer.id)).all() == []


def test_a_question_whose_rights_have_changed_is_not_answered(
    inspector: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector.get("/ty-le")
    monkeypatch.setattr(large, "_units_digest", lambda _: "another tree")
    assert work() == 0
    assert [job.error for job in jobs()] == [tasks.Changed.__name__]


def test_lists_of_a_ward_open_at_once_and_wider_ones_ask_for_a_ward(inspector: Visitor, make: Make) -> None:
    ward = inspector.get(f"/ty-le/nguoi?noi={make.unit_id('vl/nguyet-hoa')}&tt=missing")
    assert ward.status == 200 and "Thạch Thị Đa" in ward.main and "Nguyễn Văn Ở Xa" not in ward.main
    for url in ("/ty-le/nguoi", "/ty-le/nguoi.xlsx?tt=missing", "/ty-le/nguoi/in?noi=0"):
        assert inspector.get(url).status == 400
    inspector.get("/ty-le")
    work()
    page = inspector.get("/ty-le").html
    links = re.findall(r'href="(/ty-le/nguoi[^"]*)"', page)
    assert links and all("noi=" in link and inspector.get(link).status == 200 for link in links)


def test_the_spreadsheet_is_of_the_same_answer(inspector: Visitor, ward: Ward, make: Make) -> None:
    assert inspector.get("/ty-le.xlsx").location.partition("?")[0] == "/ty-le"
    work()
    make.achievement(ward.never, ward.today)
    book = openpyxl.load_workbook(io.BytesIO(inspector.get("/ty-le.xlsx").answer.data))
    last = [row for row in book.worksheets[0].iter_rows(values_only=True) if row[0] == "Tất cả"][0]
    assert last[1:3] == (6, 2)


@pytest.mark.parametrize("by", ["unit,role", "sex", ""])
def test_programs_wait_too_and_then_get_the_same_rows(
    inspector: Visitor, app: Flask, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/api/v1/coverage?by={by}"
    waiting = inspector.get(url)
    assert (waiting.status, waiting.answer.json) == (202, {"state": "counting", "done": 0, "total": 0})
    assert waiting.answer.headers["Retry-After"] == "5"
    work()
    said = inspector.get(url).answer.json
    typed = app.test_cli_runner().invoke(args=["coverage", "--by", by, "--json"])
    assert "… 0 of" in typed.stderr
    monkeypatch.setattr(large, "LIMIT", 150_000)
    at_once = inspector.get(url).answer.json
    for answered in (said, at_once, told := json.loads(typed.stdout)):
        del answered["known_on"]
    assert said == at_once == told
