"""Handing in quizzes of 20 items against a bare Flask route that commits the same rows, on both durable databases."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from benchmarks.bare import committing, served
from benchmarks.countries import engines
from benchmarks.driving import drive, request
from benchmarks.figures import Figure, at_least
from benchmarks.sites import site
from lms.db import db
from tests.faults.client import URL, Sent, prepare
from tests.faults.rows import rows
from tests.faults.seeding import Paper, seed
from tests.faults.site import Site

NEW = {"submission": "id", "achievement": "id", "certificate": "id", "audit_entry": "seq", "audit_detail": "seq"}
"""Tables to which a passed quiz adds rows, and the numbers of these."""
CLOSED = "SELECT id FROM attempt WHERE closed_at IS NOT NULL"
JSON_HEADERS = {"X-LHP": "1", "Content-Type": "application/json"}
Rows = Mapping[str, list[list[Any]]]


@dataclass(frozen=True)
class Size:
    """`each`: submissions of a block."""

    each: int
    blocks: int


SMALL, FULL = Size(20, 2), Size(600, 5)


def run(*, full: bool) -> Iterator[Figure]:
    for engine in engines():
        with site(engine) as one:
            yield from _engine(engine, one, FULL if full else SMALL)


def _engine(engine: str, one: Site, size: Size) -> Iterator[Figure]:
    """The background worker prints the certificates meanwhile, as it does on a site."""
    asked = list(_requests(seed(one.app, size.each * (size.blocks + 1) + 1)))
    one.serve()
    written = _written_by(one, asked.pop()[1])
    _make_tables(one, written)
    bare = request("/rows", body=b'{"id": "1"}', headers=JSON_HEADERS)
    with served(committing, one.env | {"BARE_ROWS": json.dumps(written)}, "/rows") as port:
        ours, theirs = _alternating(one.port, [found for _, found in asked], port, bare, size)
    count = sum(map(len, written.values()))
    yield at_least(f"{engine}: submissions", round(ours, 1), "/s", 120, f"{count} rows each, {size.blocks} blocks")
    yield Figure(f"{engine}: bare route, same rows", round(theirs, 1), "/s")
    yield at_least(f"{engine}: submissions / bare", round(ours / theirs, 2), "×", 0.5)


def _alternating(port: int, asked: Sequence[bytes], bare: int, same: bytes, size: Size) -> tuple[float, float]:
    """The medians of both rates; a first block of each warms them and is not counted."""
    ours, theirs = [], []
    for block in range(size.blocks + 1):
        ours.append(_rate(port, asked[block * size.each : (block + 1) * size.each]))
        theirs.append(_rate(bare, [same] * size.each))
    return statistics.median(ours[1:]), statistics.median(theirs[1:])


def _rate(port: int, requests: Sequence[bytes]) -> float:
    found = drive(port, requests)
    if found.unexpected:
        raise RuntimeError(f"answers: {dict(found.statuses)}")
    return found.rate


def _requests(papers: Sequence[Paper]) -> Iterator[tuple[Sent, bytes]]:
    """The last one is a pass: it shows which rows a pass writes."""
    rng = random.Random(len(papers))
    made = [(prepare(paper, rng), paper) for paper in papers]
    made.sort(key=lambda pair: pair[0].claim.passed and pair[1] is papers[-1])
    while not made[-1][0].claim.passed:
        made[-1] = (prepare(made[-1][1], rng), made[-1][1])
    for sent, paper in made:
        yield sent, request(URL, paper.cookie, body=sent.body, headers=JSON_HEADERS)


def _written_by(one: Site, asked: bytes) -> Rows:
    """The rows that one passed quiz adds, and those it changes, as they are afterwards."""
    before = {table: rows(one.url, f"SELECT coalesce(max({key}), 0) FROM {table}")[0][0] for table, key in NEW.items()}
    _rate(one.port, [asked])
    questions = {table: f"SELECT * FROM {table} WHERE {key} > {before[table]}" for table, key in NEW.items()}
    questions["item_result"] = f"SELECT * FROM item_result WHERE attempt_id IN ({CLOSED})"
    questions["attempt"] = f"SELECT * FROM attempt WHERE id IN ({CLOSED})"
    questions["certificate_book"] = "SELECT * FROM certificate_book"
    found = {table: rows(one.url, question) for table, question in questions.items()}
    return {table: [list(map(_plain, row)) for row in some] for table, some in found.items() if some}


def _plain(value: Any) -> Any:
    """As a parameter that both drivers take for any column."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _make_tables(one: Site, written: Rows) -> None:
    statements = [f"CREATE TABLE bare_{table} AS SELECT * FROM {table} WHERE 1 = 0" for table in written]
    with one.app.app_context(), db.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
