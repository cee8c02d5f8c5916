"""Sites for the fault tests: SQLite as it is shipped, and a PostgreSQL that really syncs what it acknowledges."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests import databases, postgres
from tests.faults.site import Site


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A durable PostgreSQL of this test process with the migrated template in it."""
    found = postgres.binaries()
    if found is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    made = postgres.Cluster(found, durable=True)
    try:
        with_template(made)
        yield made
    finally:
        made.stop()


@pytest.fixture
def durable_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated database that keeps what it acknowledges."""
    if engine == "sqlite":
        yield databases.new_sqlite(tmp_path)
        return
    with _new_database(request.getfixturevalue("cluster")) as url:
        yield url


@pytest.fixture
def site(durable_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site that is not served yet: seed it, then `serve()`. All its processes end with the test."""
    with _site(durable_url, tmp_path) as made:
        yield made


@pytest.fixture
def postgres_site(cluster: postgres.Cluster, tmp_path: Path) -> Iterator[Site]:
    """The same on PostgreSQL alone, for what is done to PostgreSQL."""
    with _new_database(cluster) as url, _site(url, tmp_path) as made:
        yield made


@contextmanager
def _site(url: str, tmp_path: Path) -> Iterator[Site]:
    made = Site(url, tmp_path / "instance")
    made.folder.mkdir()
    try:
        yield made
    finally:
        made.close()


@contextmanager
def _new_database(cluster: postgres.Cluster) -> Iterator[str]:
    server, name = f"127.0.0.1:{cluster.port}", f"s{os.urandom(6).hex()}"
    _sql(server, f"CREATE DATABASE {name} TEMPLATE {databases.TEMPLATE}")
    yield f"postgresql+psycopg://lms@{server}/{name}"
    _sql(server, f"DROP DATABASE {name} WITH (FORCE)")


def with_template(cluster: postgres.Cluster) -> str:
    """Start it and put the migrated template in; its URL. Quicker than migrating anew: dumped from the tests' own."""
    server = cluster.start().rpartition("@")[2]
    _sql(server, f"CREATE DATABASE {databases.TEMPLATE}")
    source = f"{os.environ['LMS_TEST_PG']}/{databases.TEMPLATE}".replace("+psycopg", "")
    dump = subprocess.run([str(cluster.bin / "pg_dump"), source], check=True, capture_output=True)
    target = f"lms@{server}/{databases.TEMPLATE}"
    command = [str(cluster.bin / "psql"), "-q", "-v", "ON_ERROR_STOP=1", f"postgresql://{target}"]
    subprocess.run(command, input=dump.stdout, check=True, stdout=subprocess.DEVNULL)
    return f"postgresql+psycopg://{target}"


def _sql(server: str, statement: str) -> None:
    with psycopg.connect(f"postgresql://lms@{server}/postgres", autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]
