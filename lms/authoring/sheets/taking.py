"""A filled sheet against the folder: what each row changes, what its readers signed. Pure; nothing is written.

A row is taken where its Vietnamese string still stands. A draft goes in only if it can stand there: the same marks, no
other block opened by it. Everything is planned, and read back, before the command writes the first file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lms.authoring.sheets.lines import Line, ModuleTexts, marks
from lms.authoring.sheets.screens import can_stand
from lms.authoring.sheets.signed import Signatures
from lms.authoring.sheets.table import CHANGE, Row, SheetFault, verdict_of

TAKEN, SAME = "taken", "same"


@dataclass(frozen=True)
class Left:
    """A row that was not taken; `code` as in `words.py`."""

    file: str
    nr: str
    code: str


@dataclass(frozen=True)
class Unfinished:
    """A file that would be new, but not whole: the numbers it still lacks, and how many drafts wait for them."""

    file: str
    missing: tuple[str, ...]
    held: int


@dataclass
class Taking:
    """`texts`: unit → nr → words that go in; `judged`: (verdict, reader, line, its words) of each row that counts."""

    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    judged: list[tuple[str, str, Line, str]] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    unfinished: list[Unfinished] = field(default_factory=list)
    same: int = 0

    @property
    def taken(self) -> int:
        return sum(map(len, self.texts.values()))


def take(module: ModuleTexts, rows: Mapping[int, Row], signatures: Signatures) -> Taking:
    """SheetFault "conflict": two rows give one string different words."""
    taking, known = Taking(), _Known(module)
    given: dict[tuple[str, str], tuple[int, str]] = {}
    for at, row in rows.items():
        line = known.line_of(row)
        if isinstance(line, Left):
            taking.left += [line] if row.draft or row.verdict else []
            continue
        draft = _fitted(row.draft, line)
        before, words = given.setdefault((line.file, line.nr), (at, draft))
        if words != draft:
            raise SheetFault("conflict", (before, at))
        _note(taking, line, row, draft, _answer(module, line, draft, row, signatures))
    _leave_unfinished(module, taking)
    return taking


class _Known:
    """The module's lines by where they stand, and by what they say."""

    def __init__(self, module: ModuleTexts) -> None:
        self.troubled = {trouble.file for trouble in module.troubles}
        self.files = {line.file for line in module.lines}
        self.placed = {(line.file, line.nr): line for line in module.lines}
        self.saying: dict[tuple[str, str], list[Line]] = {}
        for line in module.lines:
            self.saying.setdefault((line.file, _plain(line.source)), []).append(line)

    def line_of(self, row: Row) -> Line | Left:
        """The string of that number, or the one string of the file that says the same after numbers have moved."""
        line = self.placed.get((row.file, row.nr))
        if line is not None and _plain(line.source) == _plain(row.source):
            return line
        moved = self.saying.get((row.file, _plain(row.source)), [])
        if len(moved) == 1 and ":" not in row.nr:
            return moved[0]
        if row.file not in self.files:
            return Left(row.file, row.nr, "file-left" if row.file in self.troubled else "file-unknown")
        return Left(row.file, row.nr, "source-changed")


def _answer(module: ModuleTexts, line: Line, draft: str, row: Row, signatures: Signatures) -> str:
    """TAKEN, SAME, or why not."""
    if not draft:
        return "verdict-on-nothing" if row.verdict else SAME
    if draft == line.draft:
        return SAME
    if verdict_of(row) != CHANGE and signatures.was_replaced(line.unit, line.source, draft):
        return "outdated"
    if marks(draft) != marks(line.source):
        return "marks"
    screen = module.screens.get(line.file)
    return TAKEN if screen is None or can_stand(screen, int(line.nr) - 1, draft) else "shape"


def _note(taking: Taking, line: Line, row: Row, draft: str, answer: str) -> None:
    if answer not in (TAKEN, SAME):
        taking.left.append(Left(line.file, line.nr, answer))
        return
    if answer == TAKEN:
        taking.texts.setdefault(line.unit, {})[line.nr] = draft
    else:
        taking.same += 1
    if draft:
        taking.judged.append((verdict_of(row), row.reader, line, draft))


def _leave_unfinished(module: ModuleTexts, taking: Taking) -> None:
    """A file that does not exist yet comes whole or not at all."""
    for file, screen in module.screens.items():
        given = taking.texts.get(file, {})
        numbers = [str(at) for at in range(1, len(screen.strings) + 1)]
        missing = tuple(nr for nr in numbers if nr not in given)
        if screen.translated is None and given and missing:
            taking.unfinished.append(Unfinished(file, missing, len(taking.texts.pop(file))))
            taking.judged = [one for one in taking.judged if one[2].file != file]


def sign(taking: Taking, signatures: Signatures, today: str) -> None:
    """What the readers said, into the book of signatures."""
    for verdict, reader, line, draft in taking.judged:
        if draft != line.draft:
            signatures.replace(line.unit, line.source, line.draft, draft, reader, today)
        signatures.judge(verdict, line.unit, line.source, draft, reader, today)


def complete_units(lines: Iterable[Line], signatures: Signatures) -> set[str]:
    """The units of which every string is found right by two readers, as it stands."""
    units: dict[str, bool] = {}
    for line in lines:
        signed = bool(line.draft) and signatures.complete(line.unit, line.source, line.draft)
        units[line.unit] = units.get(line.unit, True) and signed
    return {unit for unit, whole in units.items() if whole}


def _fitted(draft: str, line: Line) -> str:
    """A line break typed into a cell is a space, unless the text has one too."""
    return draft if "\n" in line.source + line.draft else " ".join(draft.split("\n"))


def _plain(text: str) -> str:
    return " ".join(text.split())
