"""The served application over the world: requests as an actor, what they changed, and back to how it was."""

from __future__ import annotations

import hashlib
import io
import re
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.accounts.hashing import token_hash
from lms.accounts.operations import card_mark
from lms.db import utc_now
from tests.access.world import GOLD, MODULE, World

Row = tuple[Any, ...]
Dump = dict[str, dict[int, dict[str, Any]]]
READS, CHANGES = ("GET",), ("POST", "PUT", "PATCH", "DELETE")
REFUSALS = (401, 403, 404)
GRANTED_BUT = (400, 409, 413, 415, 422)
STAMPS = {("sign_in_session", "last_seen")}
CLIENT_ID = "5f0c2c1e-8d7b-4c39-9d55-0a4d6f3b7e21"
LESSON = f"modules/{MODULE}/lesson-01.vi.md"
ASKED = {"authoring.preview": f"?tep={LESSON}"}
_PARAMETER = re.compile(r"<(?:[^:>]+:)?(\w+)>")


@dataclass(frozen=True, order=True)
class Change:
    """`what`: "new", "gone", or the name of the column that is different in the row `key`."""

    table: str
    what: str
    key: int


@dataclass
class Answer:
    response: TestResponse
    flashed: bool

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def location(self) -> str:
        return self.response.headers.get("Location", "")

    @property
    def to_sign_in(self) -> bool:
        return 300 <= self.status < 400 and urlsplit(self.location).path == "/dang-nhap"

    @cached_property
    def words(self) -> str:
        """All text of the answer; spreadsheets are unpacked."""
        data = self.response.get_data()
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                data = b" ".join(book.read(name) for name in book.namelist())
        return data.decode("utf-8", "replace")


class Site:
    """One application on one database, put back after each request that changed it."""

    def __init__(self, app: Flask, world: World, live: Path, pristine: Path) -> None:
        self.app, self.world = app, world
        self.live = sqlite3.connect(live)
        self.live.execute("PRAGMA synchronous = OFF")
        self.pristine = sqlite3.connect(pristine)
        self.before = dump(self.pristine)
        self.version = self._version()

    def ask(self, actor: str, method: str, url: str, data: Any = None, **options: Any) -> Answer:
        """The answer to `actor`, on a browser that was used a moment ago. Never follows a redirect."""
        client = self.app.test_client()
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self.cookie(actor), domain="localhost")
        response = client.open(url, method=method, data=data, **options)
        with client.session_transaction() as session:
            flashed = bool(session.get("_flashes"))
        return Answer(response, flashed)

    def cookie(self, actor: str) -> str:
        """The signed cookie of a visit under way; nobody's is empty, as a first visit's."""
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        visit: dict[str, Any] = {"language": "vi"}
        if actor in self.world.tokens:
            visit |= {"_user_id": self.world.tokens[actor], "_fresh": True, "used_at": utc_now().timestamp()}
        signed: str = serializer.dumps(visit)
        return signed

    @property
    def touched(self) -> bool:
        return self._version() != self.version

    def changes(self) -> set[Change]:
        """What is different from the world as it was built, but for the stamps of who was seen when."""
        return compare(self.before, dump(self.live)) if self.touched else set()

    def restore(self) -> None:
        if self.touched:
            self.pristine.backup(self.live)
            self.version = self._version()

    def rules(self) -> list[tuple[str, Rule]]:
        """(method, rule) of every route, those of static files left out."""
        found = [
            (method, rule)
            for rule in self.app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) & {*READS, *CHANGES})
            if rule.endpoint != "static"
        ]
        return sorted(found, key=lambda one: (one[1].rule, one[0]))

    def url(self, rule: Rule) -> str:
        """The address of the route's object here. Raises LookupError for a parameter nobody has told about."""
        return _PARAMETER.sub(lambda match: str(self._object(rule, match[1])), rule.rule) + ASKED.get(rule.endpoint, "")

    def sends(self, rule: Rule, /, **extra: Any) -> dict[str, Any]:
        """Options of `ask`: what the route's form, or the program that uses it, sends when all is well."""
        document = documents(self.world).get(rule.endpoint)
        if document is not None:
            return {"json": document | extra, "headers": {"X-LHP": "1"}}
        return {"data": forms(self.world).get(rule.endpoint, dict)() | extra}

    def send(self, actor: str, rule: Rule, /, **extra: Any) -> Answer:
        """As `actor` would fill in the route's form, with fields that it does not have (`extra`)."""
        method = next(iter((rule.methods or set()) & set(CHANGES)))
        return self.ask(actor, method, self.url(rule), **self.sends(rule, **extra))

    def _object(self, rule: Rule, name: str) -> object:
        room = rule.endpoint.partition(".")[0]
        given = objects(self.world)
        for key in (f"{rule.endpoint}.{name}", f"{room}.{name}", name):
            if key in given:
                return given[key]
        raise LookupError(f"{rule.rule}: tests/access/site.py objects() does not say what <{name}> stands for")

    def _version(self) -> int:
        version: int = self.live.execute("PRAGMA data_version").fetchone()[0]
        return version


def objects(world: World) -> dict[str, object]:
    """What a parameter of an address stands for: by endpoint, by room, or by its name alone."""
    here, learner = world.here, world.here.learner
    return {
        "person_id": learner.person_id,
        "people.resolve_report.person_id": here.people[2],
        "people.unmerge.person_id": here.people[4],
        "post_id": here.posts[0],
        "import_id": here.staged,
        "people.undo_import.import_id": here.confirmed,
        "unit_id": here.unit_id,
        "account_id": learner.account_id,
        "grant_id": world.grant_id,
        "session_id": world.session_id,
        "token": world.card,
        "code": "k1",
        "kit_code": "01-nhan-ra-bao-tin",
        "course": "k1",
        "digest": world.picture,
        "m": 3,
        "n": 1,
        "certificates.code": learner.code,
        "api_certificates.code": learner.code,
        "ticket": learner.open_ticket,
        "quizzes.result.ticket": learner.closed_ticket,
        "receipt": learner.quarantined,
        "path": LESSON,
        "folder": MODULE,
        "key": "k1-m3-q01",
        "number": 1,
    }


def forms(world: World) -> dict[str, Callable[[], dict[str, Any]]]:
    """What each form sends when all is well, so that it is the right to do it that is judged. Not named: nothing."""
    here = world.here
    person = {
        "full_name": "Tăng Thị Bình Bát",
        "given_name": "",
        "birth": "1971",
        "sex": "nu",
        "phone": "0900 111 222",
        "phone_spare": "",
        "note": "",
    }
    post = {"role": "HGV", "unit": str(here.hamlet_id), "first_day": "05/05/2026"}
    lesson = {
        "opened": hashlib.sha256((GOLD / LESSON).read_bytes()).hexdigest(),
        "title": "Bài thử",
        "minutes": "4",
        "outcome": "k1-m3-o1",
        "law": "",
        "practice": "",
        "content_note": "",
        "reviewed_on": "05/06/2026",
        "body": "Một màn thử.",
    }
    return {
        "web.language": lambda: {"language": "vi", "next": "/"},
        "accounts.choose_pin": lambda: {"new_pin": "", "again": "", "current_pin": ""},
        "accounts.my_phone": lambda: {"phone": "0900 000 001", "current_pin": "482913"},
        "personal.mine": lambda: {"current_pin": "482913"},
        "accounts.print_cards": lambda: {
            "nguoi": str(here.people[1]),
            f"seen-{here.people[1]}": "none",
            "ask_phone": "0900 000 001",
        },
        "accounts.new_card": lambda: {"seen": card_mark(token_hash(world.card))},
        "accounts.new_account": lambda: {"name": "Tăng Văn Còng", "office": "Ủy ban", "phone": "0900 333 444"},
        "accounts.give": lambda: {"capability": "inspector", "unit": str(here.unit_id), "line": ""},
        "accounts.move": lambda: {"phone": "0900 555 666"},
        "people.new_person": lambda: person | post | {"another": "y"},
        "people.edit_person": lambda: person,
        "people.new_post": lambda: post,
        "people.merge": lambda: {"vao": str(here.people[1])},
        "people.end_post": lambda: {"last_day": "01/06/2026"},
        "people.correct_post": lambda: {"first_day": "01/02/2026", "last_day": ""},
        "people.new_import": lambda: {
            "file": (io.BytesIO("STT,Họ và tên,Chức danh\n1,Mã Thị Bồn Bồn,CTV DS\n".encode()), "moi.csv"),
            "unit": str(here.unit_id),
            "list_date": "01/05/2026",
        },
        "people.confirm_list": lambda: {"noi": str(here.unit_id), "nguoi": "4", "ngay": "01/05/2026", "nganh": ""},
        "people.decide": lambda: {"tiep": ""},
        "people.undo_import": lambda: {"giu": "1"},
        "people.end_missing": lambda: {"ngay": "01/06/2026"},
        "certificates.identity": lambda: {
            "answer": "right",
            "seen": world.seen,
            "next": "",
            "parts": "",
            "message": "",
        },
        "certificates.revoke": lambda: {"why": "Cấp nhầm khóa"},
        "quizzes.answer": lambda: {"save": "1"},
        "quizzes.hand_in": lambda: {"client_id": CLIENT_ID, "unanswered": "0"},
        "quizzes.decide": lambda: {"decision": "keep"},
        "authoring.new_lesson": lambda: {"title": "Bài thử"},
        "authoring.lesson": lambda: lesson,
        "authoring.delete_lesson": lambda: {"opened": lesson["opened"]},
        "authoring.move_lesson": lambda: {"step": "down"},
        "authoring.preview": lambda: lesson,
        "authoring.new_question": lambda: {"type": "single"},
    }


def documents(world: World) -> dict[str, dict[str, Any]]:
    """What programs send as JSON."""
    sent = {"id": CLIENT_ID, "ticket": world.here.learner.open_ticket, "answers": []}
    return {"api_submissions.submissions": sent}


def dump(connection: sqlite3.Connection) -> Dump:
    """Every row of every table."""
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: _rows(connection, name) for name in names if not name.startswith("sqlite_")}


def _rows(connection: sqlite3.Connection, table: str) -> dict[int, dict[str, Any]]:
    found = connection.execute(f'SELECT rowid, * FROM "{table}"')
    columns = [column[0] for column in found.description][1:]
    return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in found}


def compare(before: Dump, after: Dump) -> set[Change]:
    found = set()
    for table, rows in after.items():
        known = before[table]
        found |= {Change(table, "new", key) for key in rows.keys() - known.keys()}
        found |= {Change(table, "gone", key) for key in known.keys() - rows.keys()}
        for key in rows.keys() & known.keys():
            if rows[key] != known[key]:
                found |= {Change(table, name, key) for name in rows[key] if rows[key][name] != known[key][name]}
    return {change for change in found if (change.table, change.what) not in STAMPS}
