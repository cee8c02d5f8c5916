"""A backup is of one moment, is whole or not there, and holds up nobody."""

from __future__ import annotations

import errno
import threading
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from lms.audit.operations import record
from lms.certificates.models import Certificate
from lms.db import db
from lms.operate.backup import Refused, archive, layout, making, restoring
from lms.people.models import Person
from lms.storage.files import storage
from tests.factories import Make
from tests.operate.conftest import KEY

WRITES_AT_LEAST = 10


class Writer(threading.Thread):
    """A person, their post and an audit entry a transaction, as fast as it goes, until told to stop."""

    def __init__(self, app: Flask, make: Make) -> None:
        super().__init__()
        self.app, self.make, self.stop, self.written = app, make, threading.Event(), 0

    def run(self) -> None:
        while not self.stop.is_set():
            with self.app.app_context():
                with db.write() as session:
                    number = self.written
                    person = Person(full_name=f"N{number}", sort_key="n", search_key="n", row_key=f"W{number:07d}")
                    session.add(person)
                    session.flush()
                    record("test.write", f"person:{person.id}")
                self.written += 1


@pytest.mark.both
def test_a_backup_under_load_is_of_one_moment(lived: Flask, make: Make, tmp_path: Path, monkeypatch: Any) -> None:
    """Persons and audit entries of a transaction are read far apart: as many of one as of the other, or none."""
    read = making.lines
    writer = Writer(lived, make)

    def slowly(connection: Any, of: layout.Table) -> Iterator[bytes]:
        before = writer.written
        while of.name in ("audit_entry", "person", "unit") and writer.written < before + WRITES_AT_LEAST:
            threading.Event().wait(0.005)
        yield from read(connection, of)

    monkeypatch.setattr(making, "lines", slowly)
    writer.start()
    try:
        making.create(tmp_path / "made.backup", KEY)
    finally:
        writer.stop.set()
        writer.join()
    assert writer.written >= 3 * WRITES_AT_LEAST
    inside = b"".join(data for name, data in archive.members(tmp_path / "made.backup", KEY) if "tables/" in name)
    assert inside.count(b'"test.write"') == inside.count(b',"W000') < writer.written
    monkeypatch.undo()
    assert [check.what for check in restoring.drill(tmp_path / "made.backup", KEY).checks if not check.holds] == []


def test_what_is_there_is_written_over_only_with_force(lived: Flask, tmp_path: Path) -> None:
    made = tmp_path / "made.backup"
    made.write_text("dear")
    with pytest.raises(Refused, match="--force"):
        making.create(made, KEY)
    assert made.read_text() == "dear"
    making.create(made, KEY, force=True)
    assert archive.examine(made, KEY)


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_full_disk_or_an_interruption_leaves_what_was_there(
    lived: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    made = folder / "made.backup"
    made.write_text("dear")

    def breaks(*_given: Any) -> None:
        raise error

    monkeypatch.setattr(archive.Packer, "add_manifest", breaks)
    with pytest.raises(type(error)):
        making.create(made, KEY, force=True)
    assert [one.name for one in folder.iterdir()] == ["made.backup"]
    assert made.read_text() == "dear"


def test_a_file_that_is_gone_is_named_and_the_rest_is_kept(certificate: Certificate, tmp_path: Path) -> None:
    storage().remove(str(certificate.pdf_key))
    manifest = making.create(tmp_path / "made.backup", KEY)
    assert manifest.files == {"count": 0, "bytes": 0, "missing": [certificate.pdf_key]}
    assert archive.examine(tmp_path / "made.backup", KEY) == manifest


@pytest.mark.both
def test_memory_stays_flat(app: Flask, tmp_path: Path) -> None:
    """Twice the people, 2 MB more in clear, and no more memory: neither making nor reading holds a table."""

    def peak(people: range) -> int:
        with db.write() as session:
            session.execute(insert(Person), [_person(number) for number in people])
        tracemalloc.start()
        making.create(tmp_path / "made.backup", KEY, force=True)
        manifest = archive.examine(tmp_path / "made.backup", KEY)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert manifest.tables["person"]["rows"] == people.stop
        return found

    peak(range(10))  # what is made once and kept: compiled statements, the plan
    few = peak(range(10, 2_000))
    assert peak(range(2_000, 5_000)) < few + 500_000


def _person(number: int) -> dict[str, Any]:
    name = f"Nguyễn Thị Mẫu {number} " + "dài " * 30
    return {
        "full_name": name[:150],
        "sort_key": name[:150],
        "search_key": name[:150],
        "row_key": f"M{number:07d}",
        "birth_date": date(1971, 1, 1),
        "birth_precision": "day",
    }
