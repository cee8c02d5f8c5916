"""The frontline roles that ship with the product (data/roles.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from lms.db import db
from lms.people.models import Role

ROLES = Path(__file__).parent / "data" / "roles.yaml"


def shipped_roles() -> list[dict[str, Any]]:
    roles: list[dict[str, Any]] = yaml.safe_load(ROLES.read_text(encoding="utf-8"))["roles"]
    return roles


def load_reference() -> None:
    """Add the shipped roles that are missing. What an office changed is left alone."""
    known = set(db.session.scalars(select(Role.code)))
    for position, role in enumerate(shipped_roles()):
        if role["code"] not in known:
            db.session.add(
                Role(
                    code=role["code"],
                    name=role["name"],
                    short_name=role["short"],
                    level=role["level"],
                    line=role["line"],
                    position=position,
                )
            )
    db.session.flush()
