"""Is the process alive, may it be given work."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from lms import create_app
from lms.operate import schema
from tests.databases import settings_for


def test_ready_on_a_durable_database_that_is_up_to_date(app: Flask, client: FlaskClient) -> None:
    app.extensions["readiness"].append(schema.faults)
    assert client.get("/healthz").json == {"alive": True}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True})


def test_not_ready_before_the_migrations(tmp_path: Path) -> None:
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'empty.sqlite'}", tmp_path))
    app.extensions["readiness"].append(schema.faults)
    with capture_logs() as logs:
        answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False})
    assert "schema is at nothing" in str(logs)


def test_not_ready_without_a_database_but_alive(tmp_path: Path) -> None:
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'no-such-folder' / 'x.sqlite'}", tmp_path))
    client = app.test_client()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False})
    assert client.get("/healthz").status_code == 200
