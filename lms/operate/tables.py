"""Every table of every room, so that migrations and checks see the whole schema."""

from __future__ import annotations

import importlib

ROOMS_WITH_TABLES = (
    *("audit", "jobs", "units", "people", "accounts", "courses", "certificates", "quizzes", "coverage"),
    "operate.retention",
)


def import_models() -> None:
    for room in ROOMS_WITH_TABLES:
        importlib.import_module(f"lms.{room}.models")
