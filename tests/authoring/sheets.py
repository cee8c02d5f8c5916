"""A course's folder on disk, its sheets, and the two commands: what the tests of sheets share."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from click.testing import Result
from flask import Flask

from lms.courses.folder import read_folder, write_folder

Row = dict[str, str]
KHMER = "ខ្មែរ"


def rows_of(data: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def as_csv(rows: list[Row], *, columns: list[str] | None = None, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns or list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


@dataclass(frozen=True)
class Desk:
    """`module`: how the commands are told which one; `sheet`: the sheet's file."""

    app: Flask
    folder: Path
    module: str
    sheet: Path

    @property
    def base(self) -> Path:
        return next(path for path in (self.folder / "modules").iterdir() if path.name.startswith(self.module.zfill(2)))

    @property
    def signed(self) -> Path:
        return self.sheet.with_name("signed.csv")

    def out(self, *options: str) -> Result:
        return self._run("sheet", *options)

    def take(self, *options: str) -> Result:
        return self._run("sheet-in", *options)

    def rows(self) -> list[Row]:
        """A sheet made now."""
        assert self.out().exit_code == 0
        return rows_of(self.sheet.read_bytes())

    def fill(self, change: Callable[[Row], Mapping[str, str]], rows: list[Row] | None = None) -> list[Row]:
        """Each row with what `change` says of it, in the sheet's file."""
        filled = [row | dict(change(row)) for row in (rows or self.rows())]
        self.sheet.write_bytes(as_csv(filled))
        return filled

    def files(self) -> dict[str, bytes]:
        return read_folder(self.folder)

    def text(self, name: str) -> str:
        return (self.base / name).read_text()

    def _run(self, command: str, *options: str) -> Result:
        where = [str(self.folder), self.module, str(self.sheet)]
        return self.app.test_cli_runner().invoke(args=["content", command, *where, *options])


def desk(app: Flask, at: Path, files: Mapping[str, bytes], module: str = "3") -> Desk:
    write_folder(at / "course", files)
    return Desk(app, at / "course", module, at / "sheet.csv")


def in_khmer(row: Row) -> Row:
    """Words that can stand anywhere: the source with Khmer before its words, marks kept."""
    wall = "| " if row["source"].startswith("|") else ""
    return {"draft": f"{wall}{KHMER} {row['source'].removeprefix(wall)}"}
