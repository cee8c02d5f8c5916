"""Files in a bucket of any service that speaks S3, under the same keys as in a folder.

The client is imported and made with the first file: processes that touch none need neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from lms.config import Settings
from lms.storage.files import StorageUnavailable, StoredFile, named

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Store

BYTES = "application/octet-stream"  # without one, some services take what is sent for a form
PATIENCE: RetryConfig = {"max_retries": 2, "retry_timeout": timedelta(seconds=15)}
"""With the times below a request that meets a dead service ends within 40 s, before the proxy gives up on us."""


class BucketStorage:
    """See `Storage`. A bucket shows a file whole or not at all, and keeps it once it has answered."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def save(self, kind: str, data: bytes, suffix: str = "") -> StoredFile:
        stored = named(kind, data, suffix)
        try:
            with _answering():
                if not self._holds(stored):
                    attributes = {"Content-Type": BYTES}
                    self._bucket.put(stored.key, data, attributes=attributes, use_multipart=False)
        except FileNotFoundError as error:
            raise StorageUnavailable("there is no such bucket") from error
        return stored

    def read(self, key: str) -> bytes:
        with _answering():
            return bytes(self._bucket.get(key).bytes())

    def remove(self, key: str) -> None:
        with _answering():
            self._bucket.delete(key)

    def _holds(self, stored: StoredFile) -> bool:
        try:
            return self._bucket.head(stored.key)["size"] == stored.size
        except FileNotFoundError:
            return False

    @cached_property
    def _bucket(self) -> S3Store:
        from obstore.store import S3Store

        given = self.settings
        own = {"endpoint": given.s3_endpoint, "access_key_id": given.s3_access_key}
        own |= {"secret_access_key": given.s3_secret_key, "region": given.s3_region}
        return S3Store.from_url(
            given.storage_url,
            config={name: value for name, value in own.items() if value},  # type: ignore[arg-type]
            client_options=_client(given.s3_endpoint),
            retry_config=PATIENCE,
        )


def _client(endpoint: str) -> ClientConfig:
    return {"allow_http": endpoint.startswith("http://"), "connect_timeout": "3s", "timeout": "20s"}


@contextmanager
def _answering() -> Iterator[None]:
    """The client's errors as ours; of its long texts the first line, which holds addresses but no key."""
    from obstore.exceptions import BaseError

    try:
        yield
    except ValueError as error:
        raise FileNotFoundError("this cannot be the key of a stored file") from error
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise StorageUnavailable("there is no such bucket") from error
        raise
    except BaseError as error:
        first = str(error).partition("\n")[0]
        raise StorageUnavailable(f"the bucket does not answer: {first[:300]}") from error
