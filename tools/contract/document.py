"""The whole document, the same on every machine: no dates, no paths, no random values."""

from __future__ import annotations

import json
import logging
import secrets
import tempfile
from pathlib import Path
from typing import Any

from flask import Flask

from lms import create_app
from lms.config import Settings
from tools.contract import journeys, surfaces
from tools.contract.commands import commands

FILE = Path(__file__).resolve().parents[2] / "docs" / "test-contract.json"
SCHEMA = "lhp-test-contract/1"
ABOUT = (
    "Names that scripts and acceptance checks may rely on. Made by `make contract` from the product itself; a test "
    "keeps it true. To try it: `lms demo` (or `make demo`) makes a site with invented people at base_url."
)
EXITS = {"0": "done", "1": "refused, with the reason on stderr", "2": "wrong usage"}


def as_text() -> str:
    return json.dumps(contract(), ensure_ascii=False, indent=1) + "\n"


def contract() -> dict[str, Any]:
    """Raises `NotServed` where a journey asks for what the application does not answer."""
    app = _application()
    for name, journey in journeys.JOURNEYS.items():
        for request in surfaces.unserved(app, journey["steps"]):
            raise surfaces.NotServed(f"journey {name}: {request}")
    return {
        "schema": SCHEMA,
        "about": ABOUT,
        "base_url": Settings.model_fields["base_url"].default,
        "paths": surfaces.paths(app),
        "how_to_walk": journeys.HOW_TO_WALK,
        "journeys": journeys.JOURNEYS,
        "order": journeys.ORDER,
        "answer_key": journeys.KEY,
        "exit_codes": EXITS,
        "commands": commands(app),
        "environment": surfaces.environment(),
        "demo": surfaces.demo(),
    }


def _application() -> Flask:
    """As in production, on a folder of its own that is gone again; no database is opened."""
    with tempfile.TemporaryDirectory() as folder:
        key = secrets.token_urlsafe(48)
        settings = Settings(_env_file=None, environment="production", secret_key=key, instance_dir=Path(folder))
        logging.disable(logging.INFO)
        try:
            return create_app(settings)
        finally:
            logging.disable(logging.NOTSET)
