"""The table of law (content/law.yaml, schema lhp-law/1): "L13:12.2.a" as the words a learner reads."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app

from lms.courses.documents import DocumentError, decode, load_yaml

SCHEMA = "lhp-law/1"
KEY = re.compile(
    r"(?P<instrument>[A-Z]+[0-9]*):(?P<article>[0-9]+[a-z]?)(?:\.(?P<clause>[0-9]+))?(?:\.(?P<point>[a-zđ]))?"
)


@dataclass(frozen=True)
class Article:
    """`mark`: how surely its words are known (V read once, V2 twice, M from memory); `quote`: exact words."""

    mark: str
    quote: str = ""
    note: str = ""


@dataclass(frozen=True, eq=False)
class LawTable:
    """`instruments`: key → the name as it is cited; `articles`: every key that a course may cite."""

    instruments: Mapping[str, str]
    articles: Mapping[str, Article]

    def knows(self, key: str) -> bool:
        return key in self.articles


def read_law(data: bytes) -> LawTable:
    """The table from its YAML. DocumentError if it cannot be read or an article has no instrument."""
    document = load_yaml(decode(data))
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise DocumentError("law-schema")
    try:
        instruments = {str(key): str(row["name"]) for key, row in document["instruments"].items()}
        articles = {key: _article(row) for key, row in document["articles"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise DocumentError("law-schema") from error
    for key in articles:
        match = KEY.fullmatch(key)
        if match is None or match["instrument"] not in instruments:
            raise DocumentError("law-key")
    return LawTable(instruments, articles)


def _article(row: Mapping[str, str]) -> Article:
    return Article(mark=row["mark"], quote=row.get("quote") or "", note=row.get("note") or "")


def cite(table: LawTable, key: str) -> str | None:
    """As officials say it: "Điều 12 khoản 2 điểm a Luật …"; None for a key that the table does not have.

    Always in Vietnamese: names of laws are not translated (content-guide.md A6).
    """
    match = KEY.fullmatch(key)
    if match is None or not table.knows(key):
        return None
    return f"{_place(match)} {table.instruments[match['instrument']]}"


def cite_all(table: LawTable, keys: Iterable[str]) -> list[str]:
    """One piece per instrument: "Điều 12 khoản 1, Điều 34 khoản 2 Luật …". Unknown keys are left out."""
    places: dict[str, list[str]] = {}
    for key in dict.fromkeys(keys):
        match = KEY.fullmatch(key)
        if match is not None and table.knows(key):
            places.setdefault(match["instrument"], []).append(_place(match))
    return [f"{', '.join(found)} {table.instruments[instrument]}" for instrument, found in places.items()]


def law_table() -> LawTable:
    """The table of this application, read again when its file changes. FileNotFoundError without the file."""
    return _read_file(_law_path(), law_changed_at())


def law_changed_at() -> int:
    """When the table's file last changed, in nanoseconds. FileNotFoundError without the file."""
    return os.stat(_law_path()).st_mtime_ns


def _law_path() -> str:
    return f"{current_app.extensions['settings'].content_dir}/law.yaml"


@lru_cache(maxsize=4)
def _read_file(path: str, changed_at: int) -> LawTable:
    return read_law(Path(path).read_bytes())


def _place(match: re.Match[str]) -> str:
    parts: list[Any] = ["Điều", match["article"]]
    if match["clause"]:
        parts += ["khoản", match["clause"]]
    if match["point"]:
        parts += ["điểm", match["point"]]
    return " ".join(parts)
