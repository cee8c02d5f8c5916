"""What ships with the product: units, roles, plans. Loading twice changes nothing."""

from __future__ import annotations

from lms.coverage import reference as coverage
from lms.db import db
from lms.people import reference as people
from lms.units import operations as units


def load() -> None:
    with db.write():
        units.load_reference()
        people.load_reference()
        coverage.load_reference()
