"""Writing a register: the differences between what is stored and what should be, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select

from lms.audit.operations import record
from lms.chunks import chunks
from lms.db import db
from lms.text.names import search_key
from lms.units.checks import Register
from lms.units.documents import AliasEntry, LinkEntry, ScopeEntry, UnitEntry, VersionEntry
from lms.units.models import Unit, UnitAlias, UnitLineage, UnitScope, UnitScopeRoot, UnitVersion
from lms.units.places import fold_place
from lms.units.stored import keys_by_id


@dataclass
class Change:
    """From the register `before` to `after`; `counts` says how often each action was taken."""

    before: Register
    after: Register
    audited: bool
    ids: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def note(self, action: str, subject: str, **details: Any) -> None:
        self.counts[action] += 1
        if self.audited:
            record(action, subject, **details)

    def id_of(self, key: str | None) -> int | None:
        return None if key is None else self.ids[key]


def store(before: Register, after: Register, *, audited: bool) -> Counter[str]:
    """Make the stored register, which is `before`, equal to `after`; how often each action was taken."""
    change = Change(before, after, audited)
    _add_units(change)
    changed = {change.ids[key]: unit for key, unit in after.units.items() if before.units.get(key) != unit}
    _store_versions(change, changed)
    _note_units(change, changed)
    _store_lineage(change)
    for alias in after.aliases:
        if alias not in before.aliases:
            _store_alias(change, alias)
    for scope in after.scopes:
        if scope not in before.scopes:
            _store_scope(change, scope)
    db.session.flush()
    return change.counts


def _add_units(change: Change) -> None:
    known = {key: unit_id for unit_id, key in keys_by_id().items()}
    new = [Unit(key=key, invented=unit.invented) for key, unit in change.after.units.items() if key not in known]
    db.session.add_all(new)
    db.session.flush()
    change.ids = known | {unit.key: unit.id for unit in new}


def _store_versions(change: Change, changed: dict[int, UnitEntry]) -> None:
    """In three steps, so that no two versions of a unit overlap even for a moment: the database would refuse."""
    rows = _rows_of(changed)
    grown: list[tuple[UnitVersion, VersionEntry]] = []
    new: list[UnitVersion] = []
    for unit_id, unit in changed.items():
        wanted = {version.begin: version for version in unit.versions}
        for row in rows.get(unit_id, ()):
            version = wanted.pop(row.valid_from, None)
            if version is None:
                db.session.delete(row)
            else:
                _alter(change, row, version)
                grown.append((row, version))
        new += [_new_version(change, unit_id, version) for version in wanted.values()]
    db.session.flush()
    for row, version in grown:
        row.valid_to = version.end
    db.session.flush()
    db.session.add_all(new)
    db.session.flush()


def _rows_of(units: Iterable[int]) -> dict[int, list[UnitVersion]]:
    rows: dict[int, list[UnitVersion]] = {}
    for some in chunks(units):
        for row in db.session.scalars(select(UnitVersion).where(UnitVersion.unit_id.in_(some))):
            rows.setdefault(row.unit_id, []).append(row)
    return rows


def _alter(change: Change, row: UnitVersion, version: VersionEntry) -> None:
    """Everything but a later end."""
    row.name, row.name_key, row.kind = version.name, search_key(version.name), version.kind
    row.parent_id, row.code, row.legal_ref = change.id_of(version.parent), version.code, version.legal_ref
    if version.end is not None and (row.valid_to is None or version.end < row.valid_to):
        row.valid_to = version.end


def _new_version(change: Change, unit_id: int, version: VersionEntry) -> UnitVersion:
    row = UnitVersion(unit_id=unit_id, valid_from=version.begin, valid_to=version.end)
    _alter(change, row, version)
    return row


def _note_units(change: Change, changed: dict[int, UnitEntry]) -> None:
    for unit_id, unit in changed.items():
        before, after = change.before.units.get(unit.key), unit.model_dump(mode="json")
        if before is None:
            change.note("unit.created", f"unit:{unit_id}", after=after)
            continue
        if before.invented != unit.invented:
            db.session.get_one(Unit, unit_id).invented = unit.invented
        change.note("unit.changed", f"unit:{unit_id}", before=before.model_dump(mode="json"), after=after)


def _store_lineage(change: Change) -> None:
    before = {link.identity: link for link in change.before.lineage}
    after = {link.identity: link for link in change.after.lineage}
    for identity, link in before.items():
        if after.get(identity) != link:
            _remove_link(change, link)
        if identity not in after:
            _note_link(change, "unit.lineage_withdrawn", link)
    for identity, link in after.items():
        if before.get(identity) != link:
            _add_link(change, link)
            _note_link(change, "unit.lineage_recorded", link)


def _remove_link(change: Change, link: LinkEntry) -> None:
    db.session.execute(
        delete(UnitLineage).where(
            UnitLineage.from_unit_id == change.ids[link.origin],
            UnitLineage.to_unit_id == change.ids[link.heir],
            UnitLineage.on_date == link.on,
        )
    )


def _add_link(change: Change, link: LinkEntry) -> None:
    db.session.add(
        UnitLineage(
            from_unit_id=change.ids[link.origin],
            to_unit_id=change.ids[link.heir],
            on_date=link.on,
            kind=link.kind,
            legal_ref=link.legal_ref,
            note=link.note,
        )
    )


def _note_link(change: Change, action: str, link: LinkEntry) -> None:
    change.note(action, f"unit:{change.ids[link.origin]}", link=link.model_dump(mode="json"))


def _store_alias(change: Change, alias: AliasEntry) -> None:
    unit_id, parent_id = change.ids[alias.unit], change.id_of(alias.parent)
    known = select(UnitAlias).where(
        UnitAlias.text == alias.text,
        UnitAlias.unit_id == unit_id,
        UnitAlias.parent_unit_id.is_not_distinct_from(parent_id),
    )
    row = db.session.scalars(known).one_or_none()
    if row is None:
        row = UnitAlias(text=alias.text, key=fold_place(alias.text), unit_id=unit_id, parent_unit_id=parent_id)
        db.session.add(row)
    row.valid_from, row.valid_to = alias.begin, alias.end
    change.note("unit.alias_recorded", f"unit:{unit_id}", alias=alias.model_dump(mode="json"))


def _store_scope(change: Change, scope: ScopeEntry) -> None:
    row = db.session.scalars(select(UnitScope).where(UnitScope.code == scope.code)).one_or_none()
    if row is None:
        row = UnitScope(code=scope.code)
        db.session.add(row)
    row.name, row.follows, row.position = scope.name, scope.follows, scope.position
    db.session.flush()
    db.session.execute(delete(UnitScopeRoot).where(UnitScopeRoot.scope_id == row.id))
    db.session.add_all(UnitScopeRoot(scope_id=row.id, unit_id=change.ids[root]) for root in scope.roots)
    change.note("unit.scope_changed", f"unit_scope:{row.id}", after=scope.model_dump(mode="json"))
