"""Both storages keep the one promise: named by content, whole or not there, and a clear word when they cannot."""

from __future__ import annotations

import errno
import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lms.config import Settings, UnsafeSettings
from lms.storage.bucket import BucketStorage
from lms.storage.files import FolderStorage, Storage, StorageUnavailable, storage_of
from tests import databases
from tests.growing.services import SECRET_KEY, Bucket

DATA = b"%PDF-1.7 \x00\xff"
KEY = f"certificates/{hashlib.sha256(DATA).hexdigest()[:2]}/{hashlib.sha256(DATA).hexdigest()}.pdf"


def in_bucket(bucket: Bucket, folder: Path, **changes: str) -> Storage:
    return storage_of(databases.settings_for("", folder, **bucket.settings | changes))


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return storage_of(databases.settings_for("", tmp_path))
    return in_bucket(request.getfixturevalue("bucket"), tmp_path)


def test_the_setting_chooses(storage: Storage, request: pytest.FixtureRequest) -> None:
    kind = BucketStorage if "bucket" in request.node.name else FolderStorage
    assert isinstance(storage, kind)


def test_what_was_saved_is_read_under_the_name_of_its_content(storage: Storage) -> None:
    stored = storage.save("certificates", DATA, ".pdf")
    assert (stored.key, stored.size) == (KEY, len(DATA))
    assert storage.save("certificates", DATA, ".pdf") == stored
    assert storage.read(KEY) == DATA


def test_an_empty_file_and_one_of_six_megabytes(storage: Storage) -> None:
    for data in (b"", bytes(range(256)) * 24_000):
        assert storage.read(storage.save("rosters", data, ".xlsx").key) == data


@pytest.mark.parametrize("key", [KEY, "../secret", "certificates/../../secret", "/etc/passwd", "a//b"])
def test_what_is_not_there_is_said_so(storage: Storage, key: str) -> None:
    with pytest.raises(FileNotFoundError):
        storage.read(key)


def test_what_was_removed_is_gone_and_removing_again_is_no_error(storage: Storage) -> None:
    storage.save("certificates", DATA, ".pdf")
    for _ in range(2):
        storage.remove(KEY)
    with pytest.raises(FileNotFoundError):
        storage.read(KEY)


def test_under_its_prefix_in_the_bucket(bucket: Bucket, tmp_path: Path) -> None:
    in_bucket(bucket, tmp_path).save("certificates", DATA, ".pdf")
    assert bucket.keys() == [f"site/one/{KEY}"]


def test_what_stands_there_is_not_sent_again_unless_it_was_cut(bucket: Bucket, tmp_path: Path) -> None:
    storage = in_bucket(bucket, tmp_path)
    assert isinstance(storage, BucketStorage)
    storage.save("certificates", DATA, ".pdf")
    first = storage._bucket.head(KEY)["last_modified"]
    storage._bucket.put(KEY, DATA[:3], attributes={"Content-Type": "text/plain"})
    storage.save("certificates", DATA, ".pdf")
    assert storage.read(KEY) == DATA
    again = storage._bucket.head(KEY)["last_modified"]
    storage.save("certificates", DATA, ".pdf")
    assert storage._bucket.head(KEY)["last_modified"] == again >= first


Asked = Callable[[Storage], object]
EVERYTHING: list[Asked] = [
    lambda storage: storage.save("certificates", DATA, ".pdf"),
    lambda storage: storage.read(KEY),
    lambda storage: storage.remove(KEY),
]


def fails(storage: Storage, asked: Asked) -> StorageUnavailable:
    with pytest.raises(StorageUnavailable) as failed:
        asked(storage)
    assert SECRET_KEY not in str(failed.value)
    return failed.value


@pytest.mark.parametrize("asked", EVERYTHING)
def test_a_bucket_that_does_not_answer_says_so_and_comes_back(bucket: Bucket, tmp_path: Path, asked: Asked) -> None:
    storage = in_bucket(bucket, tmp_path)
    storage.save("certificates", DATA, ".pdf")
    with bucket.server.down():
        fails(storage, asked)
    asked(storage)


def test_a_bucket_that_is_not_there_is_no_missing_file(bucket: Bucket, tmp_path: Path) -> None:
    storage = in_bucket(bucket, tmp_path, storage_url="s3://nobody-made-this/x")
    for asked in EVERYTHING:
        assert "no such bucket" in str(fails(storage, asked))


@pytest.mark.parametrize("asked", EVERYTHING[:1])
def test_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: Asked) -> None:
    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    storage = FolderStorage(tmp_path / "files")
    assert fails(storage, asked).errno == errno.ENOSPC
    monkeypatch.undo()
    with pytest.raises(FileNotFoundError):
        storage.read(KEY)
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


def test_a_site_with_a_folder_never_imports_the_client() -> None:
    """It is 16 MB, and 50 ms of every start."""
    code = "import lms.rooms, sys; sys.exit('obstore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"storage_url": "http://bucket"}, "LMS_STORAGE_URL must look like s3://"),
        ({"storage_url": "s3://"}, "LMS_STORAGE_URL"),
        ({"queue_url": "amqp://me:hush-hush@x"}, "LMS_QUEUE_URL must look like redis://"),
        ({"limits_url": "127.0.0.1:6379"}, "LMS_LIMITS_URL"),
        ({"storage_url": "s3://b/x", "s3_access_key": "name"}, "go together"),
    ],
)
def test_a_mistyped_address_is_told_at_the_start(tmp_path: Path, changes: dict[str, str], says: str) -> None:
    with pytest.raises(UnsafeSettings, match=says) as refused:
        databases.settings_for("", tmp_path, **changes).refuse_if_unsafe()
    assert "hush-hush" not in str(refused.value)


def test_a_package_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.config.find_spec", lambda name: None)
    with pytest.raises(UnsafeSettings, match="package redis: requirements/run.txt"):
        databases.settings_for("", tmp_path, queue_url="redis://x").refuse_if_unsafe()


def test_no_secret_is_printed_with_the_settings(tmp_path: Path) -> None:
    hidden = ("secret_key", "backup_key", "s3_secret_key", "database_url", "queue_url", "limits_url")
    given = Settings(
        _env_file=None,
        **{name: f"hush-{name}" for name in hidden},
        secret_key_fallbacks=["hush-older"],
        instance_dir=tmp_path,
    )
    assert "hush" not in f"{given!r} {given}"
