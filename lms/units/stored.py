"""The register as the database holds it, read whole into plain values."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from sqlalchemy import select

from lms.db import db
from lms.units.checks import Register
from lms.units.documents import AliasEntry, Entry, LinkEntry, ScopeEntry, UnitEntry, VersionEntry
from lms.units.models import Unit, UnitAlias, UnitLineage, UnitScope, UnitScopeRoot, UnitVersion

AnyEntry = TypeVar("AnyEntry", bound=Entry)


def keys_by_id() -> dict[int, str]:
    return dict(db.session.execute(select(Unit.id, Unit.key)).all())


def stored() -> Register:
    """The whole register, as it is in the database."""
    keys = keys_by_id()
    return Register(_units(keys), _lineage(keys), _aliases(keys), _scopes(keys))


def _units(keys: dict[int, str]) -> dict[str, UnitEntry]:
    versions: dict[str, list[VersionEntry]] = {key: [] for key in keys.values()}
    rows = select(
        UnitVersion.unit_id,
        UnitVersion.name,
        UnitVersion.kind,
        UnitVersion.parent_id,
        UnitVersion.code,
        UnitVersion.legal_ref,
        UnitVersion.valid_from,
        UnitVersion.valid_to,
    ).order_by(UnitVersion.unit_id, UnitVersion.valid_from)
    for unit_id, name, kind, parent_id, code, legal_ref, begin, end in db.session.execute(rows):
        parent = None if parent_id is None else keys[parent_id]
        versions[keys[unit_id]].append(
            _built(
                VersionEntry,
                name=name,
                kind=kind,
                parent=parent,
                code=code,
                legal_ref=legal_ref,
                begin=begin,
                end=end,
            )
        )
    invented = set(db.session.scalars(select(Unit.key).where(Unit.invented)))
    return {
        key: _built(UnitEntry, key=key, invented=key in invented, versions=tuple(found))
        for key, found in versions.items()
        if found
    }


def _lineage(keys: dict[int, str]) -> tuple[LinkEntry, ...]:
    return tuple(
        _built(
            LinkEntry,
            origin=keys[link.from_unit_id],
            heir=keys[link.to_unit_id],
            on=link.on_date,
            kind=link.kind,
            legal_ref=link.legal_ref,
            note=link.note,
        )
        for link in db.session.scalars(select(UnitLineage).order_by(UnitLineage.id))
    )


def _aliases(keys: dict[int, str]) -> tuple[AliasEntry, ...]:
    return tuple(
        _built(
            AliasEntry,
            text=alias.text,
            unit=keys[alias.unit_id],
            parent=None if alias.parent_unit_id is None else keys[alias.parent_unit_id],
            begin=alias.valid_from,
            end=alias.valid_to,
        )
        for alias in db.session.scalars(select(UnitAlias).order_by(UnitAlias.id))
    )


def _scopes(keys: dict[int, str]) -> tuple[ScopeEntry, ...]:
    roots: dict[int, list[str]] = {}
    for root in db.session.scalars(select(UnitScopeRoot).order_by(UnitScopeRoot.unit_id)):
        roots.setdefault(root.scope_id, []).append(keys[root.unit_id])
    return tuple(
        _built(
            ScopeEntry,
            code=scope.code,
            name=scope.name,
            follows=scope.follows,
            position=scope.position,
            roots=tuple(sorted(roots.get(scope.id, []))),
        )
        for scope in db.session.scalars(select(UnitScope).order_by(UnitScope.position, UnitScope.id))
    )


def _built(entry: type[AnyEntry], /, **values: Any) -> AnyEntry:
    """Without validation: what is stored was validated when it came, and there may be tens of thousands."""
    return cast(AnyEntry, entry.model_construct(**values))
