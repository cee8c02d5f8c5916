"""Phone numbers out of staff lists and sign-in forms: any spelling in, E.164 out, doubts told by code."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import phonenumbers

from lms.text.names import clean
from lms.text.numbering import Note, Number, Problem, ascii_digits, read_number

__all__ = ["Note", "Phone", "Problem", "mask_phone", "normalise_sign_in", "read_phone", "show_phone"]

_LINES = re.compile(r"[\r\n]+")
_CSV_FLOAT = re.compile(r"(\d+)[.,]0")
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?\s*[eE]\s*\+?(\d{1,2})")
_BETWEEN_NUMBERS = re.compile(r"[;/|&,:()]|[^\W\d_]+|\s[-–]\s")
_ROUND = 1_000_000


@dataclass(frozen=True, slots=True)
class Phone:
    """What a cell holds: `e164` ("+84912345678") and perhaps a second number, or the problem why not.

    All None: the cell is empty. `notes` are remarks for the preview, on either number.
    """

    e164: str | None = None
    spare: str | None = None
    problem: Problem | None = None
    notes: tuple[Note, ...] = ()


def read_phone(raw: str | float | int | None) -> Phone:
    """The number or two numbers in a cell. Nothing is guessed: see `Problem` and `Note` (domain 5.3, 8.2)."""
    text = _as_text(raw)
    if not text:
        return Phone()
    scientific = _SCIENTIFIC.fullmatch(text)
    if scientific:
        text = _restored(scientific)
        if not text:
            return Phone(problem="scientific")
    phone = _read_cell(text)
    return _doubt_round(phone) if isinstance(raw, int | float) else phone


def _as_text(raw: str | float | int | None) -> str:
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    text = clean(_LINES.sub(" ; ", str(raw)))
    exported = _CSV_FLOAT.fullmatch(text)
    return exported[1] if exported and len(exported[1]) >= 9 else text


def _restored(scientific: re.Match[str]) -> str:
    """All digits of 9.12345678E+08; "" if some are lost."""
    first, rest, exponent = scientific[1], scientific[2] or "", int(scientific[3])
    return first + rest if len(rest) == exponent else ""


def _doubt_round(phone: Phone) -> Phone:
    if not phone.e164 or int(phone.e164) % _ROUND:
        return phone
    return replace(phone, notes=(*phone.notes, "maybe_rounded"))


def _read_cell(text: str) -> Phone:
    whole = read_number(text)
    if whole.e164:
        return Phone(whole.e164, notes=whole.notes)
    parts = _read_parts(text)
    good = [number for number in parts if number.e164]
    pair = _cut_in_two(ascii_digits(text)) if len(good) < len(parts) else []
    if not good and not pair:
        return Phone(problem=whole.problem)
    return _from_numbers(pair or good, rest=not pair and len(good) < len(parts))


def _read_parts(text: str) -> list[Number]:
    parts = _BETWEEN_NUMBERS.split(text)
    return [read_number(part) for part in parts if ascii_digits(part)]


def _cut_in_two(digits: str) -> list[Number]:
    """Two numbers written one after the other, with nothing between them but spaces."""
    if not 20 <= len(digits) <= 24:
        return []
    for end in range(10, len(digits) - 9):
        pair = [read_number(digits[:end]), read_number(digits[end:])]
        if all(n.e164 and not {"added_zero", "unknown_prefix"} & set(n.notes) for n in pair):
            return pair
    return []


def _from_numbers(numbers: list[Number], *, rest: bool) -> Phone:
    distinct = {number.e164: number for number in reversed(numbers)}
    kept = [n for n in numbers if distinct[n.e164] is n][:2]
    notes: list[Note] = [note for number in kept for note in number.notes]
    if len(distinct) > 1:
        notes.append("two_numbers" if len(distinct) == 2 else "more_numbers")
    if rest:
        notes.append("rest_unreadable")
    return Phone(kept[0].e164, kept[1].e164 if len(kept) > 1 else None, notes=tuple(dict.fromkeys(notes)))


def show_phone(e164: str) -> str:
    """+84912345678 → "0912 345 678"; a foreign number keeps its country code. ValueError if it is none."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException as error:
        raise ValueError("not an E.164 phone number") from error
    formats = phonenumbers.PhoneNumberFormat
    style = formats.NATIONAL if number.country_code == 84 else formats.INTERNATIONAL
    return str(phonenumbers.format_number(number, style))


def mask_phone(e164: str) -> str:
    """All but the last three digits hidden, spaced as `show_phone`: "•••• ••• 678"."""
    shown = show_phone(e164)
    return re.sub(r"\d", "•", shown[:-3]) + shown[-3:]


def normalise_sign_in(text: str) -> str | None:
    """The number typed into the sign-in form as E.164, however it is spaced; None unless it is one."""
    phone = read_phone(text)
    alone = phone.spare is None and "rest_unreadable" not in phone.notes
    return phone.e164 if alone else None
