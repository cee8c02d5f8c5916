"""The closure against a slow, obvious answer for each unit and day, over random histories."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lms.units.checks import Register, check
from lms.units.documents import LinkEntry, UnitEntry, VersionEntry
from lms.units.rules import PathRow, closure
from tests.units import histories, slow


def days(world: slow.World) -> list[date]:
    """Every day of the history, one before it and one after."""
    dates = {version.begin for version in world.versions} | {v.end for v in world.versions if v.end}
    first, last = min(dates) - timedelta(days=1), max(dates) + timedelta(days=1)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def by_unit(rows: list[PathRow]) -> dict[tuple[str, str], list[PathRow]]:
    found: dict[tuple[str, str], list[PathRow]] = {}
    for row in rows:
        found.setdefault((row.scope, row.unit), []).append(row)
    return found


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_the_closure_says_the_same_as_the_rules_read_day_by_day(data: st.DataObject) -> None:
    world = data.draw(histories.worlds())
    scopes = data.draw(histories.scopes(world))
    rows = by_unit(closure(world.versions, world.links, scopes))
    for scope in scopes:
        for unit in world.units():
            of_unit = rows.get((scope.code, unit), [])
            for day in days(world):
                today = [row for row in of_unit if row.begin <= day and (row.end is None or day < row.end)]
                assert len(today) == len({row.level for row in today}), "two rows of one level on one day"
                expected = slow.rows_on(world, scope, unit, day)
                assert {row.level: row.node for row in today} == expected, (scope, unit, day)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_rows_never_overlap_and_are_as_long_as_they_can_be(data: st.DataObject) -> None:
    world = data.draw(histories.worlds())
    rows = closure(world.versions, world.links, data.draw(histories.scopes(world)))
    rows.sort(key=lambda row: (row.scope, row.level, row.unit, row.begin))
    for row in rows:
        assert row.end is None or row.begin < row.end
    for one, other in pairwise(rows):
        if (one.scope, one.level, one.unit) == (other.scope, other.level, other.unit):
            assert one.end is not None and one.end <= other.begin
            assert one.end < other.begin or one.node != other.node


@settings(max_examples=120, deadline=None)
@given(histories.worlds())
def test_no_post_is_ever_lost_once_the_country_stands(world: slow.World) -> None:
    """Whatever happens to a unit, its posts are counted somewhere: nowhere does a figure leak."""
    rows = by_unit(closure(world.versions, world.links, [histories.Scope("all", "tree", ("c0",))]))
    for unit in world.units():
        whole = [(row.begin, row.end) for row in rows["all", unit] if row.level == "scope"]
        assert whole == [(histories.START, None)]


@settings(max_examples=60, deadline=None)
@given(histories.worlds())
def test_the_histories_are_such_as_a_register_accepts(world: slow.World) -> None:
    """Otherwise the comparison above would say nothing about real registers."""
    units = {}
    for unit in world.units():
        versions = tuple(
            VersionEntry(name=unit, kind=v.kind, parent=v.parent, begin=v.begin, end=v.end) for v in world.life(unit)
        )
        units[unit] = UnitEntry(key=unit, versions=versions)
    links = tuple(LinkEntry(origin=link.origin, heir=link.heir, on=link.on, kind="merge") for link in world.links)
    assert check(Register(units, links)) == []
