"""The guards, as written down in lists/: one file a theme, one table a guard."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LISTS = Path(__file__).parent / "lists"
ROOT = Path(__file__).parents[2]


class Wrong(ValueError):
    """A list that cannot be used, or a name that no guard has."""


@dataclass(frozen=True)
class Guard:
    """`old` stands once in `file`; with `new` in its place the `promise` is broken and one of `tests` must fail.

    `case` is the row of the safety plan. An `old` ends where the change ends: a whole line needs no line end.
    """

    name: str
    case: str
    promise: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def changed(self, text: str) -> str:
        """The file's text without the guard; Wrong unless `old` stands in it exactly once."""
        if (found := text.count(self.old)) != 1:
            raise Wrong(f"the text stands {found} times in {self.file}")
        return text.replace(self.old, self.new)

    @property
    def needs_new_databases(self) -> bool:
        """Triggers and constraints are in the migrated database: the one made before the change still has them."""
        return self.file.startswith("migrations/")

    @property
    def needs_postgres(self) -> bool:
        """A test named with it: SQLite has one writer, so that some races are none there."""
        return any("postgresql" in test for test in self.tests)


def guards(names: list[str]) -> list[Guard]:
    """Those whose name contains one of the words, all without any; Wrong where a word finds none."""
    known = list(_read())
    if idle := [name for name in names if not any(name in guard.name for guard in known)]:
        raise Wrong(f"no guard is called {', '.join(idle)}")
    return [guard for guard in known if not names or any(name in guard.name for name in names)]


def _read() -> Iterator[Guard]:
    seen: set[str] = set()
    for path in sorted(LISTS.glob("*.toml")):
        for name, given in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name in seen:
                raise Wrong(f"two guards are called {name}")
            seen.add(name)
            yield _guard(name, given)


def _guard(name: str, given: dict[str, object]) -> Guard:
    try:
        return Guard(name=name, **given | {"tests": tuple(given["tests"])})  # type: ignore[arg-type]
    except (KeyError, TypeError) as error:
        raise Wrong(f"{name}: {error}") from error
