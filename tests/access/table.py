"""The committed table: one line a route and method, one word an actor. `table.txt` is the specification."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.access.world import ACTORS

TABLE = Path(__file__).with_name("table.txt")
WORDS = {"yes": True, "no": False}


@dataclass(frozen=True)
class Line:
    """Who may (`allowed`: the actor → yes or no) come to `rule` by `method`."""

    method: str
    rule: str
    allowed: dict[str, bool]


def read(path: Path = TABLE) -> list[Line]:
    """Raises ValueError with the line's number for a line that is none, and for a route named twice."""
    lines: dict[tuple[str, str], Line] = {}
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not text.strip() or text.startswith("#"):
            continue
        line = _read_line(text, f"{path.name}:{number}")
        if (line.method, line.rule) in lines:
            raise ValueError(f"{path.name}:{number}: {line.method} {line.rule} stands there already")
        lines[line.method, line.rule] = line
    return list(lines.values())


def _read_line(text: str, place: str) -> Line:
    method, rule, *words = text.split()
    if len(words) != len(ACTORS) or set(words) - set(WORDS):
        raise ValueError(f"{place}: wanted METHOD, rule and {len(ACTORS)} times yes or no, found: {text}")
    return Line(method, rule, {actor: WORDS[word] for actor, word in zip(ACTORS, words, strict=True)})


def write_line(line: Line) -> str:
    words = ("yes" if line.allowed[actor] else "no" for actor in ACTORS)
    cells = "".join(f"{word:<{len(actor) + 2}}" for actor, word in zip(ACTORS, words, strict=True))
    return f"{line.method:<7}{line.rule:<52}{cells}".rstrip()


def heading() -> str:
    return (f"#{'':<6}{'':<52}" + "".join(f"{actor}  " for actor in ACTORS)).rstrip()
