"""The rules `contact` and `person`: what goes of somebody who left, and what goes of them after ten years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, cast, literal, or_, select

from lms.db import db, utc_now
from lms.operate.retention.leavers import leavers
from lms.operate.retention.rules import pseudonym
from lms.operate.retention.steps import WHY, Row, Step, table
from lms.people.scope import unscoped
from lms.text import names

SECRETS = ("phone", "pin_hash", "card_hash", "first_code_hash", "first_code_until")
CONTACT = ("phone", "phone_spare", "note")
ABOUT_HOLDER = ("holder_name_km", "birth_text", "role_and_unit")
"""Of the printed paper, besides the name itself; the triggers of migration 0008 know the same list."""


def contact_steps(on: date) -> Iterator[Step]:
    gone = _one_of(leavers("contact", on))
    person, account = table("person"), table("account")
    yield Step("person", and_(gone(person.c.id), _any(person, CONTACT)), lambda row: dict.fromkeys(CONTACT))
    accounts = select(account.c.id).where(gone(account.c.person_id))
    open_or_known = or_(account.c.closed_at.is_(None), _any(account, SECRETS))
    yield Step("account", and_(gone(account.c.person_id), open_or_known), _closed)
    yield Step("sign_in_session", table("sign_in_session").c.account_id.in_(accounts))


def person_steps(on: date) -> Iterator[Step]:
    gone = _one_of(leavers("person", on))
    person, account, token = table("person"), table("account"), table("api_token")
    yield Step("person", and_(gone(person.c.id), _named(person, "full_name", person.c.id)), _nameless)
    yield Step("account", and_(gone(account.c.person_id), _named(account, "name", account.c.person_id)), _account)
    accounts = select(account.c.id).where(gone(account.c.person_id))
    yield Step("api_token", and_(token.c.account_id.in_(accounts), token.c.name > ""), lambda row: {"name": ""})
    yield from _said_and_printed(gone)


def files(on: date) -> list[str]:
    """Keys of the certificates' files that go."""
    paper = table("certificate")
    step = next(one for one in person_steps(on) if one.table == "certificate")
    query = select(paper.c.pdf_key).where(step.due, paper.c.pdf_key > "").distinct()
    return sorted(db.session.scalars(unscoped(query, WHY)))


def _said_and_printed(gone: Any) -> Iterator[Step]:
    check, paper, fact = table("identity_check"), table("certificate"), table("achievement")
    named = _named(check, "full_name", check.c.person_id)
    yield Step("identity_check", and_(gone(check.c.person_id), named), _unsaid)
    yield Step(
        "certificate", and_(gone(paper.c.person_id), _named(paper, "holder_name", paper.c.person_id)), _unprinted
    )
    yield Step(
        "achievement", and_(gone(fact.c.person_id), fact.c.revoked_reason > ""), lambda row: {"revoked_reason": ""}
    )


def _one_of(people: set[int]) -> Any:
    """Written into the statement: a driver takes fewer parameters than people may leave."""
    ids: Any = bindparam(None, sorted(people), expanding=True, literal_execute=True)
    return lambda column: column.in_(ids)


def _any(of: Any, columns: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(*(of.c[name].is_not(None) for name in columns))


def _named(of: Any, column: str, person_id: Any) -> ColumnElement[bool]:
    """Not yet replaced by the number. Written as the triggers write it."""
    found: ColumnElement[bool] = of.c[column] != pseudonym_of(person_id)
    return found


def pseudonym_of(person_id: Any) -> Any:
    return literal(pseudonym(0).removesuffix("0")) + cast(person_id, String)


def _closed(row: Row) -> dict[str, Any]:
    return dict.fromkeys(SECRETS) | {"closed_at": row["closed_at"] or utc_now()}


def _nameless(row: Row) -> dict[str, Any]:
    name = pseudonym(row["id"])
    nothing = dict.fromkeys((*CONTACT, "given_name", "birth_date", "birth_precision"))
    return nothing | {"full_name": name, "sort_key": names.sort_key(name), "search_key": names.search_key(name)}


def _account(row: Row) -> dict[str, Any]:
    return _closed(row) | {"name": pseudonym(row["person_id"]), "office": None}


def _unsaid(row: Row) -> dict[str, Any]:
    return {"full_name": pseudonym(row["person_id"]), "birth_text": "", "message": None}


def _unprinted(row: Row) -> dict[str, Any]:
    name = pseudonym(row["person_id"])
    changed = {"holder_name": name, "paper": {**row["paper"], **dict.fromkeys(ABOUT_HOLDER, ""), "holder_name": name}}
    if row["pdf_key"] is not None:
        changed["pdf_key"] = ""
    if row["revoked_reason"] is not None:
        changed["revoked_reason"] = ""
    return changed
