"""Numbers to call: from the table, checked within six months, never made up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from lms import create_app
from lms.web import helplines
from tests.databases import settings_for

TABLE = """
schema: lhp-hotlines/1
hotlines:
- {key: tre-em, number: "111", label: "Bảo vệ trẻ em", hours: "Ngày đêm", fee: "Không mất tiền", checked_on: 2026-06-01}
- {key: uy-ban-phuong, number: null, label: "Ủy ban phường", hours: null, fee: null, checked_on: null}
- {key: cong-an-phuong, number: "0294 000 0000", label: "Công an phường", checked_on: 2026-05-01}
- {key: khac, number: "1800 000", label: "Khác", hours: null, fee: null, checked_on: 2026-06-01}
"""


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Flask:
    (tmp_path / "hotlines.yaml").write_text(TABLE, encoding="utf-8")
    return create_app(settings_for(database_url, tmp_path, content_dir=tmp_path))


@pytest.mark.parametrize(
    ("today", "number"),
    [
        (date(2026, 6, 1), "111"),
        (date(2026, 11, 30), "111"),
        (date(2026, 12, 1), None),
        (date(2026, 5, 31), None),  # a check of tomorrow is none
    ],
)
def test_a_number_is_shown_for_six_months_after_its_check(site: Flask, today: date, number: str | None) -> None:
    with site.app_context():
        assert helplines.helplines(today)["tre-em"].number == number


@time_machine.travel("2026-06-10T03:00:00Z", tick=False)
def test_the_box_has_the_ward_first_and_dials(site: Flask) -> None:
    html = site.test_client().get("/huong-dan").text
    box = html[html.index('class="help"') :]
    assert box.index("Công an phường") < box.index("Ủy ban phường") < box.index("Bảo vệ trẻ em")
    assert 'href="tel:02940000000"' in box
    assert "(hỏi số của phường)" in box
    assert "1800" not in box
    assert "kiểm lại ngày 01/05/2026" in box


@time_machine.travel("2027-06-10T03:00:00Z", tick=False)
def test_stale_numbers_are_not_shown_at_all(site: Flask) -> None:
    html = site.test_client().get("/huong-dan").text
    assert "tel:" not in html
    assert "kiểm lại ngày" not in html


def test_a_changed_table_is_read_again(site: Flask, tmp_path: Path) -> None:
    with site.app_context():
        assert helplines.helplines(date(2026, 6, 2))["tre-em"].number == "111"
        (tmp_path / "hotlines.yaml").write_text(TABLE.replace('"111"', '"112"'), encoding="utf-8")
        assert helplines.helplines(date(2026, 6, 2))["tre-em"].number == "112"


def test_without_a_table_pages_stand_and_show_no_number(database_url: str, tmp_path: Path) -> None:
    app = create_app(settings_for(database_url, tmp_path, content_dir=tmp_path / "none"))
    answer = app.test_client().get("/huong-dan")
    assert answer.status_code == 200
    assert "tel:" not in answer.text
