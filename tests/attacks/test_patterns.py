"""No pattern takes more than its share of time, whatever is put in front of it (S44).

Each is asked as the code asks it (search, match, …) for long repetitions of what it looks for itself. A text four times
as long may take about four times as long; a pattern that goes over the same signs again and again takes sixteen.
"""

from __future__ import annotations

import ast
import importlib
import itertools
import pkgutil
import re
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]  # the standard library's own reading of a pattern
from re import _parser as parser  # type: ignore[attr-defined]
from types import FrameType
from typing import Any

import pytest

import lms

METHODS = {"search", "match", "fullmatch", "sub", "split", "findall", "finditer"}
SIGNS, SHORT, PATIENCE = 4000, 1000, 2.0
SUSPICIOUS, TOO_MUCH = 0.004, 8
BOUNDED = {
    "lms.people.roster.reading.headings._PATTERNS": "headings of at most 80 signs, see field_of",
    "lms.web.assets._REFERENCE": "our own style sheets",
}
KINDS = {op.CATEGORY_DIGIT: "1", op.CATEGORY_SPACE: " ", op.CATEGORY_WORD: "a"}
Used = tuple[str, re.Pattern[Any], str]


class TooSlow(Exception):
    pass


@cache
def used() -> tuple[Used, ...]:
    """(where it stands, the pattern, how it is asked) for every pattern that a module of ours keeps."""
    asked = _asked()
    found: dict[tuple[re.Pattern[Any], str], Used] = {}
    for info in pkgutil.walk_packages(lms.__path__, "lms."):
        if info.name == "lms.wsgi":
            continue
        for name, value in vars(importlib.import_module(info.name)).items():
            for pattern in _patterns(value):
                for method in asked.get(name, {"search"}):
                    found.setdefault((pattern, method), (f"{info.name}.{name}", pattern, method))
    return tuple(found.values())


def _asked() -> dict[str, set[str]]:
    """Name of a pattern → the methods that are called on it anywhere."""
    asked: dict[str, set[str]] = {}
    for path in Path(lms.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
                owner = node.func.value
                name = getattr(owner, "id", None) or getattr(owner, "attr", None)
                asked.setdefault(str(name), set()).add(node.func.attr)
    return asked


def _patterns(value: Any, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """In the value itself, in tables, and in rules that hold one."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and type(value) in (dict, tuple, list, set, frozenset):
        inside = itertools.chain(value, value.values()) if type(value) is dict else value
        yield from itertools.chain.from_iterable(_patterns(one, depth + 1) for one in inside)
    elif depth < 3 and hasattr(type(value), "__dataclass_fields__"):
        fields = (getattr(value, name, None) for name in type(value).__dataclass_fields__)
        yield from itertools.chain.from_iterable(_patterns(one, depth + 1) for one in fields)


def repeated(pattern: re.Pattern[Any]) -> Iterator[Any]:
    """Long texts of the pattern's own signs: each alone, pairs and runs of them; with an end that does not fit."""
    signs = list(_signs(parser.parse(pattern.pattern, pattern.flags)))
    own, row = list(dict.fromkeys(signs)), "".join(signs)
    pieces = {*own, "a", "1", " ", *map("".join, itertools.product(own[:6], repeat=2))}
    pieces |= {row[start : start + size] for size in (2, 3, 4) for start in range(min(len(row), 24))}
    for piece, end in itertools.product(sorted(pieces), ("", "\0")):
        text = piece * (SIGNS // len(piece)) + end
        yield text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")


def _signs(parsed: Iterable[Any]) -> Iterator[str]:
    """A sign for each place of the pattern, in its order."""
    for kind, value in parsed:
        if kind is op.LITERAL:
            yield chr(value)
        elif kind in (op.ANY, op.NOT_LITERAL):
            yield "x"
        elif kind is op.RANGE:
            yield chr(value[0])
        elif kind is op.CATEGORY:
            yield KINDS.get(value, ".")
        else:
            yield from itertools.chain.from_iterable(map(_signs, _inside(kind, value)))


def _inside(kind: Any, value: Any) -> Iterable[Iterable[Any]]:
    if kind is op.IN:
        return [value]
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return [value[2]]
    if kind is op.SUBPATTERN:
        return [value[3]]
    if kind is op.ATOMIC_GROUP:
        return [value]
    if kind is op.BRANCH:
        return value[1]  # type: ignore[no-any-return]
    return [value[1]] if kind in (op.ASSERT, op.ASSERT_NOT) else []


def seconds(pattern: re.Pattern[Any], method: str, text: Any) -> float:
    began = time.process_time()
    with _patience():
        if method == "sub":
            pattern.sub(text[:0], text)
        elif method == "finditer":
            list(pattern.finditer(text))
        else:
            getattr(pattern, method)(text)
    return time.process_time() - began


@contextmanager
def _patience() -> Iterator[None]:
    """A search can be interrupted: `TooSlow` rather than a suite that hangs."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    timer = signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)


def grows(pattern: re.Pattern[Any], method: str) -> str | None:
    """A text over which the pattern goes again and again, if one of ours is; its first signs."""
    for text in repeated(pattern):
        try:
            if seconds(pattern, method, text) < SUSPICIOUS:
                continue
            long, short = (min(seconds(pattern, method, one) for _ in range(3)) for one in (text, text[-SHORT:]))
        except TooSlow:
            return repr(text[:12])
        if long > SUSPICIOUS and long > TOO_MUCH * short:
            return repr(text[:12])
    return None


@pytest.mark.attack("S44")
def test_every_pattern_takes_a_time_that_grows_with_the_text_and_no_faster() -> None:
    assert len(used()) > 200
    found = {(where, pattern.pattern): grows(pattern, method) for where, pattern, method in used()}
    slow = {where: text for (where, _), text in found.items() if text is not None and where not in BOUNDED}
    assert slow == {}


@pytest.mark.attack("S44")
@pytest.mark.parametrize(
    ("pattern", "method"),
    [(r"\s*[+;]\s*", "split"), (r"\d+([.,]\d+)? ?\d* tri", "search"), (r"<!--.*?-->", "sub"), (r"(a|a)*b", "match")],
)
def test_one_that_goes_over_the_same_signs_again_is_found(pattern: str, method: str) -> None:
    assert grows(re.compile(pattern, re.DOTALL), method) is not None
