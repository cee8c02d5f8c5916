"""Error pages say what happened, what was kept and what to do; never how the site is made."""

from __future__ import annotations

import errno
import io
import re

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from werkzeug.exceptions import TooManyRequests

from lms.access import public
from lms.web import errors
from lms.web.refusals import Refusal


@pytest.fixture
def shown(app: Flask) -> FlaskClient:
    """A client that is shown error pages, as people are, instead of exceptions."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


@pytest.mark.parametrize("code", [400, 401, 403, 404, 409, 413, 429, 500, 503])
def test_each_error_has_its_three_sentences(shown: FlaskClient, code: int) -> None:
    answer = shown.get(f"/mau/loi/{code}")
    words = errors.WORDS[code]
    assert answer.status_code == code
    for sentence in (words.happened, words.kept, words.todo):
        assert str(sentence) in answer.text
    assert "Thoát nhanh" in answer.text


@pytest.mark.parametrize(("code", "like"), [(405, 400), (415, 400), (422, 400), (502, 500)])
def test_other_errors_borrow_the_nearest_sentences(shown: FlaskClient, code: int, like: int) -> None:
    answer = shown.get(f"/mau/loi/{code}")
    assert answer.status_code == code
    assert str(errors.WORDS[like].happened) in answer.text


def test_a_failure_shows_a_code_and_no_details_and_is_logged(shown: FlaskClient) -> None:
    with capture_logs() as logs:
        answer = shown.get("/mau/loi/500")
    assert re.search(r'class="code">[2-9A-Z]{4}-[2-9A-Z]{4}<', answer.text)
    assert "RuntimeError" not in answer.text
    assert "0912345678" not in answer.text
    assert [log["log_level"] for log in logs if log["event"] == "unhandled exception"] == ["error"]


def test_a_refusal_is_shown_in_its_own_words(shown: FlaskClient) -> None:
    answer = shown.get("/mau/tu-choi")
    assert answer.status_code == 409
    assert "Tệp này không phải bảng tính" in answer.text
    assert "Những gì đã lưu trước đó vẫn còn nguyên" in answer.text


def test_a_refusal_is_escaped(app: Flask, shown: FlaskClient) -> None:
    def refuse() -> str:
        raise Refusal("<script>alert(1)</script>", 400)

    app.add_url_rule("/refuse", "refuse", public(refuse))
    assert "<script>alert" not in shown.get("/refuse").text


def test_a_form_whose_origin_nobody_vouches_for_is_told_so(app: Flask) -> None:
    answer = app.test_client().post("/ngon-ngu", data={"language": "km", "csrf_token": "stale"})
    assert answer.status_code == 400
    assert "Chưa nhận được lần bấm vừa rồi" in answer.text and "Gửi lại" not in answer.text


def test_too_large_a_file_is_refused_kindly(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/upload", "upload", public(lambda: str(len(request.files))), methods=["POST"])
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = client.post("/upload", data={"file": (io.BytesIO(b"x" * 5000), "list.xlsx")})
    assert answer.status_code == 413
    assert "quá lớn" in answer.text


def test_too_many_tries_say_how_long_to_wait(app: Flask, shown: FlaskClient) -> None:
    def tired() -> str:
        raise TooManyRequests(retry_after=130)

    app.add_url_rule("/tired", "tired", public(tired))
    answer = shown.get("/tired")
    assert answer.headers["Retry-After"] == "130"
    assert "Chờ 3 phút rồi thử lại." in answer.text


def test_a_busy_or_lost_database_is_a_page_that_says_try_again(app: Flask, shown: FlaskClient) -> None:
    def busy() -> str:
        raise OperationalError("INSERT INTO person VALUES (?)", ("Nguyễn Thị Hòa",), Exception("database is locked"))

    app.add_url_rule("/busy", "busy", public(busy))
    answer = shown.get("/busy")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Máy chủ đang bận" in answer.text
    assert "Nguyễn" not in answer.text


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 503), (errno.EDQUOT, 503), (errno.EACCES, 500)])
def test_a_full_disk_is_a_page_that_says_try_again(app: Flask, shown: FlaskClient, number: int, status: int) -> None:
    def write() -> str:
        raise OSError(number, "no")

    app.add_url_rule("/write", "write", public(write))
    answer = shown.get("/write")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, "30" if status == 503 else None)


def test_the_api_answers_with_problem_details(app: Flask, shown: FlaskClient) -> None:
    def refuse() -> str:
        raise Refusal("Không có ngày này.", 400)

    app.add_url_rule("/api/v1/refuse", "refuse", public(refuse))
    app.add_url_rule("/api/v1/gone", "gone", public(lambda: abort(404)))
    answer = shown.get("/api/v1/refuse")
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert {**answer.json, "request_id": ""} == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Không có ngày này.",
        "request_id": "",
    }
    missing = shown.get("/api/v1/gone")
    assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")


def test_a_page_that_asks_for_json_gets_json(shown: FlaskClient) -> None:
    answer = shown.get("/mau/tu-choi", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"


def test_an_error_inside_the_layout_still_gives_a_page(app: Flask, shown: FlaskClient) -> None:
    def broken() -> str:
        raise LookupError("no bar today")

    app.jinja_env.globals["navigation"] = broken
    with capture_logs() as logs:
        answer = shown.get("/huong-dan")
    assert answer.status_code == 500
    assert "Máy chủ gặp lỗi" in answer.text
    assert "no bar today" not in answer.text
    assert "the error page failed" in [log["event"] for log in logs]


def test_the_way_back_is_a_page_of_ours(shown: FlaskClient) -> None:
    ours = shown.get("/mau/tu-choi", headers={"Referer": "http://localhost/danh-sach/moi?x=1"})
    assert 'href="/danh-sach/moi?x=1"' in ours.text
    theirs = shown.get("/mau/tu-choi", headers={"Referer": "https://evil.example/trap"})
    assert "trap" not in theirs.text
