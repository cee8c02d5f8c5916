"""The names of tests, read and not imported: what they import may not be installed here."""

from __future__ import annotations

import ast
from functools import cache

from tools.guards.reading import ROOT


@cache
def functions_in(path: str) -> set[str]:
    """The functions of a module, by its path from the root of the tree."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
