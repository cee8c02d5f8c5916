"""Somebody as a line of a comparison: what the file says, beside what the register says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from lms.access import Viewer
from lms.db import db
from lms.people.models import Person, RosterRow
from lms.people.register_list import birth_words, phone_words, posts_of
from lms.people.rights import managed_among
from lms.people.roster.words import Lexicon, birth
from lms.people.scope import visible
from lms.text.phones import show_phone


@dataclass(frozen=True)
class Face:
    """`source`: "Trong tệp" or "Trong sổ"; `raw_phone`: the cell as written, where no number was read in it."""

    source: str
    full_name: str
    birth: str
    place: str
    roles: str
    phone: str


def face_of_row(row: RosterRow, lexicon: Lexicon) -> Face:
    """With the answers that were given about place and role."""
    parsed, chosen = row.parsed, row.decision.get("unit", "").removeprefix("unit:")
    unit_id = int(chosen) if chosen.isdecimal() else parsed["units"]["sure"]
    role = row.decision.get("role", "")
    codes = [*parsed["roles"], *([role.removeprefix("role:")] if role.startswith("role:") else [])]
    return Face(
        source=str(_("Trong tệp, dòng %(row)s", row=row.row_no)),
        full_name=parsed["full_name"] or "—",
        birth=birth(parsed["birth"]),
        place=lexicon.units.get(unit_id, "") if unit_id else parsed["place"] or "",
        roles=", ".join(lexicon.roles.get(code, code) for code in dict.fromkeys(codes)) or parsed["role_text"],
        phone=show_phone(parsed["phone"]) if parsed["phone"] else "",
    )


def faces_of_people(ids: Collection[int], who: Viewer, day: date) -> dict[int, Face]:
    """Those of `ids` whom the viewer may see, with the posts that run on `day`."""
    people = db.session.scalars(visible(who, select(Person).where(Person.id.in_(ids)))).all()
    posts = posts_of(who, [person.id for person in people], day)
    in_full = managed_among(who, [person.id for person in people])
    return {
        person.id: Face(
            source=str(_("Trong sổ")),
            full_name=person.full_name,
            birth=birth_words(person),
            place="; ".join(dict.fromkeys(post.unit for post in posts.get(person.id, ()))),
            roles=", ".join(dict.fromkeys(post.role for post in posts.get(person.id, ()))),
            phone=phone_words(person.phone, in_full=person.id in in_full),
        )
        for person in people
    }
