"""The order of a Vietnamese roll, in the database's own words, on both engines."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select, text

from lms.db import db
from lms.people.models import Person
from lms.people.scope import unscoped
from tests.factories import Make

pytestmark = pytest.mark.both
IN_ORDER = (
    "Lê Văn An",
    "Lê Văn Ân",
    "Trần Thị Dung",
    "Đỗ Văn Đa",
    "Nguyễn Thị Hoa",
    "Nguyễn Thị Hòa",
    "Nguyễn Thị Hoà Bình Hoà",
    "Nguyễn Thị Kim Hòa",
    "Thạch Sa Hòa",
    "Kim Sa Ni",
    "Lý Thị Út",
    "Đặng Thị Ý",
    "ថាច់ សុភា",
)


def test_a_roll_stands_in_vietnamese_order(make: Make, engine: str) -> None:
    for name in random.Random(3).sample(IN_ORDER, len(IN_ORDER)):
        make.person(name)
    roll = select(Person.full_name, Person.sort_key).order_by(Person.sort_key)
    found = db.session.execute(unscoped(roll, "test")).all()
    assert [key for _, key in found] == sorted(key for _, key in found)
    assert sorted(IN_ORDER, key=[name for name, _ in found].index) == list(IN_ORDER)


def test_postgresql_compares_the_bytes_whatever_language_the_cluster_speaks(make: Make, engine: str) -> None:
    if engine != "postgresql":
        pytest.skip("SQLite knows nothing else")
    collation = "SELECT collation_name FROM information_schema.columns WHERE (table_name, column_name) = (:t, :c)"
    assert db.session.scalar(text(collation), {"t": "person", "c": "sort_key"}) == "C"
