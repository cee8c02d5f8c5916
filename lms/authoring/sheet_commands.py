"""`lms content sheet` and `lms content sheet-in`: what Khmer readers read and sign."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from lms.authoring.sheets.carrying import filled
from lms.authoring.sheets.lines import read_module
from lms.authoring.sheets.planning import Plan, Reading, plan
from lms.authoring.sheets.signed import Signatures, read_signatures, write_signatures
from lms.authoring.sheets.table import Row, SheetFault, check_verdicts, read_rows, write_rows
from lms.authoring.sheets.talks import read_talks
from lms.authoring.sheets.words import say_fault, say_plan, say_trouble
from lms.courses.documents import DocumentError, decode, load_yaml
from lms.courses.folder import read_folder
from lms.courses.package import COURSE_FILE, LANGUAGES, MODULE_FOLDER
from lms.db import utc_now
from lms.durable import new_file
from lms.talks.kits import FOLDER as TALKS
from lms.text.dates import local_today

Folder = click.Path(exists=True, file_okay=False, path_type=Path)
File = click.Path(dir_okay=False, path_type=Path)
Language = click.Choice(LANGUAGES)


@dataclass(frozen=True)
class Module:
    """A module's folder on disk: `name` is course code and folder, `files` what is in it, `read` how it is read."""

    name: str
    folder: Path
    files: Mapping[str, bytes]
    read: Reading = read_module


@click.command("sheet")
@click.argument("folder", type=Folder)
@click.argument("module")
@click.argument("file", type=File, metavar="FILE.csv")
@click.option("--lang", type=Language, default="km", show_default=True)
@with_appcontext
def sheet_command(folder: Path, module: str, file: Path, lang: str) -> None:
    """Write the readers' sheet of one module (its folder's name or number): every string and its translation.

    `lms content sheet content talks FILE.csv` writes one sheet for all kits of talks and the poster.

    What readers wrote into an older FILE.csv stays where the words are the same. Exit 1 if a file had to be left out.
    """
    where = _place(folder, module)
    texts = where.read(where.files, lang)
    old = _rows(file) if file.exists() else {}
    rows, lost = filled(texts.lines, old.values())
    if lost:
        _keep_old(file, lost)
    _write(file, write_rows(rows))
    click.echo(_("Đã ghi %(n)s câu vào %(file)s.", n=len(rows), file=file.name))
    for trouble in texts.troubles:
        click.echo(say_trouble(trouble), err=True)
    sys.exit(1 if texts.troubles else 0)


@click.command("sheet-in")
@click.argument("folder", type=Folder)
@click.argument("module")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.csv")
@click.option("--lang", type=Language, default="km", show_default=True)
@click.option("--signed", type=File, help="Where signatures are kept; signed.csv beside the sheet without it.")
@click.option("--dry-run", is_flag=True, help="Say what would change and write nothing.")
@with_appcontext
def sheet_in_command(folder: Path, module: str, file: Path, lang: str, signed: Path | None, dry_run: bool) -> None:
    """Take a filled sheet back into the course's folder: drafts, and who found what right.

    Two different readers on every string make a file reviewed. Exit 1 if anything was not taken.
    """
    where, book = _place(folder, module), signed or file.with_name("signed.csv")
    rows = _rows(file)
    try:
        check_verdicts(rows)
        signatures = _signatures(book, where.name)
        before = write_signatures(signatures)
        made = plan(where.files, lang, rows, signatures, local_today(utc_now()).isoformat(), where.read)
    except SheetFault as fault:
        _refuse(say_fault(fault))
    if not dry_run:
        _write_all(where, made, book, before, write_signatures(signatures))
    click.echo("\n".join([*([_("Chạy thử, chưa ghi gì.")] if dry_run else []), *say_plan(made)]))
    sys.exit(1 if made.not_taken or made.troubles else 0)


def _rows(file: Path) -> dict[int, Row]:
    try:
        return read_rows(file.read_bytes())
    except SheetFault as fault:
        _refuse(f"{file.name}: {say_fault(fault)}")


def _place(folder: Path, wanted: str) -> Module:
    """A course's module, or the talks beside the courses."""
    if wanted == TALKS and (folder / TALKS).is_dir():
        return Module(TALKS, folder / TALKS, read_folder(folder / TALKS), read_talks)
    return _module(folder, wanted)


def _module(folder: Path, wanted: str) -> Module:
    files = read_folder(folder)
    found = {match["folder"] for match in map(MODULE_FOLDER.match, files) if match}
    chosen = [one for one in sorted(found) if one == wanted or one[:2] == wanted.zfill(2)]
    if len(chosen) != 1:
        _refuse(_("Khóa này không có phần “%(module)s”. Có: %(all)s.", module=wanted, all=", ".join(sorted(found))))
    base = f"modules/{chosen[0]}/"
    inside = {path.removeprefix(base): data for path, data in files.items() if path.startswith(base)}
    return Module(f"{_code(files)}/{chosen[0]}", folder / base, inside)


def _code(files: Mapping[str, bytes]) -> str:
    """The course's own code: a signature holds wherever its folder is copied to."""
    try:
        course = load_yaml(decode(files.get(COURSE_FILE, b"")))
    except DocumentError:
        course = None
    if not isinstance(course, dict) or not isinstance(course.get("code"), str):
        _refuse(_("Thư mục này không phải một khóa học: thiếu course.yaml, hoặc tệp ấy không có mã khóa."))
    return str(course["code"])


def _signatures(book: Path, place: str) -> Signatures:
    if not book.exists():
        return Signatures(place=place)
    try:
        return read_signatures(book.read_bytes(), place)
    except SheetFault as fault:
        _refuse(f"{book.name}: {say_fault(fault)}")


def _write_all(where: Module, made: Plan, book: Path, before: bytes, after: bytes) -> None:
    """Signatures first: one for words that do not stand yet says nothing, and the same sheet can come in again."""
    if after != before:
        _write(book, after)
    for name, data in made.files.items():
        _write(where.folder / name, data)


def _keep_old(file: Path, lost: int) -> None:
    names = (file.with_name(f"{file.stem}.cu-{number}{file.suffix}") for number in count(1))
    kept = next(path for path in names if not path.exists())
    _write(kept, file.read_bytes())
    click.echo(_("%(n)s hàng của phiếu cũ không khớp nữa; phiếu cũ còn ở %(kept)s.", n=lost, kept=kept.name))


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and readable by whom it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    with new_file(path) as out:
        out.write(data)
    path.chmod(mode)


def _refuse(words: str) -> NoReturn:
    click.echo(words, err=True)
    sys.exit(1)
