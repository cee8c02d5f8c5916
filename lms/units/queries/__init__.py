"""The questions on places: the tree as of a day, where a unit stands, what became of it, what a text means."""

from lms.units.queries.finding import Candidate, find_many, find_units
from lms.units.queries.history import LineageEvent, lineage_of, origins_of, versions_of
from lms.units.queries.standing import (
    carry,
    carry_many,
    path_names,
    paths_of,
    place_names,
    place_on,
    units_under,
    units_under_each,
)
from lms.units.queries.tree import (
    TreeNode,
    children_on,
    count_on,
    find_scope,
    first_day,
    names_on,
    scopes,
    search,
    stands_under,
    tree_on,
    unit_on,
)

__all__ = [
    "Candidate",
    "LineageEvent",
    "TreeNode",
    "carry",
    "carry_many",
    "children_on",
    "count_on",
    "find_many",
    "find_scope",
    "find_units",
    "first_day",
    "lineage_of",
    "names_on",
    "origins_of",
    "path_names",
    "paths_of",
    "place_names",
    "place_on",
    "scopes",
    "search",
    "stands_under",
    "tree_on",
    "unit_on",
    "units_under",
    "units_under_each",
    "versions_of",
]
