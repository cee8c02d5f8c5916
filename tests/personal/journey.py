"""A walk through every route of a served site, by real requests, with things that must get nowhere in all of them."""

from __future__ import annotations

import http.client
import io
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from itsdangerous import URLSafeTimedSerializer
from werkzeug.routing import Rule
from werkzeug.test import stream_encode_multipart

from lms.db import utc_now
from tests.access.site import CHANGES, READS
from tests.access.site import Site as Routes
from tests.faults.site import Site

FORM_TOKEN = "4b1c0ffee4b1c0ffee4b1c0ffee4b1c0ffee4b1c"
LAST = ("/dang-xuat", "/tai-khoan/dang-xuat-moi-noi", "/quan-tri/tai-khoan/<int:account_id>/dang-xuat")
"""These end visits that the walk still needs."""


@dataclass(frozen=True)
class Answered:
    actor: str
    method: str
    path: str
    status: int
    headers: dict[str, str]
    body: bytes


class Walk:
    """`token`: a program's, of the learner. `answers`: everything that came back."""

    def __init__(self, site: Site, routes: Routes, token: str) -> None:
        self.site, self.routes, self.token = site, routes, token
        self.app = site.app
        self.answers: list[Answered] = []

    def read_everything(self, actor: str, query: str = "") -> None:
        """Each address that can be opened, with `query` behind it."""
        for method, rule in self.routes.rules():
            if method in READS:
                path = self.routes.url(rule)
                self.send(actor, method, path + ("&" if "?" in path else "?") * bool(query) + query)

    def write_everything(self, actor: str, said: str) -> None:
        """Each form, filled in as it should be but for what is free text: that is `said`."""
        for _method, rule in self._forms():
            sent = self.routes.sends(rule)
            if "json" in sent:
                self.send(actor, "POST", self.routes.url(rule), json={**sent["json"], "note": said}, **{"X-LHP": "1"})
            else:
                fields = {name: self._said(name, value, said) for name, value in sent["data"].items()}
                self.send(actor, "POST", self.routes.url(rule), data=fields)

    def send(
        self, actor: str, method: str, path: str, data: dict[str, Any] | None = None, json: Any = None, **headers: str
    ) -> Answered:
        head = {"Cookie": self.cookie(actor), "Referer": f"http://127.0.0.1:{self.site.port}/", **headers}
        body: bytes | None = None
        if json is not None:
            body, head["Content-Type"] = self.app.json.dumps(json).encode(), "application/json"
        elif data is not None:
            body, head["Content-Type"] = _multipart(data | {"csrf_token": self._form_token()})
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        try:
            connection.request(method, path, body, head)
            answer = connection.getresponse()
            got = Answered(actor, method, path, answer.status, _titled(answer.getheaders()), answer.read())
        finally:
            connection.close()
        self.answers.append(got)
        return got

    def cookie(self, actor: str) -> str:
        """Of a visit under way, with the form token that `send` sends."""
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        visit: dict[str, Any] = {"language": "vi", "csrf_token": FORM_TOKEN}
        if actor in self.routes.world.tokens:
            token = self.routes.world.tokens[actor]
            visit |= {"_user_id": token, "_fresh": True, "used_at": utc_now().timestamp()}
        return f"{self.app.config['SESSION_COOKIE_NAME']}={serializer.dumps(visit)}"

    def _form_token(self) -> str:
        return str(URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps(FORM_TOKEN))

    def _forms(self) -> list[tuple[str, Rule]]:
        return [one for one in self.routes.rules() if one[0] in CHANGES and one[1].rule not in LAST]

    @staticmethod
    def _said(name: str, value: Any, said: str) -> Any:
        return said if name in ("full_name", "note", "office", "why", "message", "name", "title") else value


@contextmanager
def garbled(database: Path, table: str, column: str, value: str) -> Iterator[None]:
    """A column that suddenly holds something nobody wrote: who reads it raises an error that nobody foresaw."""
    with sqlite3.connect(database, timeout=30) as connection:
        before = connection.execute(f"SELECT {column}, id FROM {table}").fetchall()
        connection.execute(f"UPDATE {table} SET {column} = ?", [value])
    try:
        yield
    finally:
        with sqlite3.connect(database, timeout=30) as connection:
            connection.executemany(f"UPDATE {table} SET {column} = ? WHERE id = ?", before)


@contextmanager
def broken(database: Path, *tables: str) -> Iterator[None]:
    """Tables that are suddenly not there: whatever asks for them raises in the middle of its work."""
    _rename(database, [(table, f"{table}_away") for table in tables])
    try:
        yield
    finally:
        _rename(database, [(f"{table}_away", table) for table in tables])


def _rename(database: Path, pairs: list[tuple[str, str]]) -> None:
    connection = sqlite3.connect(database, timeout=30)
    try:
        connection.execute("PRAGMA legacy_alter_table = ON")  # triggers and keys go on naming the table
        for old, new in pairs:
            connection.execute(f"ALTER TABLE {old} RENAME TO {new}")
        connection.commit()
    finally:
        connection.close()


def _titled(headers: list[tuple[str, str]]) -> dict[str, str]:
    """Location, Content-Disposition: whatever letters the server writes them in."""
    return {name.title(): value for name, value in headers}


def query_of(**words: str) -> str:
    return urlencode(words, quote_via=quote)


def _multipart(data: dict[str, Any]) -> tuple[bytes, str]:
    fields = {
        name: (io.BytesIO(value[0].getvalue()), value[1]) if isinstance(value, tuple) else value
        for name, value in data.items()
    }
    stream, _length, boundary = stream_encode_multipart(fields)
    return stream.read(), f"multipart/form-data; boundary={boundary}"
