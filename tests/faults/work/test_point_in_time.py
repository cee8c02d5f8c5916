"""Back to just before a mass delete (safety.md F16), while others write: what was acknowledged before it is there.

SQLite by the newest of frequent backups, PostgreSQL to the second by a base backup and the log that was archived since.
The commands are those of docs/operating.md, "Back to a moment".
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from lms.db import db
from lms.operate.backup import making, restoring
from tests import databases
from tests.audit.chains import drop_triggers
from tests.faults import recount
from tests.faults.site import Site, wait_for
from tests.faults.work.bulk import BACKUP_KEY
from tests.faults.work.writers import Writers, writing
from tests.long import LONG
from tests.postgres import Cluster, _ordinary_user, binaries

pytestmark = pytest.mark.timeout(1800 if LONG else 240)
EACH = 300 if LONG else 8
"""Papers acknowledged between two backups."""
DELETED = ("item_result", "attempt_step", "submission")


def mass_delete(connection: Connection) -> None:
    drop_triggers(connection, *DELETED)
    for table in DELETED:
        connection.execute(text(f"DELETE FROM {table}"))


def some_more(writers: Writers) -> None:
    wanted = len(writers.acknowledged) + EACH
    wait_for(lambda: len(writers.acknowledged) >= wanted, 300, "papers are handed in")


def test_sqlite_goes_back_to_the_newest_backup(quick: Site, tmp_path: Path) -> None:
    with writing(quick.app) as writers:
        for number in range(2):
            some_more(writers)
            before = list(writers.acknowledged)
            made = tmp_path / f"often-{number}.backup"
            making.create(made, BACKUP_KEY)
        some_more(writers)
    with db.write() as session:
        mass_delete(session.connection())
    assert len(list(recount.acknowledged_is_stored(quick.url, before))) == len(before), "the control: all is gone"
    db.session.rollback()
    restoring.restore(made, BACKUP_KEY, replace=True)
    assert list(recount.acknowledged_is_stored(quick.url, before)) == []
    assert list(recount.scores(quick.url, before)) == []


class Archiving(Cluster):
    """One that keeps its log elsewhere, as docs/operating.md has it."""

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    def up(self) -> None:
        if not self.archive.exists():
            self.archive.mkdir()
            give(self.archive)
            self.configure(
                "archive_mode = on",
                "archive_timeout = 60",
                f"archive_command = 'test ! -f {self.archive}/%f && cp %p {self.archive}/%f'",
            )
        super().up()

    def configure(self, *lines: str) -> None:
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.writelines(f"{line}\n" for line in lines)

    def ask(self, statement: str) -> str:
        engine = create_engine(f"postgresql+psycopg://lms@127.0.0.1:{self.port}/lms", poolclass=NullPool)
        with engine.connect() as connection:
            return str(connection.scalar(text(statement)))


def give(path: Path) -> None:
    """To the user whom PostgreSQL runs as."""
    if os.geteuid() == 0:
        user = _ordinary_user()
        os.chown(path, user.pw_uid, user.pw_gid)


@pytest.fixture
def archiving(tmp_path: Path) -> Iterator[Archiving]:
    cluster = Archiving(found, durable=True) if (found := binaries()) else pytest.skip("PostgreSQL is not installed")
    server = cluster.start()
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE lms"))
    (tmp_path / "instance").mkdir()
    databases._migrate(f"{server}/lms", tmp_path / "instance")
    yield cluster
    cluster.stop()


@pytest.fixture
def site(archiving: Archiving, tmp_path: Path) -> Iterator[Site]:
    made = Site(f"postgresql+psycopg://lms@127.0.0.1:{archiving.port}/lms", tmp_path / "instance")
    with made.app.app_context():
        yield made
        db.session.rollback()
        db.engine.dispose()
    made.close()


def archived(cluster: Archiving) -> None:
    """Nothing is recovered to a moment unless a commit after it is archived: without, recovery ends in an error."""
    last = cluster.ask("SELECT pg_walfile_name(pg_switch_wal())")
    wait_for(lambda: (cluster.archive / last).exists(), 60, "the log is archived")


def recovered(cluster: Archiving, base: Path, moment: str) -> Archiving:
    beside = Archiving(cluster.bin, durable=True)
    beside._own()
    beside.archive.mkdir()
    shutil.copytree(base, beside.data, symlinks=True)
    for path in (beside.data, *beside.data.rglob("*")):
        give(path)
    beside.data.chmod(0o700)
    beside.configure(
        "archive_mode = off",
        f"restore_command = 'cp {cluster.archive}/%f %p'",
        f"recovery_target_time = '{moment}'",
        "recovery_target_action = promote",
    )
    (beside.data / "recovery.signal").touch()
    give(beside.data / "recovery.signal")
    beside.up()
    wait_for(lambda: beside.ask("SELECT pg_is_in_recovery()") == "False", 60, "recovery is at its end")
    return beside


def test_postgresql_goes_back_to_a_moment(archiving: Archiving, site: Site) -> None:
    base = archiving.root / "base"
    with writing(site.app, threads=2) as writers:
        some_more(writers)
        archiving._run("pg_basebackup", "-D", str(base), *connect(archiving), "--checkpoint=fast")
        archiving._run("pg_verifybackup", str(base))
        some_more(writers)
        before = list(writers.acknowledged)
        moment = archiving.ask("SELECT clock_timestamp()")
    with db.write() as session:
        mass_delete(session.connection())
    assert len(list(recount.acknowledged_is_stored(site.url, before))) == len(before), "the control: all is gone"
    archived(archiving)
    beside = recovered(archiving, base, moment)
    try:
        url = f"postgresql+psycopg://lms@127.0.0.1:{beside.port}/lms"
        assert list(recount.acknowledged_is_stored(url, before)) == []
        assert list(recount.scores(url, before)) == []
    finally:
        beside.stop()


def connect(cluster: Cluster) -> list[str]:
    return ["-h", "127.0.0.1", "-p", str(cluster.port), "-U", "lms"]
