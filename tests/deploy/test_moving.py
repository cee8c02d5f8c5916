"""From SQLite to PostgreSQL by the very lines of docs/operating.md; and where its commands put their files."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.db import db
from tests import databases
from tests.databases import SECRET
from tests.factories import Make
from tests.operate.conftest import KEY

ROOT = Path(__file__).resolve().parents[2]
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
WRITABLE = ("/var/backups/lms", "/var/lib/lms")
"""What the user `lms` may write; the root shell that calls it stands in /root."""


def block_under(heading: str) -> list[str]:
    """The first indented lines under a heading."""
    section = OPERATING.partition(f"{heading}\n")[2]
    found = re.search(r"(?:^    .+\n)+", section, re.MULTILINE)
    assert found, heading
    return [line.strip() for line in found[0].splitlines()]


def test_every_file_that_a_command_is_given_lies_where_its_user_may_write() -> None:
    lines = [line.strip() for line in OPERATING.splitlines() if line.startswith("    ")]
    named = [word for line in lines for word in re.findall(r"lms backup (?:create|restore|drill) +([^\s#&-]\S*)", line)]
    assert len(named) >= 6
    assert [word for word in named if not word.startswith(WRITABLE)] == []


@pytest.fixture
def lived_in(app: Flask, make: Make) -> None:
    person = make.person("Lý Thị Bưởi")
    make.assignment(person, "HGV", "vl/nguyet-hoa/khom-13", date(2025, 7, 1))
    db.session.rollback()
    db.engine.dispose()


@pytest.fixture
def empty() -> Iterator[str]:
    """A database that its owner, an ordinary role, may do with as it likes."""
    name = f"moved_{uuid.uuid4().hex}"
    databases._sql("postgres", f"CREATE ROLE {name} LOGIN")
    databases._sql("postgres", f"CREATE DATABASE {name} OWNER {name} ENCODING 'UTF8' TEMPLATE template0")
    url = f"{os.environ['LMS_TEST_PG']}/{name}".replace("//lms@", f"//{name}@")
    yield url
    databases.drop_postgres(url)
    databases._sql("postgres", f"DROP ROLE {name}")


@pytest.mark.timeout(600)
@pytest.mark.skipif("LMS_TEST_PG" not in os.environ, reason="PostgreSQL is not installed")
def test_the_documented_lines_move_the_site(lived_in: None, app: Flask, empty: str, tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    (folder / "backups").mkdir(parents=True)
    (tmp_path / "test.sqlite").rename(folder / "lms.sqlite")
    (folder / "lms.env").write_text(f"LMS_ENVIRONMENT=test\nLMS_SECRET_KEY={SECRET}\nLMS_BACKUP_KEY={KEY}\n")
    shell = Shell(tmp_path, folder)
    before = figures(shell)
    ran = [line for line in block_under("### From SQLite to PostgreSQL, and back") if not line.startswith(INSTALLS)]
    assert [line.partition("=")[0].split()[0] for line in ran] == ["systemctl", "lms", "LMS_DATABASE_URL"]
    for line in ran:
        shell.run(line.replace("/var/backups/lms", str(folder / "backups")).replace(HERE, empty))
    with (folder / "lms.env").open("a") as settings:
        settings.write(f"LMS_DATABASE_URL={empty}\n")
    assert figures(shell) == before
    assert before["total"]["counted"] == 1
    shell.run("lms audit verify --records")


def figures(shell: Shell) -> dict[str, Any]:
    """But for the moment of asking."""
    found: dict[str, Any] = json.loads(shell.run("lms coverage --on 2026-11-30 --json"))
    return found | {"known_on": ""}


INSTALLS = ("apt-get", "runuser -u postgres")
HERE = "postgresql+psycopg://lms@/lms"


class Shell:
    """As the machine of the document, with `lms` the program of this tree and a `systemctl` that does nothing."""

    def __init__(self, folder: Path, instance: Path) -> None:
        self.bin, self.instance = folder / "bin", instance
        self.bin.mkdir()
        self._command("lms", f'exec {sys.executable} -m lms.cli "$@"')
        self._command("systemctl", "exit 0")

    def _command(self, name: str, body: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def run(self, line: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        kept |= {"PATH": f"{self.bin}:{kept['PATH']}", "LMS_INSTANCE_DIR": str(self.instance), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(line, shell=True, env=kept, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        return done.stdout
