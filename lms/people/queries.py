"""What other rooms ask about one person: the post to print on a paper, and whether the learner checked the name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from lms.db import db
from lms.people.models import Assignment, IdentityCheck, Role
from lms.people.scope import unscoped
from lms.units.queries import names_on, place_on


@dataclass(frozen=True)
class PrintedPost:
    """Where the holder stood on a day, in the words of a paper; empty texts where nothing is known."""

    role_and_unit: str = ""
    issuer_parent: str = ""
    issuer: str = ""
    issuer_place: str = ""
    place: str = ""
    signer_title_lines: tuple[str, ...] = ()


ISSUER = "Ủy ban nhân dân"
SIGNER = ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")


def printed_post(person_id: int, on: date) -> PrintedPost:
    """The first running post (roles in the order of the register) and the ward that issues the paper, as of a day."""
    found = _post_on(person_id, on)
    if found is None:
        return PrintedPost(issuer=ISSUER, signer_title_lines=SIGNER)
    role, unit_id = found
    place = place_on([unit_id], on).get(unit_id, {})
    called = names_on(place.values(), on)
    names = {level: called[unit] for level, unit in place.items()}
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
    query = (
        select(Role.name, Assignment.unit_id)
        .join(Role, Role.id == Assignment.role_id)
        .where(
            Assignment.person_id == person_id,
            Assignment.superseded_at.is_(None),
            Assignment.first_day <= on,
            or_(Assignment.last_day.is_(None), Assignment.last_day >= on),
        )
        .order_by(Role.position, Assignment.id)
        .limit(1)
    )
    row = db.session.execute(unscoped(query, "the post that is printed on a paper")).one_or_none()
    return None if row is None else (row.name, row.unit_id)


def last_identity_check(person_id: int) -> IdentityCheck | None:
    query = select(IdentityCheck).where(IdentityCheck.person_id == person_id).order_by(IdentityCheck.id.desc()).limit(1)
    return db.session.scalars(unscoped(query, "the learner's own word on her name")).one_or_none()


def identity_answered(person_id: int) -> bool:
    """The learner has looked at the printed name and said "right" or "wrong"."""
    return last_identity_check(person_id) is not None


def identity_confirmed(person_id: int) -> bool:
    """The name may be printed: the learner said it is right, or what she reported has been corrected."""
    last = last_identity_check(person_id)
    return last is not None and (last.answer == "right" or last.resolved_at is not None)
