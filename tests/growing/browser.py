"""A browser that keeps cookies, sends forms with what stands in them, and trusts one authority."""

from __future__ import annotations

import html
import http.client
import re
import ssl
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FORM = "application/x-www-form-urlencoded"
Fields = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return html.unescape(self.body.decode())

    @property
    def location(self) -> str:
        """Its path; of another host the whole address."""
        return self.headers.get("Location", "")

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, f"no field {name} in {self.text[:400]}"
        return found[1]


class Browser:
    """One person's, coming from the address `source`. `more`: headers that are sent every time."""

    def __init__(self, port: int, context: ssl.SSLContext, source: str = "127.0.0.1", **more: str) -> None:
        self.port, self.context, self.source = port, context, source
        self.cookies: dict[str, str] = {}
        self.more = {"Accept": "text/html", **more}

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, None, headers)

    def post(self, path: str, page: Answer, fields: Fields | None = None) -> Answer:
        """The form of `page`, as its address would be told by a browser: with where it came from."""
        given = {"csrf_token": page.hidden("csrf_token"), **(fields or {})}
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"{self.origin}/",
            "Origin": self.origin,
        }
        return self.send("POST", path, urllib.parse.urlencode(given, doseq=True).encode(), sent)

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.port}"

    def send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        connection = self.connection()
        try:
            connection.request(method, path, body, {**self.more, **self._cookie(), **headers})
            return self.read(connection)
        finally:
            connection.close()

    def connection(self) -> http.client.HTTPSConnection:
        where = (self.source, 0)
        return http.client.HTTPSConnection(
            "localhost", self.port, timeout=30, context=self.context, source_address=where
        )

    def read(self, connection: http.client.HTTPSConnection) -> Answer:
        got = connection.getresponse()
        for line in got.headers.get_all("Set-Cookie", []):
            name, _, rest = line.partition("=")
            assert "; secure" in rest.lower(), line
            self.cookies[name] = rest.partition(";")[0]
        return Answer(got.status, got.headers, got.read())

    def _cookie(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
