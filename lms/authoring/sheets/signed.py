"""Who found which string right: the signatures, kept beside the sheets. Pure.

A signature belongs to the very words: the hashes of the Vietnamese string and of its translation. When either changes,
it is a signature for something else and no longer found. `REPLACED` remembers words that a reader changed, so that an
older sheet, coming in later, cannot put them back unnoticed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields

from lms.authoring.sheets.table import CHANGE, RIGHT, folded, read_table, write_table
from lms.courses.files import sha256

REPLACED = "đã thay"
READERS_NEEDED = 2


@dataclass(frozen=True)
class Signature:
    file: str
    source_sha256: str
    draft_sha256: str
    verdict: str
    reader: str
    date: str


COLUMNS = tuple(field.name for field in fields(Signature))
Key = tuple[str, str, str, str, str]


class Signatures:
    """A book of signatures, opened for one module: at most one of a reader for the same words.

    `place`: the course's code and the module's folder, which stand before the `file` of every signature.
    """

    def __init__(self, signatures: Iterable[Signature] = (), place: str = "") -> None:
        self._place = place
        self._kept: dict[Key, Signature] = {}
        self._readers: Counter[Key] = Counter()
        for one in signatures:
            self._add(one)

    def judge(self, verdict: str, file: str, source: str, draft: str, reader: str, date: str) -> None:
        """What a reader said of a string: RIGHT signs it, CHANGE takes her own signature back, "" says nothing."""
        if verdict == RIGHT:
            self.sign(file, source, draft, reader, date)
        elif verdict == CHANGE:
            self.withdraw(file, source, draft, reader)

    def sign(self, file: str, source: str, draft: str, reader: str, date: str) -> None:
        self._add(Signature(self._in(file), _sha(source), _sha(draft), RIGHT, reader, date))

    def withdraw(self, file: str, source: str, draft: str, reader: str) -> None:
        self._drop((self._in(file), _sha(source), _sha(draft), RIGHT, folded(reader)))

    def replace(self, file: str, source: str, old: str, new: str, reader: str, date: str) -> None:
        """`old` no longer stands there, `new` does."""
        self._drop((self._in(file), _sha(source), _sha(new), REPLACED, ""))
        if old:
            self._add(Signature(self._in(file), _sha(source), _sha(old), REPLACED, reader, date))

    def was_replaced(self, file: str, source: str, draft: str) -> bool:
        return (self._in(file), _sha(source), _sha(draft), REPLACED, "") in self._kept

    def complete(self, file: str, source: str, draft: str) -> bool:
        return self._readers[_words((self._in(file), _sha(source), _sha(draft), RIGHT, ""))] >= READERS_NEEDED

    def any_of(self, file: str) -> bool:
        return any(key[0] == self._in(file) and key[3] == RIGHT for key in self._kept)

    def __iter__(self) -> Iterator[Signature]:
        return iter(self._kept.values())

    def _in(self, file: str) -> str:
        return f"{self._place}/{file}"

    def _add(self, signature: Signature) -> None:
        key = _key(signature)
        if key not in self._kept:
            self._kept[key] = signature
            self._readers[_words(key)] += 1

    def _drop(self, key: Key) -> None:
        if self._kept.pop(key, None) is not None:
            self._readers[_words(key)] -= 1


def read_signatures(data: bytes, place: str) -> Signatures:
    """SheetFault, as for a sheet."""
    rows = read_table(data, COLUMNS).values()
    return Signatures([Signature(**{name: cells.get(name, "") for name in COLUMNS}) for cells in rows], place)


def write_signatures(signatures: Signatures) -> bytes:
    return write_table(COLUMNS, map(astuple, signatures))


def _key(one: Signature) -> Key:
    """Words are replaced once, whoever did it."""
    reader = "" if one.verdict == REPLACED else folded(one.reader)
    return (one.file, one.source_sha256, one.draft_sha256, one.verdict, reader)


def _words(key: Key) -> Key:
    return (*key[:4], "")


def _sha(text: str) -> str:
    return sha256(text.encode())
