"""A learner who has finished the lessons of a tiny course, in a browser and as a plain viewer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.certificates.people import Visitor
from tests.factories import Make
from tests.quizzes.learners import Learner, new_learner


@pytest.fixture
def edition(make: Make) -> int:
    return make.edition()


@pytest.fixture
def learner(edition: int, make: Make) -> Learner:
    return new_learner(make)


@pytest.fixture
def browser(app: Flask, learner: Learner) -> Visitor:
    app.config["WTF_CSRF_ENABLED"] = False
    return Visitor(app, learner.account_id)


@pytest.fixture
def trainer(app: Flask, make: Make) -> Callable[[], Visitor]:
    app.config["WTF_CSRF_ENABLED"] = False
    return lambda: Visitor(app, make.account("Người Soạn", capability="trainer"))
