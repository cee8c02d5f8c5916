"""What may stand in an address: values that no row can have are no address of ours, before a database is asked."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, UnicodeConverter, ValidationError

LARGEST_ID = 2**63 - 1


class Id(IntegerConverter):
    """`<int:…>` up to the largest number a key can be; both engines fail on more."""

    def __init__(self, map: Any, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_ID} | options)


class Word(UnicodeConverter):
    """`<…>` without the one character that PostgreSQL cannot hold."""

    def to_python(self, value: str) -> str:
        if "\x00" in value:
            raise ValidationError
        return value


def row_id(text: str) -> int:
    """For `request.args.get(…, type=row_id)`. ValueError for what is no key of a row."""
    number = int(text)
    if not 0 <= number <= LARGEST_ID:
        raise ValueError(f"no row has the key {text[:40]}")
    return number


def install(app: Flask) -> None:
    app.url_map.converters |= {"int": Id, "default": Word, "string": Word}
