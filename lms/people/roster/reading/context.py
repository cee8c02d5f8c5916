"""What the title, the sheet's name and the file's name say about everybody in the list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from lms.people.roster.reading.folding import clean, fold
from lms.people.roster.reading.places_text import places_in
from lms.people.roster.reading.roles_text import names_others, roles_in, without_general
from lms.people.roster.readings import DefaultRoles, RoleSource
from lms.text.dates import read_date
from lms.text.names import search_key

_LIST_WORDS = re.compile(r"\bdanh sach\b")
_ISSUERS = re.compile(r"(?:uy ban|ubnd|cong an|cong hoa|doc lap|so|phong|hoi|ban|dang uy|kem theo|tinh|thanh pho)\b")
_UP_TO = r"\b(?:tinh den|den ngay|den het|thoi diem)\b"
_DATE = r"(?:ngay\s*)?\d{1,2}\s*(?:[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}|thang\s*\d{1,2}\s*nam\s*\d{4})"
_AS_OF = re.compile(rf"{_UP_TO}[^\d]{{0,15}}?(?P<day>{_DATE})")
_AS_OF_NO_YEAR = re.compile(rf"{_UP_TO}[^\d]{{0,15}}(?P<day>\d{{1,2}}[/.\-]\d{{1,2}})\b")
_SIGNED = re.compile(rf"\b(?P<day>{_DATE})")


@dataclass(frozen=True, slots=True)
class ListContext:
    """Of a whole table: roles only if one role is named; `hamlet` with the source it was taken from."""

    roles: DefaultRoles | None
    unit: str | None
    hamlet: str | None
    hamlet_source: str
    day: date | None
    day_words: str


def read_context(titles: Sequence[str], sheet: str, filename: str, year: int | None) -> ListContext:
    """`titles` are the texts above the header, in order; `year` completes a date that has none."""
    stem = PurePath(filename.replace("\\", "/")).stem
    day, words = _list_day(titles, year)
    hamlet, source = _hamlet(titles, sheet)
    return ListContext(_roles(titles, sheet, stem), _unit([*titles, sheet, stem]), hamlet, source, day, words)


def _roles(titles: Sequence[str], sheet: str, stem: str) -> DefaultRoles | None:
    named = roles_named(_subject(titles), "title")
    return named or roles_named(sheet, "sheet") or roles_named(stem, "file")


def roles_named(text: str, source: RoleSource) -> DefaultRoles | None:
    """The roles that a title or a section gives to everybody below; its words are kept to be shown.

    None where it names others besides without saying which: "tuyên truyền viên, cộng tác viên".
    """
    codes = without_general([phrase.code for phrase in roles_in(text)])
    return DefaultRoles(codes, clean(text), source) if codes and not names_others(text) else None


def _subject(titles: Sequence[str]) -> str:
    """From "DANH SÁCH" on, or else all lines that are not an office's name."""
    for index, text in enumerate(titles):
        match = _LIST_WORDS.search(fold(text))
        if match:
            rest = [line for line in titles[index + 1 :] if not _ISSUERS.match(fold(line))]
            return " ".join([text, *rest])
    return " ".join(text for text in titles if not _ISSUERS.match(fold(text)))


def _unit(texts: Iterable[str]) -> str | None:
    return next((place.ward for place in map(places_in, texts) if place.ward), None)


def _hamlet(titles: Sequence[str], sheet: str) -> tuple[str | None, str]:
    """A sheet named after a hamlet, else the title if it names exactly one."""
    if places_in(sheet).hamlet:
        return places_in(sheet).hamlet, "sheet"
    named = {fold(place.hamlet): place.hamlet for place in map(places_in, titles) if place.hamlet}
    return (next(iter(named.values())), "title") if len(named) == 1 else (None, "")


def _list_day(titles: Sequence[str], year: int | None) -> tuple[date | None, str]:
    """ "tính đến ngày 30/6/2024" first, then the place-and-date line, then the letter it came with."""
    keys = [(text, search_key(text)) for text in titles]
    for text, key in keys:
        match = _AS_OF.search(key)
        day = read_date(_tight(match["day"])) if match else _without_year(key, year)
        if day:
            return day, clean(text)
    for text, key in keys:
        match = _SIGNED.search(key)
        day = read_date(_tight(match["day"])) if match else None
        if day:
            return day, clean(text)
    return None, ""


def _without_year(key: str, year: int | None) -> date | None:
    match = _AS_OF_NO_YEAR.search(key)
    return read_date(f"{match['day']}/{year}") if match and year else None


def _tight(text: str) -> str:
    return re.sub(r"\s*([/.\-])\s*", r"\1", text)
