"""The screen of places."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape

import pytest
import time_machine
from flask import Flask, g
from werkzeug.exceptions import NotFound

from lms.access import GrantValue, Viewer, policy_of
from lms.units import views
from tests.factories import Make

MANAGER = Viewer(account_id=1, name="Sơn Thị Ánh", grants=(GrantValue("manager"),))


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 25, 3, tzinfo=UTC), tick=False):
        yield


def page(app: Flask, url: str, unit_id: int | None = None) -> str:
    """The page as a manager gets it, past the guard (whose own tests ask every route who may enter)."""
    with app.test_request_context(url):
        g.viewer = MANAGER
        return unescape(views.tree() if unit_id is None else views.unit(unit_id))


def test_only_managers_inspectors_and_administrators_may_look() -> None:
    for view in (views.tree, views.unit):
        policy = policy_of(view)
        assert policy and not policy.public
        assert set(policy.capabilities) == {"manager", "inspector", "administrator"}


def test_the_tree_of_today_names_the_wards_and_what_they_were(app: Flask) -> None:
    text = page(app, "/dia-ban")
    assert "Địa bàn ngày 25/11/2026" in text
    assert "Phường 7; Phường 8; Xã Nguyệt Hóa" in text
    assert "Nay thuộc" not in text


def test_the_tree_of_another_day_says_what_each_ward_is_now(app: Flask, make: Make) -> None:
    text = page(app, "/dia-ban?ngay=31/12/2024")
    assert "Thành phố Trà Vinh, Tỉnh Trà Vinh" in text
    assert "Nay thuộc" in text and "Phường Long Đức" in text
    assert f"/dia-ban/{make.unit_id('tv/p8')}?ngay=2024-12-31" in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [("31/02/2024", "“31/02/2024” không phải là một ngày"), ("01/01/1990", "Chỉ tra cứu được từ ngày 01/01/2003")],
)
def test_a_day_that_cannot_be_shown_is_said_and_today_is_shown(app: Flask, typed: str, said: str) -> None:
    text = page(app, f"/dia-ban?ngay={typed}")
    assert said in text and "Địa bàn ngày 25/11/2026" in text


def test_the_search_finds_old_and_new_names_typed_without_marks(app: Flask) -> None:
    text = page(app, "/dia-ban?tim=nguyet hoa")
    assert ">Phường Nguyệt Hóa<" in text
    assert ">Xã Nguyệt Hóa<" in text and "đến hết ngày 30/06/2025" in text
    assert "Khóm 4, Phường 8" in page(app, "/dia-ban?tim=KHOM 4")


def test_a_search_without_a_hit_says_what_to_do(app: Flask) -> None:
    text = page(app, "/dia-ban?tim=<b>khong co")
    assert "Không thấy địa bàn nào có tên này" in text


def test_what_is_typed_is_never_markup(app: Flask) -> None:
    with app.test_request_context("/dia-ban?tim=<script>x"):
        g.viewer = MANAGER
        assert "<script>x" not in views.tree()


def test_an_ended_unit_tells_what_became_of_it(app: Flask, make: Make) -> None:
    text = page(app, "/", make.unit_id("tv/p8"))
    assert "Phường 8 nhập vào Phường Nguyệt Hóa từ 01/07/2025" in text
    assert "Không còn từ ngày 01/07/2025" in text
    assert "Ngày 25/11/2026, nơi này thuộc Phường Nguyệt Hóa." in text
    assert "từ trước năm 2003 đến hết ngày 30/06/2025" in text


def test_a_unit_of_later_tells_what_its_land_was(app: Flask, make: Make) -> None:
    text = page(app, "/?ngay=2024-06-01", make.unit_id("vl/nguyet-hoa/khom-13"))
    assert "Đến ngày 01/07/2025 mới có" in text
    assert "nơi này là Khóm 4, Phường 8" in text
    assert "Khóm 4 đánh số lại thành Khóm 13 từ 01/07/2025" in text


def test_a_ward_lists_its_hamlets_with_their_old_names(app: Flask, make: Make) -> None:
    make.unit("Khóm 2", parent="vl/nguyet-hoa", start=date(2025, 7, 1))
    text = page(app, "/", make.unit_id("vl/nguyet-hoa"))
    assert "Đang có, ngày 25/11/2026" in text
    assert text.index(">Khóm 2<") < text.index(">Khóm 13<")
    assert "Khóm 4, Phường 8" in text


def test_an_invented_unit_says_so(app: Flask, make: Make) -> None:
    unit = make.unit("Khóm 2", parent="vl/nguyet-hoa", start=date(2025, 7, 1))
    assert "Địa bàn mẫu, không có thật." in page(app, "/", unit)


def test_an_unknown_unit_is_not_found(app: Flask) -> None:
    with pytest.raises(NotFound):
        page(app, "/", 987_654)
