"""Whatever is not exactly what was written, under the same key, does not open; and is refused before all else."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from flask import Flask

from lms.certificates.models import Certificate
from lms.operate.backup import Refused, making, restoring
from lms.operate.backup.archive import examine, members
from lms.operate.backup.sealing import CHUNK, MAGIC, MARK, SALT, TAG, Opener, Sealer
from tests import databases
from tests.operate.conftest import KEY, PDF

HEAD = len(MAGIC) + SALT + MARK


def sealed(path: Path, data: bytes, key: str = KEY) -> Path:
    with path.open("wb") as out:
        sealer = Sealer(out, key)
        sealer.write(data)
        sealer.close()
    return path


def opened(path: Path, key: str = KEY) -> bytes:
    with path.open("rb") as source:
        return Opener(source, key).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5])
def test_what_was_sealed_opens_again(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    path = sealed(tmp_path / "x", data)
    assert opened(path) == data
    assert size < 64 or data[:64] not in path.read_bytes()


def test_chunks_cannot_be_cut_moved_repeated_or_mixed(tmp_path: Path) -> None:
    whole = sealed(tmp_path / "x", os.urandom(3 * CHUNK + 5)).read_bytes()
    other = sealed(tmp_path / "y", os.urandom(3 * CHUNK + 5)).read_bytes()
    head, step = whole[:HEAD], CHUNK + TAG
    first, second, third, last = (whole[HEAD + at * step :][:step] for at in range(4))
    for parts in (
        (head, first, second, third),
        (head, first, second),
        (head, second, first, third, last),
        (head, first, first, second, third, last),
        (head, first, third, last),
        (head, first, second, third, last, b"\\0"),
        (head, first, second, third, last, last),
        (head, first, other[HEAD + step :]),
        (other[:HEAD], whole[HEAD:]),
        (head,),
    ):
        (tmp_path / "z").write_bytes(b"".join(parts))
        with pytest.raises(Refused):
            opened(tmp_path / "z")


@pytest.fixture
def backup(certificate: Certificate, tmp_path: Path) -> Path:
    making.create(tmp_path / "made.backup", KEY)
    return tmp_path / "made.backup"


def test_thirty_flips_and_thirty_cuts_are_all_refused(backup: Path, tmp_path: Path) -> None:
    whole, chance = backup.read_bytes(), random.Random(8)
    assert examine(backup, KEY)
    spoiled = [whole[:size] for size in (0, 1, HEAD, len(whole) - 1, len(whole) - 1024)]
    spoiled += [whole[: chance.randrange(len(whole))] for _ in range(25)]
    for at in [0, len(MAGIC), HEAD - 1, HEAD, *(chance.randrange(len(whole)) for _ in range(26))]:
        bits = bytearray(whole)
        bits[at] ^= 1 << chance.randrange(8)
        spoiled.append(bytes(bits))
    assert len(spoiled) == 60
    for number, data in enumerate(spoiled):
        (tmp_path / "spoiled").write_bytes(data)
        with pytest.raises(Refused):
            examine(tmp_path / "spoiled", KEY)
            pytest.fail(f"number {number} was taken")


@pytest.mark.attack("S53")
def test_another_key_is_refused_by_restore_and_drill_with_nothing_touched(
    backup: Path, lived: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "beside", lambda: pytest.fail("began to restore"))
    for act in (restoring.restore, restoring.drill):
        with pytest.raises(Refused, match="key does not fit"):
            act(backup, KEY + "x")


@pytest.mark.attack("S53")
def test_a_backup_shows_nothing_and_holds_no_secret_of_the_process(backup: Path) -> None:
    assert "Huỳnh".encode() not in backup.read_bytes()
    inside = b"".join(data for _, data in members(backup, KEY))
    assert "Huỳnh".encode() in inside
    assert PDF in inside
    assert databases.SECRET.encode() not in inside
    assert KEY.encode() not in inside
