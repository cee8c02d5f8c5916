"""The tree as the page shows it: a section for each unit that has wards under it, hamlets only counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lms.units.queries.tree import TreeNode


@dataclass
class Section:
    """`above`: the names of the units over these wards, the largest first; none where the scope begins with wards."""

    above: tuple[str, ...]
    wards: list[tuple[TreeNode, int]] = field(default_factory=list)


@dataclass
class Outline:
    """`bare` are units above the wards under which nothing is recorded."""

    sections: list[Section]
    bare: list[TreeNode]


def outline(nodes: Iterable[TreeNode]) -> Outline:
    """`nodes` as `tree_on` gives them: parents first."""
    nodes = list(nodes)
    below: dict[int | None, list[TreeNode]] = {}
    for node in nodes:
        below.setdefault(node.parent_id, []).append(node)
    names = _names(nodes)
    sections: dict[int | None, Section] = {}
    for node in nodes:
        if node.level == "ward":
            home = node.parent_id if node.parent_id in names else None
            section = sections.setdefault(home, Section(names.get(home, ())))
            section.wards.append((node, len(below.get(node.unit_id, ()))))
    bare = [node for node in nodes if node.level in ("province", "district") and node.unit_id not in below]
    return Outline(list(sections.values()), bare)


def _names(nodes: Iterable[TreeNode]) -> dict[int | None, tuple[str, ...]]:
    """For each unit above the wards, the names from the province down to it."""
    names: dict[int | None, tuple[str, ...]] = {}
    for node in nodes:
        if node.level in ("province", "district"):
            names[node.unit_id] = (*names.get(node.parent_id, ()), node.name)
    return names
