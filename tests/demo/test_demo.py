"""The demo as its visitor starts it: one command, then any `lms …` command in the same folder."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("demo")  # it is built once
ROOT = Path(__file__).resolve().parents[2]
CAPABILITIES = ("learner", "trainer", "organiser", "manager", "inspector", "administrator")


class Demo:
    """A small demo in a folder of its own, without any setting from outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        self.environment["LMS_INSTANCE_DIR"] = str(folder)
        self.accounts: list[dict[str, Any]] = json.loads(self.start().stdout)

    def start(self) -> subprocess.CompletedProcess[str]:
        return self.lms("demo", "--no-serve", "--json", "--staff", "80")

    def lms(self, *words: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lms.cli", *words],
            cwd=ROOT, env=self.environment | extra, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "demo.sqlite")) as connection:
            return connection.execute(query).fetchall()

    def coverage(self, on: date) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.lms("coverage", "--on", on.isoformat(), "--json").stdout)["total"]
        return answer


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(tmp_path_factory.mktemp("demo"))


def test_three_people_of_every_capability_in_three_areas(demo: Demo) -> None:
    found = Counter((one["area"], one["capability"]) for one in demo.accounts)
    for capability in CAPABILITIES:
        assert sum(many >= 3 for (_, one), many in found.items() if one == capability) >= 3, capability


def test_the_sign_in_page_shows_one_of_each_and_a_learner_of_each_state(demo: Demo) -> None:
    shown = [one for one in demo.accounts if one["main"]]
    assert Counter(one["capability"] for one in shown) == Counter(CAPABILITIES) + Counter(learner=2)
    assert {one["state"] for one in shown if one["capability"] == "learner"} == {"đã đạt", "chưa học", "đang học dở"}
    assert len({one["area"] for one in shown}) == 1, "the manager sees the learners move the figure"


def test_a_second_start_keeps_everything(demo: Demo) -> None:
    marker = demo.folder / "demo.built"
    before = marker.stat().st_mtime_ns
    assert json.loads(demo.start().stdout) == demo.accounts
    assert marker.stat().st_mtime_ns == before


def test_the_year_tells_a_story(demo: Demo) -> None:
    today = date.today()
    now, last_year = demo.coverage(today), demo.coverage(today - timedelta(days=365))
    assert 0 < last_year["trained"] / last_year["counted"] < now["trained"] / now["counted"] < 1


def test_the_numbers_of_the_book_follow_its_dates(demo: Demo) -> None:
    days = demo.rows("SELECT issued_on FROM certificate ORDER BY serial_year, serial_no")
    assert len(days) > 20
    assert days == sorted(days)


def test_classes_are_written_down_by_an_organiser(demo: Demo) -> None:
    written = demo.rows("SELECT DISTINCT recorded_by FROM achievement WHERE kind = 'class'")
    organisers = demo.rows("SELECT 'account:' || account_id FROM account_grant WHERE capability = 'organiser'")
    assert written and set(written) <= set(organisers)


@pytest.mark.parametrize("words", [("audit", "verify"), ("coverage", "check"), ("db", "check")])
def test_what_the_demo_made_holds(demo: Demo, words: tuple[str, ...]) -> None:
    done = demo.lms(*words)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_demo_keeps_out_of_the_folder_and_the_database_of_a_real_site(demo: Demo, tmp_path: Path) -> None:
    settings = tmp_path / "lms.env"
    settings.write_text("LMS_SECRET_KEY=whatever\n", encoding="utf-8")
    refused = demo.lms("demo", "--no-serve", LMS_INSTANCE_DIR=str(tmp_path))
    assert refused.returncode == 1 and "real site" in refused.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lms.env"]
    elsewhere = tmp_path / "real.sqlite"
    assert demo.lms("demo", "--no-serve", LMS_DATABASE_URL=f"sqlite:///{elsewhere}").returncode == 0
    assert not elsewhere.exists()


def test_a_command_before_any_set_up_says_what_to_run(demo: Demo, tmp_path: Path) -> None:
    refused = demo.lms("coverage", LMS_INSTANCE_DIR=str(tmp_path), LMS_SECRET_KEY="0123456789abcdefghijklmnopqrstuv")
    assert refused.returncode == 1
    assert "lms db upgrade" in refused.stderr and "Traceback" not in refused.stderr
