"""Every answer, errors included, carries the same protection and is kept by nobody but the static files (S5, S48)."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask, Response, request, send_file
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms import create_app
from lms.access import public
from lms.web import headers
from lms.web.assets import static_url
from tests.databases import settings_for

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; manifest-src 'self'; connect-src 'self'; frame-src 'none'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)


@pytest.fixture
def open_client(app: Flask) -> FlaskClient:
    """A client that is shown error pages, as people are, instead of exceptions."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/undeclared", "undeclared", lambda: "secret")
    app.add_url_rule("/paper", "paper", public(_send_private_file))
    app.add_url_rule("/kept", "kept", public(_kept_by_this_browser))
    return app.test_client()


def _send_private_file() -> Response:
    return send_file(io.BytesIO(b"a certificate"), mimetype="application/pdf")


def _kept_by_this_browser() -> Response:
    return Response("sound", headers={"Cache-Control": "private, max-age=600"})


ANSWERS = {
    "page": ("GET", "/huong-dan", 200),
    "redirect": ("GET", "/", 303),
    "exit": ("GET", "/thoat-nhanh", 303),
    "no such page": ("GET", "/khong-co", 404),
    "wrong method": ("POST", "/huong-dan", 405),
    "bad request": ("POST", "/ngon-ngu", 400),
    "no declared right": ("GET", "/undeclared", 403),
    "refusal": ("GET", "/mau/tu-choi", 409),
    "failure": ("GET", "/mau/loi/500", 500),
    "static": ("GET", "/static/look.css", 200),
    "no such static": ("GET", "/static/none.css", 404),
    "file of a view": ("GET", "/paper", 200),
    "health": ("GET", "/healthz", 200),
    "no such resource": ("GET", "/api/v1/none", 404),
}


def ask(client: FlaskClient, name: str) -> TestResponse:
    method, path, status = ANSWERS[name]
    answer = client.open(path, method=method)
    assert answer.status_code == status
    return answer


@pytest.mark.attack("S5")
@pytest.mark.parametrize("name", ANSWERS)
def test_the_same_protection_everywhere(open_client: FlaskClient, name: str) -> None:
    answer = ask(open_client, name)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == ("no-referrer" if name == "exit" else "same-origin")
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("name", sorted(ANSWERS.keys() - {"static"}))
@pytest.mark.attack("S48")
def test_nothing_but_static_files_is_kept(open_client: FlaskClient, name: str) -> None:
    assert ask(open_client, name).headers["Cache-Control"] == "no-store"


def test_a_view_may_let_this_browser_keep_its_answer(open_client: FlaskClient) -> None:
    assert open_client.get("/kept").headers["Cache-Control"] == "private, max-age=600"


def test_a_static_file_of_the_present_version_is_kept_for_a_year(app: Flask, open_client: FlaskClient) -> None:
    with app.test_request_context():
        address = static_url("look.css")
    answer = open_client.get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    again = open_client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert open_client.get("/static/look.css?v=old").headers["Cache-Control"] == "public, no-cache"


@pytest.mark.attack("S5")
def test_https_is_remembered_where_the_site_has_it(database_url: str, tmp_path: Path) -> None:
    app = create_app(settings_for(database_url, tmp_path, base_url="https://lop.example.vn"))
    answer = app.test_client().get("/healthz")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.attack("S5")
def test_only_the_editor_may_frame_and_only_its_preview_be_framed(app: Flask) -> None:
    app.add_url_rule("/editor", "editor", public(headers.holds_frame(lambda: "editor")))
    app.add_url_rule("/preview", "preview", public(headers.in_frame(lambda: "preview")))
    client = app.test_client()
    editor = client.get("/editor").headers["Content-Security-Policy"]
    preview = client.get("/preview").headers["Content-Security-Policy"]
    assert editor == POLICY.replace("frame-src 'none'", "frame-src 'self'")
    assert preview == POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")


@pytest.mark.attack("S45")
def test_a_foreign_host_name_gets_a_bare_page_without_links(open_client: FlaskClient) -> None:
    """S45: nothing on the answer is built from the name that was sent."""
    answer = open_client.get("/huong-dan", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert "href" not in answer.text
    assert answer.headers["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize(
    "path", ["/huong-dan/look.css", "/tai-khoan/x.css", "/static/../huong-dan", "/static/%2e%2e/db.py"]
)
@pytest.mark.attack("S48")
def test_a_page_cannot_pass_for_a_static_file(open_client: FlaskClient, path: str) -> None:
    answer = open_client.get(path)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_view_takes_head_for_get_and_never_for_a_post(app: Flask) -> None:
    """A view that writes on whatever is not GET must not be reached by HEAD, which no form token guards."""
    seen: list[str] = []

    @public
    def two_ways() -> str:
        seen.append(request.method)
        return "written" if request.method != "GET" else "asked"

    app.add_url_rule("/two-ways", "two_ways", two_ways, methods=["GET", "POST"])
    answer = app.test_client().head("/two-ways")
    assert seen == ["GET"]
    assert answer.status_code == 200 and answer.data == b"" and answer.content_length == len("asked")
