"""After migrations everything stands as it stood before them, but for what they say they change.

A migration says it in `changes`, beside its `revision`: ("person.sort_key", "item_tally"), a column or a whole table.
Rows are compared, not the figures counted from them: another version may count otherwise, on purpose.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from lms.operate.backup.archive import Manifest
from lms.operate.backup.layout import Table, digest, tables

GONE = "not there any more as it was"


class Kept(NamedTuple):
    """A table, or what of its columns must stay, with the digest of that before the migrations."""

    of: Table
    digest: dict[str, Any]


def kept(connection: Connection, manifest: Manifest, changes: Collection[str]) -> list[Kept]:
    """What must stay of the tables of `manifest`, which `connection` holds as they were backed up."""
    return list(_kept(connection, manifest, changes))


def _kept(connection: Connection, manifest: Manifest, changes: Collection[str]) -> Iterator[Kept]:
    for whole in manifest.layout:
        rest = _rest(whole, changes)
        if rest == whole:
            told = manifest.tables[whole.name]
            yield Kept(whole, {"rows": told["rows"], "sha256": told["sha256"]})
        elif rest is not None:
            yield Kept(rest, digest(connection, rest))


def _rest(of: Table, changes: Collection[str]) -> Table | None:
    """Without the columns that are said to change; None where that is all, or a column that orders the rows."""
    said = {one.name for one in of.columns if f"{of.name}.{one.name}" in changes}
    if of.name in changes or said & set(of.key) or len(said) == len(of.columns):
        return None
    return of._replace(columns=tuple(one for one in of.columns if one.name not in said))


def now(connection: Connection, before: list[Kept]) -> dict[str, dict[str, Any] | str]:
    """The same digests of what is there now, or `GONE`."""
    there = {one.name: set(one.columns) for one in tables(connection)}
    return {
        one.of.name: digest(connection, one.of) if set(one.of.columns) <= there.get(one.of.name, set()) else GONE
        for one in before
    }
