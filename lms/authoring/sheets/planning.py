"""From a sheet that was understood to the new bytes of the folder's files. Pure; nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lms.authoring.files import items_of, with_translations
from lms.authoring.sheets.items import parts, translation, with_texts
from lms.authoring.sheets.lines import QUESTIONS, Line, ModuleTexts, Trouble, read_module
from lms.authoring.sheets.screens import Screen, write_screen
from lms.authoring.sheets.signed import Signatures
from lms.authoring.sheets.table import Row, SheetFault
from lms.authoring.sheets.taking import Left, Taking, Unfinished, complete_units, sign, take
from lms.courses.documents import decode
from lms.courses.files import MAX_TEXT_BYTES
from lms.courses.package import LANGUAGES

REVIEWED, DRAFT = "reviewed", "draft"
Front = dict[str, str | None]
Files = Mapping[str, bytes]
Reading = Callable[[Files, str], ModuleTexts]
"""From the folder's files and a language to the lines of its sheet."""


@dataclass(frozen=True)
class Plan:
    """`files`: name in the module's folder → its new bytes; `reviewed`: the units that became so by this sheet."""

    files: Mapping[str, bytes]
    reviewed: tuple[str, ...]
    taken: int
    same: int
    left: tuple[Left, ...]
    unfinished: tuple[Unfinished, ...]
    troubles: tuple[Trouble, ...]

    @property
    def not_taken(self) -> int:
        return len(self.left) + sum(one.held for one in self.unfinished)


def plan(
    files: Files,
    lang: str,
    rows: Mapping[int, Row],
    signatures: Signatures,
    today: str,
    read: Reading = read_module,
) -> Plan:
    """What a sheet changes; `signatures` takes in what its readers said. SheetFault: then nothing may be written."""
    _check_language(rows, lang)
    module = read(files, lang)
    taking = take(module, rows, signatures)
    signed = _signed(module, signatures)
    sign(taking, signatures, today)
    lines = [_as_taken(line, taking) for line in module.lines]
    status = _Status(taking, complete_units(lines, signatures), signed | _signed(module, signatures), today)
    changed = {**_screens(module, taking, status), **_questions(files, lang, taking, status)}
    made = {name: _encoded_like(files.get(name, b""), text) for name, text in changed.items()}
    _check(made, read({**files, **made}, lang), lines)
    not_taken = (tuple(taking.left), tuple(taking.unfinished), module.troubles)
    return Plan(made, tuple(status.became), taking.taken, taking.same, *not_taken)


def _check_language(rows: Mapping[int, Row], lang: str) -> None:
    """The rows of questions do not say which language they are in: those of the lessons must."""
    others = tuple(f".{other}.md" for other in LANGUAGES if other != lang)
    wrong = [at for at, row in rows.items() if row.file.endswith(others)]
    if wrong:
        raise SheetFault("language", wrong, lang)


def _check(made: Files, after: ModuleTexts, lines: list[Line]) -> None:
    """What would be written says exactly what was taken, and a package can still hold it."""
    large = [name for name, data in made.items() if len(data) > MAX_TEXT_BYTES]
    if large:
        raise SheetFault("too-large", what=", ".join(large))
    if after.lines != tuple(lines):
        raise SheetFault("not-read-back")


class _Status:
    """Draft or reviewed, of each unit that the sheet speaks of; `became`: those that are reviewed from now on."""

    def __init__(self, taking: Taking, complete: set[str], signed: set[str], today: str) -> None:
        self.spoken_of = {line.unit for _verdict, _reader, line, _words in taking.judged}
        self.changed, self.complete, self.signed = set(taking.texts), complete, signed
        self.today = today
        self.became: list[str] = []

    def after(self, unit: str, before: Any) -> str | None:
        """The status to write, or None to leave it: also a review that was written by hand, while nobody has signed."""
        if unit not in self.spoken_of:
            return None
        changed, was_reviewed = unit in self.changed, before == REVIEWED
        if unit in self.complete:
            return None if was_reviewed and not changed else self._reviewed(unit)
        return DRAFT if changed or (was_reviewed and unit in self.signed) else None

    def _reviewed(self, unit: str) -> str:
        self.became.append(unit)
        return REVIEWED

    def front(self, unit: str, before: Any) -> Front:
        status = self.after(unit, before)
        return {"status": status, "reviewed_on": self.today if status == REVIEWED else None} if status else {}


def _signed(module: ModuleTexts, signatures: Signatures) -> set[str]:
    return {unit for unit in {line.unit for line in module.lines} if signatures.any_of(unit)}


def _as_taken(line: Line, taking: Taking) -> Line:
    return replace(line, draft=taking.texts.get(line.unit, {}).get(line.nr, line.draft))


def _screens(module: ModuleTexts, taking: Taking, status: _Status) -> dict[str, str]:
    changed = {}
    for file, screen in module.screens.items():
        texts = {int(nr) - 1: text for nr, text in taking.texts.get(file, {}).items()}
        front = status.front(file, _status_of(screen))
        if texts or front:
            changed[file] = write_screen(screen, texts, front)
    return changed


def _status_of(screen: Screen) -> Any:
    return screen.translated.front.get("status") if screen.translated is not None else None


def _questions(files: Mapping[str, bytes], lang: str, taking: Taking, status: _Status) -> dict[str, str]:
    if not any(unit.startswith(f"{QUESTIONS}:") for unit in status.spoken_of):
        return {}
    text, changed = decode(files[QUESTIONS]), {}
    for item in items_of(text):
        unit = f"{QUESTIONS}:{item['id']}:{lang}"
        said = translation(item, lang)
        made = _translated(item, said, taking.texts.get(unit, {}), status.after(unit, said.get("status")))
        if made != said:
            changed[item["id"]] = made
    return {QUESTIONS: with_translations(text, lang, changed)} if changed else {}


def _translated(
    item: Mapping[str, Any], said: Mapping[str, Any], texts: Mapping[str, str], status: str | None
) -> Mapping[str, Any]:
    known = parts(item)
    given = {part.path: texts[name] for part in known if (name := f"{item['id']}:{part.name}") in texts}
    made = with_texts(said, given, [part.path for part in known])
    return {"status": status, **{key: value for key, value in made.items() if key != "status"}} if status else made


def _encoded_like(before: bytes, text: str) -> bytes:
    """With the mark and the line ends that the file had."""
    if before.count(b"\n") and before.count(b"\r\n") == before.count(b"\n"):
        text = text.replace("\n", "\r\n")
    return (b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b"") + text.encode()
