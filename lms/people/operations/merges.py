"""Two entries that are one person. A merge is a pointer: certificates and posts stay where they are, and it can be
undone. Whoever asks for a person's records follows it (`scope.one_person`).
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access.current import viewer
from lms.audit.operations import record
from lms.db import Base, db, utc_now
from lms.people.merging import active_merges, root_of
from lms.people.models import Person, PersonMerge
from lms.people.rights import managed_among, require_managed
from lms.people.scope import one_person, unscoped
from lms.people.turns import take_turn
from lms.web.refusals import Refusal


def merge(person_id: int, into_id: int) -> int:
    """`person_id` turned out to be `into_id`; returns who they are now. Both must be people whom the viewer keeps."""
    take_turn()
    person, into = require_managed(person_id), require_managed(into_id)
    merges = active_merges()
    target = root_of(into.id, merges)
    if person.id in merges:
        raise Refusal(_("%(name)s đã được gộp vào một người khác. Hãy tách ra trước.", name=person.full_name))
    if target == person.id:
        raise Refusal(_("Đây đã là cùng một người trong sổ."))
    _refuse_with_account(person, into, target)
    db.session.add(PersonMerge(person_id=person.id, into_id=target))
    record("person.merged", f"person:{person.id}", after={"into": target})
    return target


def _refuse_with_account(person: Person, into: Person, target: int) -> None:
    """One person signs in with one account, that of the entry that stays: two would each hold half of the learning."""
    if not _signs_in(person.id):
        return
    if _signs_in(target):
        words = _(
            "%(person)s và %(into)s đều đang có tài khoản đăng nhập, nên chưa gộp được. Hãy nhờ người quản trị "
            "đóng tài khoản ít dùng, rồi gộp người đó vào người còn lại. Kết quả học của cả hai vẫn giữ nguyên.",
            person=person.full_name,
            into=into.full_name,
        )
        raise Refusal(words)
    raise Refusal(
        _(
            "%(person)s đang có tài khoản đăng nhập nên phải là người được giữ lại. "
            "Hãy mở trang của %(into)s rồi gộp vào %(person)s.",
            person=person.full_name,
            into=into.full_name,
        )
    )


def _signs_in(person_id: int) -> bool:
    """Accounts live in a room above; their table says enough."""
    account = Base.metadata.tables["account"].c
    wanted = select(account.id).where(account.person_id.in_(one_person(person_id)), account.closed_at.is_(None))
    return db.session.scalar(unscoped(wanted.limit(1), "is there an account? ids only")) is not None


def unmerge(person_id: int) -> int:
    """Take a merge back; returns the person they had been merged into."""
    take_turn()
    merges = active_merges()
    into = merges.get(person_id)
    if into is None or not managed_among(viewer(), [person_id, into, root_of(into, merges)]):
        raise NotFound
    statement = select(PersonMerge).where(PersonMerge.person_id == person_id, PersonMerge.undone_at.is_(None))
    row = db.session.scalars(unscoped(statement, "the merge that is taken back, checked above")).one()
    row.undone_at = utc_now()
    record("person.unmerged", f"person:{person_id}", before={"into": into})
    return into
