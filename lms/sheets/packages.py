"""Zip containers (xlsx, ods) looked at before anything parses them: size, names, entities."""

from __future__ import annotations

import io
import zipfile
import zlib

from lms.sheets.kinds import kind_of_zip
from lms.sheets.model import Limits, Refused

_MOST_PARTS = 2_000
_ENTITIES = (b"<!DOCTYPE", b"<!ENTITY")


def unpack(data: bytes, limits: Limits) -> tuple[str, dict[str, bytes]]:
    """The kind ("xlsx", "ods") and all XML parts. Size is checked in the directory, then while reading."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()
            kind = kind_of_zip({info.filename.casefold() for info in infos})
            _check_directory(infos, limits)
            return kind, _read_parts(package, infos, limits.unpacked)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise Refused("broken", part="zip") from error


def _check_directory(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    if any(info.flag_bits & 0x1 for info in infos):
        raise Refused("password")
    size = sum(info.file_size for info in infos)
    if size > limits.unpacked or len(infos) > _MOST_PARTS:
        raise Refused("too_large", size=size, limit=limits.unpacked)
    names = {info.filename.casefold() for info in infos}
    if len(names) != len(infos):
        # Two parts of one name: the guard and the parser could each read another one.
        raise Refused("broken", part="zip")


def _read_parts(package: zipfile.ZipFile, infos: list[zipfile.ZipInfo], limit: int) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    left = limit
    for info in infos:
        with package.open(info) as stream:
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise Refused("too_large", limit=limit)
        if info.filename.endswith((".xml", ".rels")) or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            _refuse_entities(content)
            parts[info.filename] = content
    return parts


def _refuse_entities(content: bytes) -> None:
    # Other encodings than UTF-8 are caught by the parser, which refuses a DOCTYPE too.
    if any(word in content for word in _ENTITIES):
        raise Refused("broken", part="entities")
