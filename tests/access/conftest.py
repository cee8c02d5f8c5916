"""The world is built once a session; each test gets its database as it was, in milliseconds."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask

from lms import create_app
from lms.accounts import hashing
from lms.certificates import tasks
from lms.certificates.limits import Limiter
from lms.db import db
from lms.people.roster import opening
from lms.sheets.model import Limits, Workbook
from lms.sheets.reading import read_workbook
from tests import databases
from tests.access import world
from tests.access.site import Site

SECRET = "kf83-Lm20xQ7-vB61tR9-pZ45wY2-cN7"


def new_app(database: Path, folder: Path) -> Flask:
    """As in production (only the address is plain), so that the table is about what people really meet."""
    settings = databases.settings_for(
        f"sqlite:///{database}", folder, environment="production", secret_key=SECRET, trusted_hosts=["localhost"]
    )
    return create_app(settings)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("access")
    live, pristine = folder / "live.sqlite", folder / "pristine.sqlite"
    shutil.copy(Path(os.environ["LMS_TEST_ROOT"]) / "template.sqlite", live)
    app = new_app(live, folder)
    with pytest.MonkeyPatch.context() as patch:
        _spare_the_machine(patch)
        with app.app_context():
            whole = world.build()
        with sqlite3.connect(live) as source, sqlite3.connect(pristine) as target:
            source.backup(target)
    yield Site(app, whole, live, pristine)
    with app.app_context():
        db.engine.dispose()


def read_here(data: bytes, filename: str, limits: Limits) -> Workbook:
    return read_workbook(data, filename, max_rows=limits.rows)


def _spare_the_machine(patch: pytest.MonkeyPatch) -> None:
    """Cheap hashes, no child process for a spreadsheet, no printing: what is tested here is who may, not how."""
    hashing._decoy.cache_clear()
    patch.setattr(hashing, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    patch.setattr(opening, "read_workbook_apart", read_here)
    patch.setattr(tasks, "render_pdf", lambda paper, **options: b"%PDF-1.7 " + paper.code.encode())


@pytest.fixture
def site(built: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Form tokens are off here: test_forged.py is about them. Tries at certificates are counted anew."""
    _spare_the_machine(monkeypatch)
    monkeypatch.setitem(built.app.config, "WTF_CSRF_ENABLED", False)
    built.app.extensions["certificate_checks"] = Limiter()
    yield built
    built.restore()
    hashing._decoy.cache_clear()
