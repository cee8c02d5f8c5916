"""What is inside a sealed backup: a compressed tar of parts of tables, stored files, and the manifest last."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from lms.operate.backup import Refused
from lms.operate.backup.layout import Digest, Table
from lms.operate.backup.sealing import Opener, Sealer

FORMAT = 1
PART = 1_000_000
LEVEL = 4
MANIFEST = "manifest.json"
HASH_IN_NAME = re.compile(r"/([0-9a-f]{64})(\.[a-z0-9]+)?$")
FOREIGN = "The backup opens, but what it holds does not agree with its own list."


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself; `coverage` is None where the schema was older than the code that counts."""

    format: int
    made_at: str
    engine: str
    schema: str
    tables: dict[str, dict[str, Any]]
    files: dict[str, Any]
    audit: dict[str, Any]
    coverage: dict[str, Any] | None

    @property
    def layout(self) -> list[Table]:
        return [Table.from_json(name, told) for name, told in self.tables.items()]

    @property
    def rows(self) -> int:
        return sum(told["rows"] for told in self.tables.values())


class Packer:
    """Adds members one after another; memory holds one of them."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar

    def add(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        self.tar.addfile(member, io.BytesIO(data))

    def add_table(self, name: str, lines: Iterator[bytes]) -> dict[str, Any]:
        """In parts, for a tar must know a member's size before its first byte."""
        told, part, number = Digest(), bytearray(), 0
        for some in lines:
            told.add(some)
            part += some
            if len(part) >= PART:
                self.add(f"tables/{name}/{number:06d}", bytes(part))
                part.clear()
                number += 1
        self.add(f"tables/{name}/{number:06d}", bytes(part))
        return told.as_json()

    def add_manifest(self, manifest: Manifest) -> None:
        self.add(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False).encode())


@contextmanager
def packing(out: BinaryIO, key: str) -> Iterator[Packer]:
    """An error inside leaves `out` without its sealed end."""
    sealer = Sealer(out, key)
    zipped = gzip.GzipFile("", "wb", LEVEL, cast(BinaryIO, sealer), mtime=0)
    with tarfile.open(fileobj=zipped, mode="w|") as tar:
        yield Packer(tar)
    zipped.close()
    sealer.close()


def members(source: Path, key: str) -> Iterator[tuple[str, bytes]]:
    """(name, data) one after another, to the sealed end. Raises `Refused`; names are never used as paths."""
    with source.open("rb") as raw:
        opener = Opener(raw, key)
        zipped = gzip.GzipFile("", "rb", fileobj=cast(BinaryIO, opener))
        try:
            with tarfile.open(fileobj=zipped, mode="r|") as tar:
                for member in tar:
                    held = tar.extractfile(member)
                    yield member.name, held.read() if held else b""
        except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
            raise Refused(FOREIGN) from error
        opener.finish()


def examine(source: Path, key: str) -> Manifest:
    """Read the whole file and compare it with its own list, before anything is done with it. Raises `Refused`."""
    digests: dict[str, Digest] = {}
    files, manifest = 0, None
    for name, data in members(source, key):
        room, _, rest = name.partition("/")
        if room == "tables":
            digests.setdefault(rest.partition("/")[0], Digest()).add(data)
        elif room == "files":
            files += _file_is_whole(rest, data)
        elif name == MANIFEST:
            manifest = _manifest(data)
    if manifest is None or not _agrees(manifest, digests, files):
        raise Refused(FOREIGN)
    return manifest


def _file_is_whole(name: str, data: bytes) -> bool:
    named = HASH_IN_NAME.search(name)
    if named is None or hashlib.sha256(data).hexdigest() != named[1]:
        raise Refused(FOREIGN)
    return True


def _manifest(data: bytes) -> Manifest:
    told = json.loads(data)
    if told.get("format") != FORMAT:
        raise Refused("The backup was made by another version of this program, in a form that this one cannot read.")
    return Manifest(**told)


def _agrees(manifest: Manifest, digests: dict[str, Digest], files: int) -> bool:
    found = {name: told.as_json() for name, told in digests.items()}
    said = {name: {"rows": told["rows"], "sha256": told["sha256"]} for name, told in manifest.tables.items()}
    return found == said and files == manifest.files["count"]
