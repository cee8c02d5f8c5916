"""The gold sample of content-guide.md as a package, and a learner who looks at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.access import Viewer
from lms.access.current import act_as
from lms.courses import operations
from lms.courses.folder import read_folder
from lms.courses.models import Edition
from lms.courses.views import bp
from lms.db import db
from lms.extensions import login
from tests.factories import Make

GOLD = Path(__file__).parent / "gold"

Files = dict[str, bytes]
ReadAs = Callable[[Viewer], FlaskClient]


@pytest.fixture
def gold() -> Files:
    return read_folder(GOLD)


@pytest.fixture
def published(app: Flask, gold: Files) -> Edition:
    with db.write():
        return operations.publish(operations.import_package(gold), by="account:1")


@pytest.fixture
def learner(make: Make) -> Viewer:
    return Viewer(account_id=1, person_id=make.person("Huỳnh Thị Út"), name="Huỳnh Thị Út")


@pytest.fixture
def read_as(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> ReadAs:
    """A client whose requests are those of a viewer: signing in is the accounts room's, and tested there."""
    monkeypatch.setattr(login, "_user_callback", lambda key: None)
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)

    now: list[Viewer] = []
    rest = [view for view in app.before_request_funcs.get(None, []) if "accounts" not in view.__module__]
    app.before_request_funcs[None] = [lambda: act_as(now[-1]), *rest]

    def choose(viewer: Viewer) -> FlaskClient:
        now.append(viewer)
        return client

    return choose
