"""Which process of xdist runs which tests: any, but for modules that build something large once for all of theirs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

MARK = "xdist_group"
ROOT = Path(__file__).resolve().parents[1]


class WholeModules(LoadScopeScheduling):
    """A module whose `pytestmark` has an xdist_group stays on one process.

    xdist 3.8 cannot see its own groups: it writes them into `_nodeid`, which pytest 9.2 no longer reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if is_whole(module) else nodeid


@cache
def is_whole(module: str) -> bool:
    return f"mark.{MARK}(" in (ROOT / module).read_text(encoding="utf-8")
