from __future__ import annotations

from tests.growing.conftest import bucket, bucket_server

__all__ = ["bucket", "bucket_server"]
