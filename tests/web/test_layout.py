"""The layout: what every page has, and what it leaves out when a room is not there."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask, flash, render_template, render_template_string
from flask.testing import FlaskClient

from lms import create_app
from lms.access import NOBODY, GrantValue, Viewer, public
from lms.access.current import act_as
from lms.web import navigation
from tests.databases import settings_for

PAGES = ["/huong-dan", "/quyen-rieng-tu", "/mau/", "/mau/?phong=office&ai=officer", "/mau/loi/404", "/mau/tu-choi"]
LEARNER = Viewer(account_id=1, person_id=1, name="Huỳnh Thị Út")
MANAGER = Viewer(account_id=2, name="Sơn Thị Ánh", office="Phòng Văn hóa – Xã hội", grants=(GrantValue("manager"),))


class Tags(HTMLParser):
    """Every start tag with its attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def draw(app: Flask, who: Viewer = NOBODY, path: str = "/viec-cua-toi", body: str = "") -> str:
    with app.test_request_context(path):
        act_as(who)
        return render_template_string('{% extends "layout.html" %}{% block main %}' + body + "{% endblock %}")


def add_room(app: Flask, endpoint: str, rule: str, methods: list[str] | None = None) -> None:
    """A stand-in for a room that is built elsewhere; the real one is used where it is there."""
    if endpoint not in app.view_functions:
        app.add_url_rule(rule, endpoint, public(lambda: "here"), methods=methods or ["GET"])


@pytest.mark.parametrize("path", PAGES)
def test_pages_keep_to_the_content_policy(client: FlaskClient, path: str) -> None:
    for tag, attributes in Tags(client.get(path).text).found:
        assert "style" not in attributes, (tag, attributes)
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        if tag == "script":
            assert (attributes.get("src") or "").startswith("/static/js/")
        for address in (attributes.get("src"), attributes.get("href"), attributes.get("action")):
            assert not address or address.startswith(("/", "#", "data:image/svg+xml", "tel:")), address


@pytest.mark.attack("S51")
@pytest.mark.parametrize("path", PAGES)
def test_the_title_is_neutral_and_the_exit_is_the_second_stop(client: FlaskClient, path: str) -> None:
    html = client.get(path).text
    assert re.findall(r"<title>(.*?)</title>", html) == ["Lớp học phường"]
    stops = [attributes for tag, attributes in Tags(html).found if tag in ("a", "button", "input", "select")]
    assert [stop["href"] for stop in stops[:3]] == ["#main", "/thoat-nhanh", "/"]


def test_without_the_other_rooms_the_layout_still_stands(app: Flask) -> None:
    rooms = [entry.endpoint for entry in navigation.ENTRIES] + ["accounts.me", "accounts.sign_out", "accounts.sign_in"]
    for endpoint in rooms:
        app.view_functions.pop(endpoint, None)
    html = draw(app, MANAGER)
    assert "Sơn Thị Ánh" in html
    assert "Đăng xuất" not in html
    assert 'class="nav"' not in html


def test_the_bar_shows_what_one_may_do(app: Flask) -> None:
    for entry in navigation.ENTRIES:
        add_room(app, entry.endpoint, "/" + entry.endpoint.replace(".", "/"))
    manager, learner = draw(app, MANAGER), draw(app, LEARNER)
    assert "Tỷ lệ tập huấn" in manager
    assert "Soạn bài" not in manager
    assert 'class="nav"' not in learner
    trainer = draw(app, Viewer(account_id=3, name="T", grants=(GrantValue("trainer"),)))
    assert "Soạn bài" in trainer
    assert "Nhập danh sách" not in trainer


def test_the_bar_says_where_one_is(app: Flask) -> None:
    for entry in navigation.ENTRIES:
        add_room(app, entry.endpoint, "/" + entry.endpoint.replace(".", "/"))
    with app.test_request_context():
        from flask import url_for

        people = url_for("people.people")
    assert re.search(f'href="{people}" aria-current="page"', draw(app, MANAGER, people))
    assert re.search(f'href="{people}" aria-current="true"', draw(app, MANAGER, f"{people}/12"))
    assert "aria-current" not in draw(app, MANAGER, f"{people}-khac")


def test_the_name_is_seen_and_signing_out_is_a_post(app: Flask) -> None:
    add_room(app, "accounts.sign_out", "/dang-xuat", ["POST"])
    html = draw(app, LEARNER)
    assert "<b>Huỳnh Thị Út</b>" in html
    form = re.search(r'<form method="post" action="/dang-xuat">.*?</form>', html, re.DOTALL)
    assert form
    assert 'name="csrf_token"' in form[0]
    assert "Đăng xuất" in form[0]


@pytest.mark.attack("S8")
def test_a_name_is_text(app: Flask) -> None:
    assert "<img" not in draw(app, Viewer(account_id=1, name="<img src=x onerror=alert(1)>"))


def test_news_is_told_once(app: Flask, client: FlaskClient) -> None:
    def act() -> str:
        flash("Đã gộp hai dòng.")
        flash("Chưa gửi được.", "error")
        return "done"

    app.add_url_rule("/act", "act", public(act))
    client.get("/act")
    first, second = client.get("/huong-dan").text, client.get("/huong-dan").text
    assert '<div class="toast" role="status"><p>Đã gộp hai dòng.</p></div>' in first
    assert '<div class="error" role="alert"><p>Chưa gửi được.</p></div>' in first
    assert "toast" not in second


def test_sample_data_are_called_so_in_the_demo_only(app: Flask, database_url: str, tmp_path: Path) -> None:
    demo = create_app(settings_for(database_url, tmp_path, environment="demo"))
    line = "Dữ liệu trong trang này là dữ liệu mẫu."
    assert line not in draw(app)
    with demo.app_context():
        assert line in draw(demo)
    assert demo.test_client().get("/mau/").status_code == 404


# ── language ──


def test_the_language_is_chosen_by_a_form_and_one_stays_on_the_page(client: FlaskClient) -> None:
    answer = client.post("/ngon-ngu", data={"language": "km", "next": "/quyen-rieng-tu"})
    assert (answer.status_code, answer.location) == (303, "/quyen-rieng-tu")
    page = client.get("/quyen-rieng-tu").text
    assert '<html lang="km"' in page
    assert "chưa có người đọc Khmer duyệt" in page
    assert 'name="language" value="vi" lang="vi">Tiếng Việt<' in page
    client.post("/ngon-ngu", data={"language": "vi"})
    assert "chưa có người đọc Khmer duyệt" not in client.get("/quyen-rieng-tu").text


def test_the_switch_remembers_the_page_with_its_question(app: Flask) -> None:
    path = "/nguoi?q=" + quote("Đào")
    assert f'name="next" value="{path}"' in draw(app, path=path)


def test_after_a_form_the_switch_goes_to_a_page_that_can_be_opened(app: Flask) -> None:
    app.add_url_rule(
        "/only-post",
        "only_post",
        public(lambda: render_template_string('{% extends "layout.html" %}')),
        methods=["POST"],
    )
    app.config["WTF_CSRF_ENABLED"] = False
    assert 'name="next" value="/"' in app.test_client().post("/only-post").text


@pytest.mark.parametrize("language", ["", "fr", "vi;km", "../km"])
def test_an_unknown_language_changes_nothing(client: FlaskClient, language: str) -> None:
    assert client.post("/ngon-ngu", data={"language": language}).status_code == 400
    assert '<html lang="vi"' in client.get("/huong-dan").text


def test_the_switch_leads_nowhere_else(client: FlaskClient) -> None:
    answer = client.post("/ngon-ngu", data={"language": "km", "next": "//evil.example"})
    assert answer.location == "/"


def test_drafts_can_be_switched_off(database_url: str, tmp_path: Path) -> None:
    app = create_app(settings_for(database_url, tmp_path, draft_languages=False))
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    assert client.post("/ngon-ngu", data={"language": "km"}).status_code == 400
    assert "tongues" not in client.get("/huong-dan").text


# ── start and exit ──


@pytest.mark.parametrize(
    ("who", "endpoint"),
    [
        (NOBODY, "accounts.sign_in"),
        (LEARNER, "courses.home"),
        (MANAGER, "coverage.coverage"),
        (Viewer(account_id=4, name="Q", grants=(GrantValue("administrator"),)), "accounts.accounts"),
        (Viewer(account_id=5, name="T", grants=(GrantValue("trainer"),)), "authoring.courses"),
        (Viewer(account_id=6, person_id=2, name="M", grants=(GrantValue("manager"),)), "coverage.coverage"),
    ],
)
def test_everyone_starts_on_their_own_page(app: Flask, who: Viewer, endpoint: str) -> None:
    for name in [entry.endpoint for entry in navigation.ENTRIES] + ["accounts.sign_in"]:
        add_room(app, name, "/" + name.replace(".", "/"))
    with app.test_request_context():
        assert navigation.home_of(who) == endpoint


def test_leaving_tells_the_next_site_nothing_and_signs_nobody_out(app: Flask, client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session["kept"] = "yes"
    answer = client.get("/thoat-nhanh")
    assert (answer.status_code, answer.data) == (303, b"")
    assert answer.location == app.extensions["settings"].exit_url
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    with client.session_transaction() as session:
        assert session["kept"] == "yes"


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ((), ()),
        (("inspector",), ()),
        (("manager",), ("danh sách",)),
        (("trainer",), ("soạn bài",)),
        (("manager", "administrator"), ("danh sách", "quản trị")),
    ],
)
def test_the_guide_tells_each_of_their_own_work(app: Flask, held: tuple[str, ...], told: tuple[str, ...]) -> None:
    with app.test_request_context("/huong-dan"):
        act_as(Viewer(account_id=2, grants=tuple(GrantValue(one) for one in held)))
        page = render_template("guide.html")
    assert re.findall(r"Việc của người (?:quản lý )?([^<]+)</h2>", page) == list(told)
    assert "Học tiếp" in page
