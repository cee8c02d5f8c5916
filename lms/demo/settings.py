"""The demo's settings, kept in `lms.env` of its instance folder so that every `lms …` command finds them there."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click
from dotenv import dotenv_values

from lms.config import Settings

HEAD = "# Written by lms demo: invented people only. A real site has a folder and settings of its own.\n"
SHOWN = "LMS_ENVIRONMENT=demo\nLMS_DRAFT_LANGUAGES=true\n"
"""Visitors of the demo see the drafts of Khmer and English, marked as such; an office decides for itself."""


def demo_settings(port: int) -> Settings:
    """For this process and its children (web, worker). Refuses a folder that is a real site's."""
    folder = Path(os.environ.get("LMS_INSTANCE_DIR", "instance")).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ |= _kept(folder) | {
        "LMS_INSTANCE_DIR": str(folder),
        "LMS_DATABASE_URL": "",  # never the database of a site that this shell was set up for
        "LMS_BASE_URL": f"http://127.0.0.1:{port}",
    }
    return Settings(_env_file=None)


def _kept(folder: Path) -> dict[str, str]:
    """What `lms.env` says; written at the first start, readable by its owner alone."""
    path = folder / "lms.env"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"{HEAD}{SHOWN}LMS_SECRET_KEY={secrets.token_urlsafe(48)}\n", encoding="utf-8")
    kept = {name: value for name, value in dotenv_values(path).items() if value is not None}
    if kept.get("LMS_ENVIRONMENT") != "demo":
        raise click.ClickException(f"{path} is a real site's. Give the demo another folder with LMS_INSTANCE_DIR.")
    return kept
