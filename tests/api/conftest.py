"""The world of site.py, on a database of its own for each test."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.api import site
from tests.api.site import Program, World
from tests.factories import Make


@pytest.fixture
def world(app: Flask, make: Make) -> World:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return site.build(make)


@pytest.fixture
def nobody(app: Flask) -> Program:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return Program(app)
