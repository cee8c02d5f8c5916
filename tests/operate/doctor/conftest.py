"""The settings of an installation that is fit, to be spoiled in one thing."""

from __future__ import annotations

import secrets

import pytest
from flask import Flask

from lms.config import Settings
from lms.jobs.queue import alive_path
from lms.operate import schema


@pytest.fixture
def fit(app: Flask, engine: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """In production, behind a proxy, with a worker and a backup; the application is told so, too.

    The PostgreSQL of the tests is quick and keeps nothing through a crash: that one fault is passed over.
    """
    if engine == "postgresql":
        monkeypatch.setattr(schema, "not_durable", lambda connection: [])
    settings: Settings = app.extensions["settings"]
    backups = settings.instance_dir / "backups"
    backups.mkdir()
    (backups / "lms-1.backup").touch()
    (settings.instance_dir / "checkpoints").mkdir()
    (settings.instance_dir / "checkpoints" / "2026-11-30.json").touch()
    alive_path(settings).touch()
    changes = {
        "environment": "production",
        "base_url": "https://hoc.phuong.example",
        "behind_proxy": True,
        "secret_key": secrets.token_urlsafe(48),
        "backup_dir": backups,
    }
    app.extensions["settings"] = made = settings.model_copy(update=changes)
    app.config["SESSION_COOKIE_SECURE"] = True
    return made
