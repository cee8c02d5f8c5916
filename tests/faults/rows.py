"""Straight to the rows by the drivers: what the tests count must not pass through the code that they test."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import psycopg

Row = tuple[Any, ...]


def rows(url: str, sql: str) -> list[Row]:
    """The rows of a SELECT that both engines understand. `url`: SQLAlchemy's."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as found:
        return found.execute(sql).fetchall()  # type: ignore[arg-type]


def from_json(value: Any) -> Any:
    """A JSON column as SQLite (text) or psycopg (read already) gives it."""
    return json.loads(value) if isinstance(value, str) else value
