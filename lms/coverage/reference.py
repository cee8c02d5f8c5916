"""The plan that ships with the product (data/plans.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from lms.coverage.models import Plan, PlanRole, RequirementSet
from lms.db import db
from lms.people.models import Role
from lms.people.reference import shipped_roles

PLANS = Path(__file__).parent / "data" / "plans.yaml"


def load_reference() -> None:
    """Add the shipped plans that are missing, with the roles they count and their requirement."""
    known = set(db.session.scalars(select(Plan.code)))
    for described in yaml.safe_load(PLANS.read_text(encoding="utf-8"))["plans"]:
        if described["code"] not in known:
            _add(described)


def _add(described: dict[str, Any]) -> None:
    plan = Plan(
        code=described["code"],
        name=described["name"],
        legal_basis=described["legal_basis"],
        starts_on=described["starts_on"],
        ends_on=described["ends_on"],
        scope_code=described["scope"],
        target_percent=described["target_percent"],
    )
    db.session.add(plan)
    db.session.flush()
    counted = [role["code"] for role in shipped_roles() if role["counts"]]
    for role_id in db.session.scalars(select(Role.id).where(Role.code.in_(counted))):
        db.session.add(PlanRole(plan_id=plan.id, role_id=role_id))
    for requirement in described["requirements"]:
        db.session.add(RequirementSet(plan_id=plan.id, **requirement))
    db.session.flush()
