"""A version that has one migration more than ours, with a body of our choice."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

import pytest

from lms.operate import schema

HEAD = schema.head()
LATER = "9001"

TEMPLATE = """
import os, time
from pathlib import Path
from alembic import op
revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None
changes = {changes!r}

def upgrade():
    {body}

def downgrade():
    pass
"""
GOOD = 'op.execute("CREATE INDEX ix_later ON person (full_name)")'


class Migration(Protocol):
    """`changes`: what the migration says it changes of what was there."""

    def __call__(self, body: str, *changes: str) -> None: ...


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Migration:
    """From its first call on, the code's head is this migration; a second call exchanges its body."""
    folder = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))

    def add(body: str, *changes: str) -> None:
        written = TEMPLATE.format(revision=LATER, before=HEAD, body=body, changes=changes)
        (folder / "versions" / f"{LATER}_later.py").write_text(written, encoding="utf-8")
        shutil.rmtree(folder / "versions" / "__pycache__", ignore_errors=True)
        monkeypatch.setattr(schema, "MIGRATIONS", folder)

    return add


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder
