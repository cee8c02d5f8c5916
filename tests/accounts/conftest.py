"""A browser that behaves like one: each request in its own context, form tokens read from pages, cookies kept."""

from __future__ import annotations

import contextvars
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, request
from werkzeug.test import TestResponse

from lms.access import GrantValue, Viewer, signed_in
from lms.access.current import act_as, viewer
from lms.accounts import hashing, operations
from lms.accounts.models import Account
from lms.db import db
from tests.cheap_hashes import cheaply_hashed

PIN = "482913"
PHONE = "0912 345 678"
E164 = "+84912345678"
ROOT = Viewer(name="test", grants=(GrantValue("administrator"), GrantValue("manager")))
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same library at the lowest price: what is tested here is who may enter, not how long it takes."""
    yield from cheaply_hashed(monkeypatch)


@pytest.fixture
def real_hashing(quick_hashing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_hasher", PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1))


@dataclass
class Page:
    """An answer, with what a person would see."""

    answer: TestResponse

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def text(self) -> str:
        return html.unescape(self.answer.get_data(as_text=True))

    @property
    def location(self) -> str:
        return self.answer.headers.get("Location", "")

    @property
    def hidden(self) -> list[tuple[str, str]]:
        found = _HIDDEN.findall(self.answer.get_data(as_text=True).partition("<main")[2])
        return [(html.unescape(name), html.unescape(value)) for name, value in found]


class Browser:
    def __init__(self, app: Flask, agent: str = "Mozilla/5.0 (Linux; Android 10) Chrome/118 Mobile") -> None:
        self.client = app.test_client()
        self.agent = agent
        self.token = ""

    def get(self, url: str, **options: Any) -> Page:
        return self._send("get", url, **options)

    def post(self, url: str, data: Any = None, **options: Any) -> Page:
        """As a form of the last page would: with its token. Give `data` as pairs to repeat a field."""
        pairs = list(data.items() if isinstance(data, dict) else data or [])
        fields: dict[str, list[Any]] = {"csrf_token": [self.token]}
        for name, value in pairs:
            fields.setdefault(name, []).append(value)
        return self._send("post", url, data=fields, **options)

    def sign_in(self, phone: str = PHONE, pin: str = PIN, url: str = "/dang-nhap") -> Page:
        self.get(url if "khac" in url else f"{url}{'&' if '?' in url else '?'}khac=1")
        return self.post(url, {"phone": phone, "pin": pin})

    def _send(self, method: str, url: str, **options: Any) -> Page:
        headers = {"User-Agent": self.agent} | options.pop("headers", {})
        send: Callable[..., TestResponse] = getattr(self.client, method)
        # A request must not share the test's application context: sessions and form tokens hang on it.
        page = Page(contextvars.Context().run(send, url, headers=headers, **options))
        found = _TOKEN.search(page.answer.get_data(as_text=True)) if page.answer.mimetype == "text/html" else None
        self.token = found[1] if found else self.token
        db.session.rollback()
        return page


@pytest.fixture
def site(app: Flask) -> Flask:
    """The application with pages of its own: to write on, to read, to send to, and one that nobody declared."""

    def echo() -> str:
        return f"{viewer().actor} {sorted(request.form.items(multi=True))} {sorted(request.values.items(multi=True))}"

    app.add_url_rule("/thu", "thu", signed_in(echo), methods=["GET", "POST"])
    app.add_url_rule("/chi-doc", "chi_doc", signed_in(lambda: viewer().actor), methods=["GET"])
    app.add_url_rule("/chi-gui", "chi_gui", signed_in(lambda: "sent"), methods=["POST"])
    app.add_url_rule("/quen", "quen", lambda: "nobody said who may")
    return app


@pytest.fixture
def browser(site: Flask) -> Browser:
    return Browser(site)


class Accounts:
    """Short ways to accounts, made by the operator."""

    def staff(self, name: str = "Trần Văn Mẫu", phone: str | None = PHONE, pin: str | None = PIN) -> int:
        with self.acting(), db.write():
            account_id = operations.create_account(name=name, phone=phone).id
        if pin:
            self.pin(account_id, pin)
        return account_id

    def learner(self, person_id: int, phone: str | None = PHONE, pin: str | None = PIN) -> int:
        with self.acting(), db.write():
            account_id = operations.create_account(person_id=person_id, phone=phone).id
        if pin:
            self.pin(account_id, pin)
        return account_id

    def pin(self, account_id: int, pin: str) -> None:
        ready = operations.judge_pin(account_id, pin, self.of(account_id).phone)
        assert isinstance(ready, operations.ReadyPin), ready
        with self.acting(), db.write():
            operations.choose_pin(account_id, ready)

    def card(self, account_id: int) -> operations.CardSecret:
        with self.acting(), db.write():
            return operations.issue_card(account_id)

    def reset(self, account_id: int) -> str:
        with self.acting(), db.write():
            return operations.reset_pin(account_id)

    def grant(self, account_id: int, capability: str, unit_id: int | None = None, line: str | None = None) -> int:
        with self.acting(), db.write():
            return operations.grant(account_id, capability, unit_id, line).id

    def of(self, account_id: int) -> Account:
        from sqlalchemy import select

        from lms.people.scope import unscoped

        db.session.rollback()
        return db.session.scalars(unscoped(select(Account).where(Account.id == account_id), "test")).one()

    class acting:
        """Act as somebody for a while; the operator unless told otherwise."""

        def __init__(self, who: Viewer = ROOT) -> None:
            self.who, self.before = who, viewer()

        def __enter__(self) -> None:
            act_as(self.who)

        def __exit__(self, *error: object) -> None:
            act_as(self.before)


@pytest.fixture
def accounts(app: Flask) -> Accounts:
    return Accounts()
