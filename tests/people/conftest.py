"""A ward with hamlets, managers of it and of another, and a browser that is one of them."""

from __future__ import annotations

import contextvars
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.access import NOBODY, SYSTEM, GrantValue, Viewer, policy_of
from lms.access.current import act_as
from lms.accounts import guard
from lms.db import db
from lms.people.models import Assignment, Person, Role
from lms.people.scope import unscoped
from lms.people.views import bp
from tests.factories import Make
from tests.people.lists import LIST_DATE, WARD

ELSEWHERE = "vl/hoa-thuan"
HAMLETS = ("Khóm 1", "Khóm 2", "Khóm 4", "Khóm 5")


@pytest.fixture
def ward(app: Flask, make: Make) -> Iterator[int]:
    """The ward's id, with four invented hamlets; the operator acts."""
    for name in HAMLETS:
        make.unit(name, parent=WARD, start=date(2025, 7, 1))
    act_as(SYSTEM)
    yield make.unit_id(WARD)
    act_as(NOBODY)


def manager(make: Make, unit: str | None = WARD, line: str | None = None, account: int = 1) -> Viewer:
    grant = GrantValue("manager", make.unit_id(unit) if unit else None, line)
    return Viewer(account_id=account, name="Sơn Thị Ánh", grants=(grant,))


def holder(make: Make, capability: str, unit: str = WARD) -> Viewer:
    return Viewer(account_id=9, name="Trần Văn Mẫu", grants=(GrantValue(capability, make.unit_id(unit)),))


@dataclass(frozen=True)
class Held:
    """A person with a post, as anybody would say it."""

    name: str
    birth: str
    sex: str | None
    phones: tuple[str | None, str | None]
    role: str
    unit_id: int
    first_day: date
    last_day: date | None


def register() -> list[Held]:
    """All that the register holds to be true, without ids: what "as before" means."""
    statement = (
        select(Person, Assignment, Role.code)
        .outerjoin(Assignment, (Assignment.person_id == Person.id) & Assignment.superseded_at.is_(None))
        .outerjoin(Role, Role.id == Assignment.role_id)
        .where(Person.superseded_at.is_(None))
    )
    found = [_held(*row) for row in db.session.execute(unscoped(statement, "test"))]
    db.session.rollback()
    return sorted(found, key=repr)


def _held(person: Person, post: Assignment | None, role: str | None) -> Held:
    birth = f"{person.birth_date} {person.birth_precision}" if person.birth_date else ""
    return Held(
        person.full_name,
        birth,
        person.sex,
        (person.phone, person.phone_spare),
        role or "",
        post.unit_id if post else 0,
        post.first_day if post else LIST_DATE,
        post.last_day if post else None,
    )


@dataclass
class Page:
    answer: TestResponse

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def text(self) -> str:
        """What is on the page, without tags and extra spaces."""
        whole = html.unescape(self.answer.get_data(as_text=True)).partition("<main")[2]
        return " ".join(re.sub(r"<[^>]+>", " ", whole).split())

    @property
    def source(self) -> str:
        return html.unescape(self.answer.get_data(as_text=True))

    @property
    def location(self) -> str:
        return self.answer.headers.get("Location", "")


class Office:
    """A browser of somebody who has signed in; `viewer` may be changed between requests."""

    def __init__(self, app: Flask, viewer: Viewer) -> None:
        self.viewer = viewer
        self.client = app.test_client()
        app.config["WTF_CSRF_ENABLED"] = False
        before = app.before_request_funcs[None]
        before[before.index(guard.guard)] = self._enter
        self.app = app

    def _enter(self) -> Any:
        act_as(self.viewer)
        if request.endpoint in (None, "static"):
            return None
        return guard._enforce(policy_of(self.app.view_functions[request.endpoint or ""]), None, None)

    def get(self, url: str, **options: Any) -> Page:
        return self._send("get", url, **options)

    def post(self, url: str, data: Any = None, **options: Any) -> Page:
        return self._send("post", url, data=data or {}, **options)

    def _send(self, method: str, url: str, **options: Any) -> Page:
        # A request must not share the test's application context: the viewer and the session hang on it.
        answer = contextvars.Context().run(getattr(self.client, method), url, **options)
        db.session.rollback()
        return Page(answer)


@pytest.fixture
def office(app: Flask, make: Make, ward: int) -> Office:
    """The manager of the ward at her desk."""
    if "people" not in app.blueprints:  # until lms/rooms.py lists this room
        app.register_blueprint(bp)
    return Office(app, manager(make))
