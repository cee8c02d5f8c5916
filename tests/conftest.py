"""Fixtures for every test: an application on its own fresh database, on SQLite or on both engines (mark `both`)."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

from lms import create_app
from lms.db import db
from tests import answers, compiled, databases, factories, logged
from tests.long import LONG
from tests.scheduling import WholeModules

# How long an example takes says something of the machine, nothing of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
compiled.share_addresses()
gc.set_threshold(50_000, 20, 20)  # a suite keeps much and drops little: looking for garbage took a tenth of its time


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both: runs on SQLite and on PostgreSQL")
    config.addinivalue_line("markers", "browser: needs Chromium")
    config.addinivalue_line("markers", "long: counts further in the long run (`make faults`)")
    config.addinivalue_line("markers", "attack(case): holds this case of the safety plan, §4.2")
    if not hasattr(config, "workerinput"):
        config.lms_databases = databases.Databases()
        config.lms_databases.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "lms_databases"):
        config.lms_databases.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if "LMS_TEST_PG" not in os.environ:
        terminalreporter.write_line("LEFT OUT: everything on PostgreSQL (not installed: apt-get install postgresql)")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeModules:
    return WholeModules(config, log)


def pytest_itemcollected(item: pytest.Item) -> None:
    if "tests/faults/" in item.nodeid or getattr(getattr(item, "module", None), "LONG", None) is LONG:
        item.add_marker("long")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        engines = ["sqlite"]
        if metafunc.definition.get_closest_marker("both") and "LMS_TEST_PG" in os.environ:
            engines.append("postgresql")
        metafunc.parametrize("engine", engines, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def database_url(engine: str, tmp_path: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield databases.new_sqlite(tmp_path)
        return
    url = databases.new_postgres()
    yield url
    databases.drop_postgres(url)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application with reference data (units, roles, plan); an application context is pushed."""
    made = create_app(databases.settings_for(database_url, tmp_path))
    compiled.share_templates(made)
    with logged.watched() as named, made.app_context():
        faults = answers.watch(made)
        yield made
        db.session.rollback()
    with made.app_context():
        db.engine.dispose()
    assert (faults, named) == ([], []), "an answer that is not as documented, or a log line that names somebody"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture
def make(app: Flask) -> factories.Make:
    return factories.Make()
