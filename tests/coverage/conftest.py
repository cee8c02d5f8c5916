"""A ward with a few people of every state, and visitors with a right over it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from lms.db import utc_now
from lms.text.dates import local_today
from tests.certificates.people import Visitor
from tests.factories import Make

WARD, OTHER = "vl/nguyet-hoa", "vl/hoa-thuan"
SINCE = date(2023, 1, 1)


@pytest.fixture
def as_office(app: Flask, make: Make) -> Callable[..., Visitor]:
    """Sign somebody in with one right, by default a manager's over the ward."""
    app.config["WTF_CSRF_ENABLED"] = False

    def sign_in(
        capability: str = "manager", unit: str | None = WARD, person_id: int | None = None, line: str | None = None
    ) -> Visitor:
        account = make.account("Sơn Thị Ánh", person_id=person_id, capability=capability, unit=unit, line=line)
        return Visitor(app, account)

    return sign_in


class Ward:
    """Three trained (one ever, one soon to expire), two not, one of them new; one more in another ward."""

    def __init__(self, make: Make) -> None:
        self.today = local_today(utc_now())
        ago = self.today - timedelta(days=100)
        self.khom = make.unit("Khóm 40", parent=WARD, start=date(2025, 7, 1))
        self.valid = make.person("Lê Thị Ân", sex="nu")
        self.soon = make.person("Lê Văn An", sex="nam")
        self.ever = make.person("Bùi Văn Dũng", sex="nam")
        self.never = make.person("Thạch Thị Đa", sex="nu", phone="+84912345678")
        self.fresh = make.person("Đặng Thị Út")
        self.elsewhere = make.person("Nguyễn Văn Ở Xa")
        make.assignment(self.valid, "CTV_DS", WARD, SINCE)
        make.assignment(self.valid, "HGV", self.khom, SINCE)
        make.assignment(self.soon, "HGV", self.khom, SINCE)
        make.assignment(self.ever, "HGV", self.khom, SINCE)
        make.assignment(self.never, "TTV", WARD, SINCE)
        make.assignment(self.fresh, "CTV_DS", self.khom, self.today - timedelta(days=20))
        make.assignment(self.elsewhere, "CTV_DS", OTHER, SINCE)
        make.achievement(self.valid, ago)
        make.achievement(self.soon, self.today - timedelta(days=355), kind="class", title="Lớp mẫu")
        make.achievement(self.ever, self.today - timedelta(days=500), kind="outside", verified_at=utc_now())


@pytest.fixture
def ward(make: Make) -> Ward:
    return Ward(make)
