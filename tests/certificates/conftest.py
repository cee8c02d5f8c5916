"""The room as it is served, and visitors to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.certificates.people import HERE, Visitor
from tests.factories import Make


@pytest.fixture
def room(app: Flask) -> Flask:
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def stranger(room: Flask) -> Visitor:
    return Visitor(room)


@pytest.fixture
def as_person(room: Flask, make: Make) -> Callable[[int], Visitor]:
    """Sign somebody of the register in."""
    return lambda person_id: Visitor(room, make.account(person_id=person_id))


@pytest.fixture
def as_office(room: Flask, make: Make) -> Callable[..., Visitor]:
    """Sign somebody of an office in, with one right over one unit."""

    def sign_in(capability: str = "manager", unit: str | None = HERE, person_id: int | None = None) -> Visitor:
        account = make.account("Sơn Thị Ánh", person_id=person_id, capability=capability, unit=unit)
        return Visitor(room, account)

    return sign_in
