"""Many people with a small number each, in little memory: so a country is counted in the memory of a province.

People are numbered as they come, so those who are counted stand close together; a page of 4,096 numbers is made when
the first of its people is. A million people with flags weigh about a megabyte, a dict of them a hundred.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator

_BITS = 12
_SIZE = 1 << _BITS


class Marks:
    """person → bits; nobody has 0 who was put in. `kind`: an unsigned type code of `array` that holds the bits."""

    def __init__(self, kind: str) -> None:
        self._empty = array(kind, [0]) * _SIZE
        self._pages: dict[int, array[int]] = {}

    def add(self, people: Iterable[tuple[int, int]]) -> None:
        """(person, bits): what a person had before stays."""
        pages, last = self._pages, _SIZE - 1
        for person, bits in people:
            page = pages.get(person >> _BITS)
            if page is None:
                page = pages[person >> _BITS] = self._empty[:]
            page[person & last] |= bits

    def of(self, person: int) -> int:
        page = self._pages.get(person >> _BITS)
        return page[person & (_SIZE - 1)] if page else 0

    def __contains__(self, person: object) -> bool:
        return isinstance(person, int) and self.of(person) != 0

    def __len__(self) -> int:
        return self.counts().total()

    def __iter__(self) -> Iterator[int]:
        for number, page in self._pages.items():
            first = number << _BITS
            yield from (first + at for at, bits in enumerate(page) if bits)

    def counts(self) -> Counter[int]:
        """bits → how many people have exactly these."""
        found: Counter[int] = Counter()
        for page in self._pages.values():
            found.update(page)
        del found[0]
        return found
