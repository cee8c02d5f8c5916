"""Worked examples of each rule of the closure."""

from __future__ import annotations

from datetime import date

import pytest

from lms.units.rules import Link, PathRow, Scope, Version, closure, undecided

OLD, REFORM, LATER = date(2003, 1, 1), date(2025, 7, 1), date(2026, 7, 1)
BEFORE, AFTER = date(2024, 1, 1), date(2026, 1, 1)
ALL = Scope("all", "tree", ("vn",))

BASE = (
    Version("vn", "country", None, OLD),
    Version("tinh", "province", "vn", OLD),
    Version("tp", "city", "tinh", OLD, REFORM),
    Version("huyen", "district", "tinh", OLD, REFORM),
)


def at(rows: list[PathRow], unit: str, day: date, scope: str = "all") -> dict[str, str | None]:
    """Level → node of the unit on that day."""
    return {
        row.level: row.node
        for row in rows
        if (row.scope, row.unit) == (scope, unit) and row.begin <= day and (row.end is None or day < row.end)
    }


def node(rows: list[PathRow], unit: str, day: date) -> str | None:
    """The unit's own place: the deepest node of the day."""
    place = at(rows, unit, day)
    return next((place[level] for level in ("hamlet", "ward", "district", "province") if level in place), None)


def test_a_merger_carries_posts_to_the_new_unit_and_back_again_for_days_before() -> None:
    versions = [*BASE, Version("p1", "ward", "tp", OLD, REFORM), Version("p", "ward", "tinh", REFORM)]
    rows = closure(versions, [Link("p1", "p", REFORM)], [ALL])
    assert at(rows, "p1", BEFORE) == {"scope": None, "province": "tinh", "district": "tp", "ward": "p1"}
    assert at(rows, "p1", AFTER) == {"scope": None, "province": "tinh", "ward": "p"}
    assert at(rows, "p", BEFORE) == {"scope": None, "province": "tinh", "district": "tp", "ward": "p1"}


def test_on_the_day_of_the_reform_the_new_unit_already_stands() -> None:
    versions = [*BASE, Version("p1", "ward", "tp", OLD, REFORM), Version("p", "ward", "tinh", REFORM)]
    rows = closure(versions, [Link("p1", "p", REFORM)], [ALL])
    assert node(rows, "p1", date(2025, 6, 30)) == "p1"
    assert node(rows, "p1", REFORM) == "p"


def test_a_unit_that_took_over_others_while_it_lives_stays_itself() -> None:
    versions = [*BASE, Version("p2", "ward", "tp", OLD, REFORM), Version("p3", "ward", "tinh", OLD)]
    rows = closure(versions, [Link("p2", "p3", REFORM)], [ALL])
    assert node(rows, "p3", BEFORE) == node(rows, "p3", AFTER) == "p3"
    assert node(rows, "p2", AFTER) == "p3"


def test_a_post_of_a_merged_ward_stands_above_its_origins_on_older_trees() -> None:
    versions = [
        *BASE,
        Version("p7", "ward", "tp", OLD, REFORM),
        Version("p8", "ward", "tp", OLD, REFORM),
        Version("xa", "commune", "huyen", OLD, REFORM),
        Version("in-city", "ward", "tinh", REFORM),
        Version("across", "ward", "tinh", REFORM),
    ]
    links = [Link("p7", "in-city", REFORM), Link("p8", "in-city", REFORM)]
    rows = closure(versions, [*links, Link("p8", "across", REFORM), Link("xa", "across", REFORM)], [ALL])
    assert node(rows, "in-city", BEFORE) == "tp"
    assert node(rows, "across", BEFORE) == "tinh"


def test_a_split_hamlet_waits_in_the_ward_its_parts_share_or_above() -> None:
    versions = [
        *BASE,
        Version("a", "ward", "tinh", OLD),
        Version("b", "ward", "tinh", OLD),
        Version("one", "khom", "a", OLD, REFORM),
        Version("two", "khom", "a", OLD, REFORM),
        *(Version(name, "khom", parent, REFORM) for name, parent in (("x", "a"), ("y", "a"), ("z", "b"))),
    ]
    links = [Link("one", "x", REFORM), Link("one", "y", REFORM), Link("two", "x", REFORM), Link("two", "z", REFORM)]
    rows = closure(versions, links, [ALL])
    assert at(rows, "one", AFTER) == {"scope": None, "province": "tinh", "ward": "a"}
    assert at(rows, "two", AFTER) == {"scope": None, "province": "tinh"}


def test_parts_that_are_joined_again_are_one_place_again() -> None:
    versions = [
        *BASE,
        Version("a", "ward", "tinh", OLD),
        Version("one", "khom", "a", OLD, REFORM),
        Version("x", "khom", "a", REFORM, LATER),
        Version("y", "khom", "a", REFORM, LATER),
        Version("again", "khom", "a", LATER),
    ]
    links = [Link("one", "x", REFORM), Link("one", "y", REFORM), Link("x", "again", LATER), Link("y", "again", LATER)]
    rows = closure(versions, links, [ALL])
    assert node(rows, "one", AFTER) == "a"
    assert node(rows, "one", LATER) == "again"
    assert node(rows, "again", BEFORE) == "one"


def test_a_chain_of_new_numbers_is_followed_to_its_end_both_ways() -> None:
    days = [OLD, *(date(2025, month, 1) for month in range(1, 13))]
    ends = [*days[1:], None]
    versions = [*BASE, Version("a", "ward", "tinh", OLD)]
    versions += [
        Version(f"k{i}", "khom", "a", begin, end) for i, (begin, end) in enumerate(zip(days, ends, strict=True))
    ]
    rows = closure(versions, [Link(f"k{i}", f"k{i + 1}", days[i + 1]) for i in range(12)], [ALL])
    assert node(rows, "k0", AFTER) == "k12"
    assert node(rows, "k12", BEFORE) == "k0"
    assert node(rows, "k3", date(2025, 9, 15)) == "k9"


def test_what_ended_or_began_without_a_named_other_belongs_to_its_parent() -> None:
    versions = [
        *BASE,
        Version("p1", "ward", "tp", OLD, REFORM),
        Version("p", "ward", "tinh", REFORM),
        Version("gone", "khom", "p1", OLD, REFORM),
        Version("new", "khom", "p", REFORM),
    ]
    rows = closure(versions, [Link("p1", "p", REFORM)], [ALL])
    assert node(rows, "gone", AFTER) == "p"
    assert node(rows, "new", BEFORE) == "p1"
    assert node(rows, "tp", AFTER) == "tinh"


def test_a_hamlet_that_only_changed_its_ward_keeps_its_own_place() -> None:
    versions = [
        *BASE,
        Version("p1", "ward", "tp", OLD, REFORM),
        Version("p", "ward", "tinh", REFORM),
        Version("k", "khom", "p1", OLD, REFORM),
        Version("k", "khom", "p", REFORM),
    ]
    rows = closure(versions, [Link("p1", "p", REFORM)], [ALL])
    own = [(row.begin, row.end) for row in rows if row.unit == "k" and row.level == "hamlet"]
    assert own == [(OLD, None)], "one row as long as the hamlet stands"
    assert at(rows, "k", BEFORE)["ward"] == "p1" and at(rows, "k", AFTER)["ward"] == "p"


def test_a_scope_of_todays_wards_reaches_back_to_what_became_them() -> None:
    versions = [
        *BASE,
        Version("p1", "ward", "tp", OLD, REFORM),
        Version("p2", "ward", "tp", OLD, REFORM),
        Version("p", "ward", "tinh", REFORM),
        Version("q", "ward", "tinh", REFORM),
    ]
    rows = closure(versions, [Link("p1", "p", REFORM), Link("p2", "q", REFORM)], [Scope("now", "tree", ("p",))])
    assert {row.unit for row in rows} == {"p1", "p"}
    assert at(rows, "p1", BEFORE, "now")["ward"] == "p1"
    assert at(rows, "p1", AFTER, "now")["ward"] == "p"


def test_a_hamlet_that_moves_out_of_a_root_leaves_its_scope_that_day() -> None:
    versions = [
        *BASE,
        Version("a", "ward", "tinh", OLD),
        Version("b", "ward", "tinh", OLD),
        Version("k", "khom", "a", OLD, REFORM),
        Version("k", "khom", "b", REFORM),
    ]
    rows = closure(versions, [], [Scope("now", "tree", ("a",))])
    assert at(rows, "k", BEFORE, "now") and not at(rows, "k", AFTER, "now")


def test_a_root_that_ended_is_looked_at_on_its_last_day() -> None:
    versions = [*BASE, Version("p1", "ward", "tp", OLD, REFORM), Version("p", "ward", "tinh", REFORM)]
    versions.append(Version("other", "ward", "tinh", REFORM))
    rows = closure(versions, [Link("p1", "p", REFORM)], [Scope("city", "tree", ("tp",))])
    assert at(rows, "p1", AFTER, "city") == {"scope": None, "province": "tinh", "ward": "p"}
    assert not at(rows, "other", AFTER, "city")


PLAN = Scope("plan", "lineage", ("tp",))


def held(versions: list[Version], links: list[Link]) -> set[str]:
    return {row.unit for row in closure(versions, links, [PLAN])}


MIXED = [
    *BASE,
    Version("p8", "ward", "tp", OLD, REFORM),
    Version("xa", "commune", "huyen", OLD, REFORM),
    Version("p", "ward", "tinh", REFORM),
    Version("k8", "khom", "p8", OLD, REFORM),
    Version("kx", "ap", "xa", OLD, REFORM),
]
MIXED_LINKS = [Link("p8", "p", REFORM), Link("xa", "p", REFORM)]


def test_a_scope_of_lineage_takes_the_ward_but_not_the_hamlets_from_outside() -> None:
    versions = [*MIXED, Version("n8", "khom", "p", REFORM), Version("nx", "khom", "p", REFORM)]
    links = [*MIXED_LINKS, Link("k8", "n8", REFORM), Link("kx", "nx", REFORM)]
    assert held(versions, links) == {"tp", "p8", "k8", "p", "n8"}


def test_a_hamlet_without_an_origin_in_a_mixed_ward_is_left_out_and_named() -> None:
    versions = [*MIXED, Version("who-knows", "khom", "p", LATER)]
    assert "who-knows" not in held(versions, MIXED_LINKS)
    assert undecided(versions, MIXED_LINKS, [PLAN]) == [("plan", "who-knows")]


def test_a_hamlet_without_an_origin_in_a_ward_all_from_inside_belongs() -> None:
    versions = [*MIXED, Version("new", "khom", "p", LATER)]
    assert "new" in held(versions, [Link("p8", "p", REFORM)])
    assert undecided(versions, [Link("p8", "p", REFORM)], [PLAN]) == []


def test_land_goes_along_only_with_what_was_handed_over_after_it_came() -> None:
    """xa gave land to `early` before it took over land of the city, and to `late` afterwards."""
    first, second, third = date(2010, 1, 1), date(2012, 1, 1), date(2014, 1, 1)
    versions = [
        *BASE,
        Version("p1", "ward", "tp", OLD),
        *(Version(name, "commune", "huyen", OLD) for name in ("xa", "early", "late")),
    ]
    links = [Link("xa", "early", first), Link("p1", "xa", second), Link("xa", "late", third)]
    assert held(versions, links) == {"tp", "p1", "xa", "late"}


def test_a_commune_that_joined_the_city_belongs_wholly_from_then_on() -> None:
    joined = date(2015, 1, 1)
    versions = [
        *BASE,
        Version("xa", "commune", "huyen", OLD, joined),
        Version("xa", "commune", "tp", joined, REFORM),
        Version("p", "ward", "tinh", REFORM),
        Version("new", "khom", "p", LATER),
    ]
    assert held(versions, [Link("xa", "p", REFORM)]) == {"tp", "xa", "p", "new"}


def test_a_province_of_hamlets_is_closed_in_one_pass() -> None:
    """Wide, not deep: 3,000 hamlets that were each renumbered give as many rows as they have places, no more."""
    versions, links = list(BASE), []
    for ward in range(60):
        versions += [Version(f"o{ward}", "ward", "tp", OLD, REFORM), Version(f"w{ward}", "ward", "tinh", REFORM)]
        links.append(Link(f"o{ward}", f"w{ward}", REFORM))
        for number in range(25):
            old, new = f"o{ward}-{number}", f"w{ward}-{number}"
            versions += [Version(old, "khom", f"o{ward}", OLD, REFORM), Version(new, "khom", f"w{ward}", REFORM)]
            links.append(Link(old, new, REFORM))
    rows = [row for row in closure(versions, links, [ALL]) if row.level == "hamlet"]
    assert len(rows) == 60 * 25 * 2 * 2


@pytest.mark.parametrize("day", [BEFORE, AFTER])
def test_the_country_itself_stands_at_the_scope_and_nowhere_below(day: date) -> None:
    assert at(closure(BASE, [], [ALL]), "vn", day) == {"scope": None}
