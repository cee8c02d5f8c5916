"""A lesson page is drawn once for all who stand at the same place; what is a reader's own never reaches another."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from shutil import copy

import pytest
from flask import Flask, flash
from flask.testing import FlaskClient

from lms.access import GrantValue, Viewer
from lms.access.current import viewer
from lms.config import Settings
from lms.courses import views
from lms.courses.models import Edition
from lms.courses.pages import Place
from lms.web import shared_page as shared
from tests.courses.conftest import ReadAs
from tests.courses.test_views import enrolled
from tests.factories import Make

LESSON = "/khoa-hoc/k1/bai/1"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Viewer]:
    """Who the page was drawn by, once per drawing."""
    seen: list[Viewer] = []
    draw = views._lesson

    def spied(place: Place) -> str:
        seen.append(viewer())
        return draw(place)

    monkeypatch.setattr(views, "_lesson", spied)
    return seen


def other(make: Make) -> Viewer:
    return Viewer(account_id=2, person_id=make.person("Lý <b>Thị</b> Sương"), name="Lý <b>Thị</b> Sương", office="Ấp 3")


def without_tokens(html: str) -> str:
    return TOKEN.sub("", html)


def unshared(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> str:
    with monkeypatch.context() as patched:
        patched.setattr(views, "shared_page", lambda draw, place: draw(place))
        return client.get(LESSON).get_data(as_text=True)


def test_every_reader_sees_what_a_drawing_for_this_reader_alone_would_show(
    published: Edition, learner: Viewer, make: Make, read_as: ReadAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = replace(other(make), office="")
    trainer = replace(learner, name="Kim Thị Sa Rây", grants=(GrantValue("trainer", 5, None),))
    for reader, _ in product((learner, plain, other(make), trainer), range(2)):
        enrolled(reader)
        client = read_as(reader)
        page = client.get(LESSON).get_data(as_text=True)
        assert without_tokens(page) == without_tokens(unshared(client, monkeypatch))
        assert str(reader.name).replace("<", "&lt;").replace(">", "&gt;") in page


def test_it_is_drawn_once_and_by_nobody_in_particular(
    published: Edition, learner: Viewer, make: Make, read_as: ReadAs, drawn: list[Viewer]
) -> None:
    for reader in (learner, replace(other(make), office="")):
        enrolled(reader)
        assert reader.name.split()[0] in read_as(reader).get(LESSON).text
    assert len(drawn) == 1
    assert drawn[0].person_id is None
    assert learner.name not in drawn[0].name
    assert drawn[0].account_id != learner.account_id


def test_a_lesson_that_is_finished_is_another_page(
    published: Edition, learner: Viewer, read_as: ReadAs, drawn: list[Viewer]
) -> None:
    enrolled(learner)
    client = read_as(learner)
    assert "Bài này Anh/Chị đã học" not in client.get(LESSON).text
    client.post(f"{LESSON}/xong")
    assert "Bài này Anh/Chị đã học" in client.get(LESSON).text
    assert len(drawn) == 2


def test_the_form_token_is_the_readers_own_and_good(
    app: Flask, published: Edition, learner: Viewer, read_as: ReadAs
) -> None:
    enrolled(learner)
    client = read_as(learner)
    app.config["WTF_CSRF_ENABLED"] = True
    tokens = set(TOKEN.findall(client.get(LESSON).text))
    assert len(tokens) == 1
    assert client.post(f"{LESSON}/xong", data={"csrf_token": tokens.pop()}).status_code == 303
    assert client.post(f"{LESSON}/xong", data={"csrf_token": shared._FORM}).status_code == 400


def test_a_message_is_shown_to_its_reader_and_kept_for_nobody_else(
    app: Flask, published: Edition, learner: Viewer, read_as: ReadAs
) -> None:
    enrolled(learner)
    app.before_request_funcs[None].append(lambda: flash("Đã lưu riêng cho Út"))
    client = read_as(learner)
    assert "Đã lưu riêng cho Út" in client.get(LESSON).text
    app.before_request_funcs[None].pop()
    assert "Đã lưu riêng cho Út" not in client.get(LESSON).text


def test_a_table_beside_the_course_that_changes_is_seen_at_once(
    app: Flask, published: Edition, learner: Viewer, read_as: ReadAs, tmp_path: Path, drawn: list[Viewer]
) -> None:
    settings: Settings = app.extensions["settings"]
    for name in ("law.yaml", "hotlines.yaml"):
        copy(settings.content_dir / name, tmp_path)
    settings.content_dir = tmp_path
    enrolled(learner)
    client = read_as(learner)
    assert "115" in client.get(LESSON).text
    lines = tmp_path / "hotlines.yaml"
    lines.write_text(lines.read_text(encoding="utf-8").replace('"115"', '"1155"'), encoding="utf-8")
    assert "1155" in client.get(LESSON).text
    assert len(drawn) == 2


def test_a_drawing_that_fails_gives_the_page_back_to_its_reader(app: Flask, learner: Viewer) -> None:
    def draw(place: str) -> str:
        raise RuntimeError(place)

    with app.test_request_context("/x"):
        shared.act_as(learner)
        with pytest.raises(RuntimeError, match="here"):
            shared.shared_page(draw, "here")
        assert viewer() == learner
        assert "csrf_token" not in shared.g
