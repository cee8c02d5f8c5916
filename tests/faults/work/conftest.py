"""A site on the quick test database: what is killed here is a process of ours, never the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import Make
from tests.faults.site import Site
from tests.faults.work.bulk import BACKUP_KEY


@pytest.fixture
def quick(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site that is not served, with an application context of it pushed: for `lms …` as processes of their own."""
    made = Site(database_url, tmp_path / "instance", environment={"LMS_BACKUP_KEY": BACKUP_KEY})
    made.folder.mkdir()
    with made.app.app_context():
        yield made
    made.close()


@pytest.fixture
def people(quick: Site) -> Make:
    return Make()
