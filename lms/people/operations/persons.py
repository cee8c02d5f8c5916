"""Persons by hand: adding one, correcting what the register says of one, answering "báo sai thông tin"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from lms.access.current import viewer
from lms.audit.operations import record
from lms.db import db, utc_now
from lms.people.models import IdentityCheck, Person
from lms.people.operations.posts import add_post_to
from lms.people.rights import require_managed, today
from lms.people.roster.applying import fact, person_values, set_fact
from lms.people.roster.by_hand import read_typed
from lms.people.roster.changes import pack_birth
from lms.people.roster.finding import find
from lms.people.roster.names import names_of
from lms.people.roster.proposals import Known, Listed
from lms.people.roster.register import load_places, load_register, units_of
from lms.people.scope import unscoped
from lms.text.dates import PartialDate
from lms.text.names import display_name
from lms.web.refusals import Refusal

FACTS = ("full_name", "given_name", "birth", "sex", "phone", "phone_spare", "note")
MOST_GIVEN = 60


@dataclass(frozen=True)
class PersonFacts:
    """What may be written about a person; phones in E.164."""

    full_name: str
    given_name: str | None = None
    birth: PartialDate | None = None
    sex: str | None = None
    phone: str | None = None
    phone_spare: str | None = None
    note: str | None = None

    def packed(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in FACTS}
        return values | {"birth": pack_birth(self.birth), "full_name": display_name(self.full_name)}


def create_person(facts: PersonFacts, role: str, unit_id: int, first_day: date) -> Person:
    """Somebody new with a first post. Whether they are in the register already: ask `similar_people` before."""
    _require_names(facts, "")
    values = facts.packed()
    person = Person(**person_values(values.pop("full_name")))
    for name, value in values.items():
        set_fact(person, name, value)
    set_fact(person, "full_name", person.full_name)
    db.session.add(person)
    db.session.flush()
    record("person.created", f"person:{person.id}", after=facts.packed())
    add_post_to(person.id, role, unit_id, first_day)
    return person


def similar_people(facts: PersonFacts, role: str, unit_id: int) -> list[Known]:
    """Who in the register may be this person, most alike first; of people one may not see nothing is told."""
    listed = Listed(
        0,
        0,
        names_of(display_name(facts.full_name)),
        facts.sex,
        facts.birth,
        facts.phone,
        facts.phone_spare,
        roles=(role,),
        unit_id=unit_id,
    )
    register = load_register([listed], viewer())
    found = find(listed, register, load_places(units_of([listed], register)), today())
    people = [found.person] if found.person else [known for known, _evidence in found.asked]
    return [known for known in people if known.shown]


def correct_person(person_id: int, facts: PersonFacts) -> bool:
    """Write what is right about a person; True if anything was different. The audit keeps what stood before."""
    person = require_managed(person_id)
    _require_names(facts, person.full_name)
    values = facts.packed()
    before = {name: fact(person, name) for name in FACTS}
    changed = [name for name in FACTS if before[name] != values[name]]
    for name in changed:
        set_fact(person, name, values[name])
    if "given_name" in changed:
        set_fact(person, "full_name", person.full_name)
    if changed:
        record("person.corrected", f"person:{person.id}", before=_only(before, changed), after=_only(values, changed))
    return bool(changed)


def resolve_report(person_id: int) -> None:
    """What the learner reported has been looked at and put right; certificates that waited may be printed."""
    person = require_managed(person_id)
    check = open_report(person.id)
    if check is None:
        raise Refusal(_("Không có thông tin nào đang được báo sai, hoặc đã có người xử lý."))
    check.resolved_at = utc_now()
    record("identity.resolved", f"person:{person.id}", check=check.id)


def open_report(person_id: int) -> IdentityCheck | None:
    """The learner's last word, if it says that something is wrong and nobody has answered it."""
    statement = (
        select(IdentityCheck).where(IdentityCheck.person_id == person_id).order_by(IdentityCheck.id.desc()).limit(1)
    )
    last = db.session.scalars(unscoped(statement, "one person, checked by the caller")).one_or_none()
    return last if last is not None and last.answer == "wrong" and last.resolved_at is None else None


def _only(values: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: values[name] for name in names}


def _require_names(facts: PersonFacts, standing: str) -> None:
    """As a list is read. A name that `standing` in the register was once accepted as it is."""
    fault = read_typed(facts.full_name, "", today()).faults.get("full_name")
    if fault and facts.full_name != standing:
        raise Refusal(fault, 422)
    if len(facts.given_name or "") > MOST_GIVEN:
        raise Refusal(_("Tên gọi dài quá %(n)s chữ cái.", n=MOST_GIVEN), 422)
