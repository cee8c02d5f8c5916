"""Redis and a bucket for tests, and the durable PostgreSQL of the fault tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import databases, postgres
from tests.faults.conftest import cluster
from tests.growing.services import Bucket, BucketServer, RedisServer

__all__ = ["cluster"]


@pytest.fixture
def postgres_url(cluster: postgres.Cluster) -> Iterator[str]:
    """A migrated database that keeps what it acknowledges: a served site refuses any other."""
    with psycopg.connect(f"postgresql://lms@127.0.0.1:{cluster.port}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE grown TEMPLATE {databases.TEMPLATE}")
        yield f"postgresql+psycopg://lms@127.0.0.1:{cluster.port}/grown"
        connection.execute("DROP DATABASE grown WITH (FORCE)")


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[BucketServer]:
    server = BucketServer()
    yield server
    server.stop()


@pytest.fixture
def bucket(bucket_server: BucketServer) -> Bucket:
    return bucket_server.new()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()
