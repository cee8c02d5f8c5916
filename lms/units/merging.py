"""A register with a document laid over it. Pure."""

from __future__ import annotations

from lms.units.checks import Register
from lms.units.documents import AliasEntry, Document, UnitEntry
from lms.units.faults import Fault, Faulty, fault


def merged(register: Register, document: Document) -> Register:
    """The register as it will be. Raises `Faulty` where the document contradicts what it builds on."""
    faults = [*_cut_histories(register, document), *_unknown_links(register, document)]
    if faults:
        raise Faulty(faults)
    withdrawn = {link.identity for link in document.withdraw}
    links = {link.identity: link for link in (*register.lineage, *document.lineage)}
    aliases = {_alias_identity(alias): alias for alias in (*register.aliases, *document.aliases)}
    scopes = {scope.code: scope for scope in (*register.scopes, *document.scopes)}
    return Register(
        units={**register.units, **{unit.key: unit for unit in document.units}},
        lineage=tuple(link for identity, link in links.items() if identity not in withdrawn),
        aliases=tuple(aliases.values()),
        scopes=tuple(scopes.values()),
    )


def news(register: Register, document: Document) -> Document:
    """What of a shipped document the register has not had yet; what an office changed since is left alone.

    A unit is news if it is unknown, or if the shipped history goes on where the known one is still open. Its lineage
    comes with it, so a link that was withdrawn here does not return with the next release.
    """
    units = tuple(unit for unit in document.units if _is_news(register.units.get(unit.key), unit))
    keys = {unit.key for unit in units}
    links = {link.identity for link in register.lineage}
    aliases = {_alias_identity(alias) for alias in register.aliases}
    scopes = {scope.code for scope in register.scopes}
    return document.model_copy(
        update={
            "units": units,
            "lineage": tuple(
                link
                for link in document.lineage
                if link.identity not in links and not keys.isdisjoint((link.origin, link.heir))
            ),
            "aliases": tuple(alias for alias in document.aliases if _alias_identity(alias) not in aliases),
            "scopes": tuple(scope for scope in document.scopes if scope.code not in scopes),
        }
    )


def _is_news(known: UnitEntry | None, shipped: UnitEntry) -> bool:
    if known is None:
        return True
    latest = len(known.versions) - 1
    if known.versions[latest].end is not None or len(shipped.versions) <= latest:
        return False
    reopened = shipped.versions[latest].model_copy(update={"end": None})
    return known.versions == (*shipped.versions[:latest], reopened) and known.versions != shipped.versions


def _cut_histories(register: Register, document: Document) -> list[Fault]:
    cut = []
    for unit in document.units:
        known = register.units.get(unit.key)
        begin = min(version.begin for version in unit.versions)
        if known is not None and (first := min(version.begin for version in known.versions)) < begin:
            cut.append(fault("history_cut", unit=unit.key, first=first, begin=begin))
    return cut


def _unknown_links(register: Register, document: Document) -> list[Fault]:
    known = {link.identity for link in register.lineage}
    return [
        fault("unknown_link", origin=link.origin, heir=link.heir, on=link.on)
        for link in document.withdraw
        if link.identity not in known
    ]


def _alias_identity(alias: AliasEntry) -> tuple[str, str, str | None]:
    return alias.text, alias.unit, alias.parent
