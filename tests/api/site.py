"""A small world with one account of each kind, each with a cookie and a token, and programs that use them."""

from __future__ import annotations

import contextvars
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.access import SCOPES, SYSTEM
from lms.access.current import act_as
from lms.accounts import operations
from lms.accounts.models import ApiToken
from lms.accounts.operations.tokens import NewToken
from lms.db import db, utc_now
from tests.certificates.people import ELSEWHERE, HERE, certified
from tests.factories import Make
from tests.quizzes.learners import new_learner

ROLES = ("learner", "trainer", "organiser", "manager", "inspector", "administrator")
AREA = {"organiser": HERE, "manager": HERE, "inspector": "vl"}
YEAR = timedelta(days=365)


@dataclass
class World:
    """`accounts`, `tokens` (of programs) and `visits` (of browsers) by role; `code` of the learner's certificate."""

    accounts: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    visits: dict[str, str] = field(default_factory=dict)
    code: str = ""


def build(make: Make) -> World:
    """In the database of the pushed application: a course, its learner, the office of her ward and province."""
    world = World()
    make.edition()
    learner = new_learner(make)
    world.accounts = {"learner": learner.account_id}
    for role in ROLES[1:]:
        world.accounts[role] = make.account(f"Người Mẫu {role}", capability=role, unit=AREA.get(role))
    far = make.person("Trầm Quế Bần Chua")
    make.assignment(far, "CTV_DS", ELSEWHERE, date(2025, 7, 1))
    world.code = certified(learner.person_id).code
    for role, account in world.accounts.items():
        world.tokens[role] = token(account).text
        with db.write():
            world.visits[role] = operations.open_session(account, "Chrome")
    return world


def token(account_id: int, scopes: Sequence[str] = SCOPES, life: timedelta = YEAR, name: str = "Máy thử") -> NewToken:
    """Made by the operator, as `lms accounts token create` does."""
    act_as(SYSTEM)
    with db.write():
        return operations.create_token(account_id, name, scopes, life)


def row(token_id: int) -> ApiToken:
    """As it stands in the database now."""
    db.session.rollback()
    wanted = select(ApiToken).where(ApiToken.id == token_id).execution_options(populate_existing=True)
    return db.session.scalars(wanted).one()


def cookie(app: Flask, visit: str) -> str:
    """The header of a browser whose visit is under way."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    told = {"language": "vi", "_user_id": visit, "_fresh": True, "used_at": utc_now().timestamp()}
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(told)}"


class Program:
    """Sends requests with a token, without any cookie but those it is given."""

    def __init__(self, app: Flask, token: str = "", **headers: str) -> None:
        self.app = app
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.headers |= {name.replace("_", "-"): value for name, value in headers.items()}

    def get(self, url: str, **options: Any) -> TestResponse:
        return self.send("GET", url, **options)

    def post(self, url: str, **options: Any) -> TestResponse:
        return self.send("POST", url, **options)

    def send(self, method: str, url: str, **options: Any) -> TestResponse:
        # A request must not share the test's application context: its session and its viewer hang on it.
        headers = self.headers | options.pop("headers", {})
        client = self.app.test_client(use_cookies=False)
        answer = contextvars.Context().run(client.open, url, method=method, headers=headers, **options)
        db.session.rollback()
        return answer
