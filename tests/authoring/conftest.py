"""The gold sample of the content guide, made small enough to be published, and a trainer who works on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.access import GrantValue, Viewer
from lms.access.current import act_as
from lms.authoring import operations
from lms.courses.folder import read_folder
from lms.courses.models import Course, Edition
from lms.db import db
from lms.extensions import login

GOLD = Path(__file__).parents[1] / "courses" / "gold"
FOLDER = "03-bao-tin"
MODULE = f"modules/{FOLDER}/module.vi.md"
LESSON = f"modules/{FOLDER}/lesson-01.vi.md"
QUESTIONS = f"modules/{FOLDER}/questions.yaml"

Files = dict[str, bytes]
ReadAs = Callable[[Viewer], FlaskClient]

TRAINER = Viewer(account_id=7, name="Trần Thị Dung", grants=(GrantValue("trainer"),))


def replaced(files: Files, path: str, old: str, new: str) -> Files:
    text = files[path].decode()
    assert old in text, (path, old)
    return files | {path: text.replace(old, new).encode()}


@pytest.fixture
def gold() -> Files:
    return read_folder(GOLD)


@pytest.fixture
def clean(gold: Files) -> Files:
    """Without errors: a pool of six for two drawn, no more hours than there are, every drawn item taught somewhere."""
    files = replaced(gold, "course.yaml", "count: 10", "count: 2")
    files = replaced(files, "course.yaml", "tiet_tt: 1", "tiet_tt: 0.25")
    files = replaced(files, MODULE, "tiet_tt: 1", "tiet_tt: 0.25")
    for key, lesson in (("k1-m3-q02", "lesson-03.vi.md"), ("k1-m3-q07", "lesson-04.vi.md")):
        files = replaced(files, QUESTIONS, f"- id: {key}\n", f'- id: {key}\n  read_again: "{lesson}"\n')
    return replaced(files, QUESTIONS, '"L13:26.1"', '"L13:25.1"')


@pytest.fixture
def draft(app: Flask, clean: Files) -> Edition:
    with db.write():
        return operations.import_folder(clean)


@pytest.fixture
def published(app: Flask, clean: Files) -> Edition:
    with db.write():
        return operations.import_folder(clean, publish=True, by="account:1")


@pytest.fixture
def course(draft: Edition) -> Course:
    return draft.course


@pytest.fixture
def read_as(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> ReadAs:
    """A client whose requests are those of a viewer: signing in is the accounts room's, and tested there."""
    monkeypatch.setattr(login, "_user_callback", lambda key: None)
    now: list[Viewer] = []
    rest = [view for view in app.before_request_funcs.get(None, []) if "accounts" not in view.__module__]
    app.before_request_funcs[None] = [lambda: act_as(now[-1]), *rest]

    def choose(viewer: Viewer) -> FlaskClient:
        now.append(viewer)
        return client

    return choose


@pytest.fixture
def trainer(read_as: ReadAs) -> FlaskClient:
    return read_as(TRAINER)
