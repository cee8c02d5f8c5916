"""What other rooms ask about one person: the post to print on a paper, and whether the learner checked the name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Date, Select, String, and_, bindparam, case, cast, func, or_, select

from lms.db import BigInt, db
from lms.people.models import Assignment, IdentityCheck, Person, Role
from lms.people.rights import running
from lms.people.scope import one_person, read_rows, unscoped
from lms.units.queries import place_names


@dataclass(frozen=True)
class PrintedPost:
    """Where the holder stood on a day, in the words of a paper; empty texts where nothing is known."""

    role_and_unit: str = ""
    issuer_parent: str = ""
    issuer: str = ""
    issuer_place: str = ""
    place: str = ""
    signer_title_lines: tuple[str, ...] = ()


Columns = TypeVarTuple("Columns")
ISSUER = "Ủy ban nhân dân"
SIGNER = ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")


def printed_post(person_id: int, on: date) -> PrintedPost:
    """The first running post (roles in the order of the register) and the ward that issues the paper, as of a day."""
    found = _post_on(person_id, on)
    if found is None:
        return PrintedPost(issuer=ISSUER, signer_title_lines=SIGNER)
    role, unit_id = found
    names = place_names(unit_id, on)
    ward, province = names.get("ward", ""), names.get("province", "")
    where = ", ".join(name for name in (names.get("hamlet", ""), ward) if name)
    return PrintedPost(
        role_and_unit=f"{role[:1].lower()}{role[1:]}, {where}" if where else role,
        issuer_parent=f"{ISSUER} {province[:1].lower()}{province[1:]}" if province else "",
        issuer=ISSUER,
        issuer_place=ward or province,
        place=_bare(ward or province),
        signer_title_lines=SIGNER,
    )


def _bare(name: str) -> str:
    """ "Phường Nguyệt Hóa" → "Nguyệt Hóa", as the line of place and date has it."""
    for kind in ("Phường ", "Xã ", "Tỉnh ", "Thành phố "):
        name = name.removeprefix(kind)
    return name


def _post_on(person_id: int, on: date) -> tuple[str, int] | None:
    rows = read_rows(_POST_ON, {"person": person_id, "on": on})
    return (rows[0].name, rows[0].unit_id) if rows else None


def last_identity_check(person_id: int) -> IdentityCheck | None:
    """The learner's last word on the printed name, as long as it holds (see `still_holds`)."""
    return db.session.scalars(_LAST_WORD, {"person": person_id}).one_or_none()


def still_holds() -> ColumnElement[bool]:
    """ "Right" was said of one name and one birth: once the register says another, it is no word on that.

    SQL over an IdentityCheck and its Person. A report stays a report, whatever was changed since.
    """
    same = and_(IdentityCheck.full_name == Person.full_name, IdentityCheck.birth_text == _birth_text())
    return or_(IdentityCheck.answer == "wrong", same)


def _birth_text() -> ColumnElement[str]:
    """`show_birth` of the register's birth, in SQL; empty where none is known."""
    iso = cast(Person.birth_date, String)
    year, month, day = func.substr(iso, 1, 4), func.substr(iso, 6, 2), func.substr(iso, 9, 2)
    return case(
        (Person.birth_precision == "year", year),
        (Person.birth_precision == "month", month + "/" + year),
        (Person.birth_precision == "day", day + "/" + month + "/" + year),
        else_="",
    )


def roles_held(person_id: int, on: date) -> frozenset[str]:
    """Codes of the roles of a person's running posts on a day."""
    return frozenset(row.code for row in read_rows(_ROLES_ON, {"person": person_id, "on": on}))


def _last_word(what: Select[*Columns]) -> Select[*Columns]:
    of_person = IdentityCheck.person_id == bindparam("person")
    newest = select(func.max(IdentityCheck.id)).where(of_person).scalar_subquery()
    words = what.join(Person, Person.id == IdentityCheck.person_id).where(IdentityCheck.id == newest, still_holds())
    return unscoped(words, "the learner's own word on her name")


_LAST_WORD = _last_word(select(IdentityCheck))
_LAST_ANSWER = _last_word(select(IdentityCheck.answer, IdentityCheck.resolved_at))
_HELD = (
    Assignment.person_id.in_(one_person(bindparam("person", type_=BigInt))),
    running(Assignment, bindparam("on", type_=Date)),
)
_POST_ON = unscoped(
    select(Role.name, Assignment.unit_id)
    .join(Role, Role.id == Assignment.role_id)
    .where(*_HELD)
    .order_by(Role.position, Assignment.id)
    .limit(1),
    "the post that is printed on a paper",
)
_ROLES_ON = unscoped(
    select(Role.code).join(Assignment, Assignment.role_id == Role.id).where(*_HELD).distinct(),
    "for which work her courses are meant",
)


def identity_answered(person_id: int) -> bool:
    """The learner has looked at the printed name and said "right" or "wrong"."""
    return last_identity_check(person_id) is not None


def identity_confirmed(person_id: int) -> bool:
    """The name may be printed: the learner said it is right, or what she reported has been corrected."""
    last = read_rows(_LAST_ANSWER, {"person": person_id})
    return any(word.answer == "right" or word.resolved_at is not None for word in last)
