"""The file format lhp-units/1, and what it holds as plain values. Pure.

A unit that a document names is stated in full: all of its versions, the latest open (`to` left out) unless it ended.
Parents, lineage and scopes may name units that are already in the register.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from lms.text.dates import read_date
from lms.text.names import clean
from lms.units.faults import Fault, Faulty, fault

SCHEMA = "lhp-units/1"


def _day(value: object) -> object:
    """Also 01/07/2025, as people write days; what is no day is left for the refusal."""
    return (read_date(value) or value) if isinstance(value, str) else value


Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9/._-]{0,119}$")]
Name = Annotated[str, AfterValidator(clean), StringConstraints(min_length=1, max_length=120)]
Day = Annotated[date, BeforeValidator(_day)]
Kind = Literal["country", "province", "city", "district", "ward", "commune", "khom", "ap"]
LineageKind = Literal["merge", "split", "transfer", "rename", "renumber", "type_change"]


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True, populate_by_name=True)


class VersionEntry(Entry):
    """True in ``[begin, end)``."""

    name: Name
    kind: Kind
    parent: Key | None = None
    code: str | None = None
    legal_ref: str | None = None
    begin: Day = Field(alias="from")
    end: Day | None = Field(default=None, alias="to")


def _in_order(versions: tuple[VersionEntry, ...]) -> tuple[VersionEntry, ...]:
    return tuple(sorted(versions, key=lambda version: version.begin))


class UnitEntry(Entry):
    """`versions` are kept in the order of their days."""

    key: Key
    invented: bool = False
    versions: Annotated[tuple[VersionEntry, ...], Field(min_length=1), AfterValidator(_in_order)]


class LinkName(Entry):
    """Which link: from, to and the day."""

    origin: Key = Field(alias="from")
    heir: Key = Field(alias="to")
    on: Day = Field(alias="date")  # not "on": YAML reads that word as true

    @property
    def identity(self) -> tuple[str, str, date]:
        return self.origin, self.heir, self.on


class LinkEntry(LinkName):
    kind: LineageKind
    legal_ref: str | None = None
    note: str | None = None


class AliasEntry(Entry):
    text: Name
    unit: Key
    parent: Key | None = None
    begin: Day | None = Field(default=None, alias="from")
    end: Day | None = Field(default=None, alias="to")


class ScopeEntry(Entry):
    code: Key
    name: Name
    follows: Literal["tree", "lineage"]
    position: int = 0
    roots: Annotated[tuple[Key, ...], Field(min_length=1), AfterValidator(lambda roots: tuple(sorted(roots)))]


class Document(Entry):
    """`withdraw` takes back links that were recorded in error."""

    schema_name: Literal["lhp-units/1"] = Field(default="lhp-units/1", alias="schema")
    source: str = ""
    units: tuple[UnitEntry, ...] = ()
    lineage: tuple[LinkEntry, ...] = ()
    withdraw: tuple[LinkName, ...] = ()
    aliases: tuple[AliasEntry, ...] = ()
    scopes: tuple[ScopeEntry, ...] = ()


def read_document(data: object) -> Document:
    """The document in `data` (as YAML or JSON gives it). Raises `Faulty`, naming each place that cannot be read."""
    if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
        raise Faulty([fault("schema", schema=SCHEMA)])
    try:
        document = Document.model_validate(data)
    except ValidationError as error:
        raise Faulty(_unreadable(found["loc"], found["type"], data) for found in error.errors()) from error
    twice = [key for key, times in Counter(unit.key for unit in document.units).items() if times > 1]
    if twice:
        raise Faulty(fault("stated_twice", unit=key) for key in twice)
    return document


def _unreadable(path: tuple[int | str, ...], kind: str, data: Any) -> Fault:
    """The place in the words of the file: units with their key, other entries counted from 1."""
    place: list[str] = []
    at: Any = data
    for step in path:
        at = _inside(at, step)
        own = at.get("key") if isinstance(at, Mapping) and isinstance(step, int) else None
        place.append(str(own or (step + 1 if isinstance(step, int) else step)))
    code = {"missing": "missing", "extra_forbidden": "unknown_field"}.get(kind, "unreadable")
    return fault(code, place=" › ".join(place), given=str(at))


def _inside(at: Any, step: int | str) -> Any:
    if isinstance(at, list):
        return at[step] if isinstance(step, int) and step < len(at) else None
    return at.get(step) if isinstance(at, Mapping) else None
