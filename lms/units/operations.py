"""The verbs on units. Whatever changes them goes through `_apply`: check everything, then write, then the closure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from flask_babel import gettext as _

from lms.audit.operations import record
from lms.db import db
from lms.units import paths
from lms.units.checks import Register, check, doubts
from lms.units.documents import Document, LinkEntry, UnitEntry, VersionEntry, read_document
from lms.units.faults import Fault, Faulty, fault
from lms.units.merging import merged, news
from lms.units.models import Unit
from lms.units.stored import stored
from lms.units.storing import store
from lms.units.words import fault_sentence
from lms.web.refusals import Refusal

REFERENCE = Path(__file__).parent / "data" / "tra-vinh.yaml"


class UnitsFault(Refusal):
    """The change was refused and nothing was written; `faults` holds every reason, `sentences` in words."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        self.sentences = tuple(map(fault_sentence, self.faults))
        super().__init__("\n".join([_("Chưa thay đổi gì trong danh mục đơn vị hành chính."), *self.sentences]))


@dataclass(frozen=True)
class Summary:
    """How many of each were written; `warnings` are sentences about what is allowed but worth a look."""

    units_created: int = 0
    units_changed: int = 0
    lineage_recorded: int = 0
    lineage_withdrawn: int = 0
    aliases_recorded: int = 0
    scopes_changed: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return self != Summary(warnings=self.warnings)


def load_reference() -> Summary:
    """Bring the units that ship with the product into the register. Twice changes nothing.

    What an office changed since is left alone. Not audited: it is part of the release, nobody did it.
    """
    shipped = read_document(yaml.safe_load(REFERENCE.read_text(encoding="utf-8")))
    before = stored()
    return _apply(before, news(before, shipped), audited=False)


def import_units(document: Mapping[str, Any]) -> Summary:
    """Take in a document of schema lhp-units/1 (`lms.units.documents`), all of it or nothing.

    Raises `UnitsFault` with every reason at once.
    """
    try:
        read = read_document(document)
    except Faulty as error:
        raise UnitsFault(error.faults) from error
    summary = _apply(stored(), read)
    if summary.changed:
        record("units.imported", "units", source=read.source, units=[unit.key for unit in read.units])
    return summary


def add_invented(document: Document) -> Summary:
    """Take in units that a machine invented (`lms simulate`): far too many for an entry each in the record."""
    return _apply(stored(), document, audited=False)


def end_unit(unit_id: int, on: date, legal_ref: str | None = None) -> Summary:
    """The unit's last day was the day before `on`. Refused while it has units under it that last longer."""
    register = stored()
    unit = _unit(register, unit_id)
    return _apply(register, Document(units=(_ended(unit, on, legal_ref),)))


def merge_units(from_ids: Iterable[int], to_id: int, on: date, legal_ref: str | None = None) -> Summary:
    """The units of `from_ids` end, and their land is `to_id`'s from `on`. Units under them live on under `to_id`."""
    register = stored()
    to = _unit(register, to_id)
    merging = [_unit(register, unit_id) for unit_id in from_ids]
    keys = {unit.key for unit in merging}
    moving = [unit for unit in register.units.values() if unit.key not in keys and _parent_from(unit, on) in keys]
    links = tuple(LinkEntry(origin=unit.key, heir=to.key, on=on, kind="merge", legal_ref=legal_ref) for unit in merging)
    units = (*(_ended(unit, on, legal_ref) for unit in merging), *(_moved(unit, to.key, on) for unit in moving))
    return _apply(register, Document(units=units, lineage=links))


def rename_unit(unit_id: int, name: str, on: date, legal_ref: str | None = None) -> Summary:
    """The same unit under another name from `on`."""
    register = stored()
    unit = _unit(register, unit_id)
    ended = _ended(unit, on, None)
    after = unit.versions[len(ended.versions) - 1].model_copy(
        update={"name": name, "begin": on, "legal_ref": legal_ref}
    )
    renamed = UnitEntry(key=unit.key, invented=unit.invented, versions=(*ended.versions, after))
    return _apply(register, Document(units=(renamed,)))


def rebuild_paths() -> Counter[str]:
    """Derive `unit_path` anew; only rows that differ are written ("added", "removed")."""
    return paths.rebuild(stored())


def _apply(before: Register, document: Document, *, audited: bool = True) -> Summary:
    try:
        after = merged(before, document)
    except Faulty as error:
        raise UnitsFault(error.faults) from error
    old_faults = set(check(before))
    faults = [found for found in check(after) if found not in old_faults]
    if faults:
        raise UnitsFault(faults)
    counts = store(before, after, audited=audited)
    paths.rebuild(after)
    known = set(doubts(before))
    return _summary(counts, [found for found in doubts(after) if found not in known])


def _summary(counts: Counter[str], warnings: Iterable[Fault]) -> Summary:
    return Summary(
        units_created=counts["unit.created"],
        units_changed=counts["unit.changed"],
        lineage_recorded=counts["unit.lineage_recorded"],
        lineage_withdrawn=counts["unit.lineage_withdrawn"],
        aliases_recorded=counts["unit.alias_recorded"],
        scopes_changed=counts["unit.scope_changed"],
        warnings=tuple(map(fault_sentence, warnings)),
    )


def _unit(register: Register, unit_id: int) -> UnitEntry:
    row = db.session.get(Unit, unit_id)
    if row is None or row.key not in register.units:
        raise UnitsFault([fault("not_one_unit", unit=unit_id)])
    return register.units[row.key]


def _ended(unit: UnitEntry, on: date, legal_ref: str | None) -> UnitEntry:
    """The unit's history up to `on`."""
    kept = [version for version in unit.versions if version.begin < on]
    if not kept or (kept[-1].end is not None and kept[-1].end < on):
        raise UnitsFault([fault("ended", unit=unit.key, on=on)])
    last = kept[-1].model_copy(update={"end": on} | ({"legal_ref": legal_ref} if legal_ref else {}))
    return unit.model_copy(update={"versions": (*kept[:-1], last)})


def _parent_from(unit: UnitEntry, on: date) -> str | None:
    """Under which unit it would go on from `on`; None if it does not."""
    running: VersionEntry | None = next((at for at in unit.versions if at.end is None or at.end > on), None)
    return running.parent if running else None


def _moved(unit: UnitEntry, parent: str, on: date) -> UnitEntry:
    running = next(at for at in unit.versions if at.end is None or at.end > on)
    if running.begin >= on:
        return unit.model_copy(update={"versions": tuple(_under(at, parent, on) for at in unit.versions)})
    before = _ended(unit, on, None)
    after = running.model_copy(update={"parent": parent, "begin": on})
    later = [_under(at, parent, on) for at in unit.versions if at.begin >= on]
    return unit.model_copy(update={"versions": (*before.versions, after, *later)})


def _under(version: VersionEntry, parent: str, on: date) -> VersionEntry:
    return version.model_copy(update={"parent": parent}) if version.begin >= on else version
