"""A site whose files are in a bucket: the same pages, the same backups, and nothing half done while it is away."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import create_app
from lms.certificates import tasks
from lms.certificates.models import Certificate
from lms.db import db
from lms.jobs import queue
from lms.operate.backup import making, restoring
from lms.people.models import RosterImport
from lms.storage.files import StorageUnavailable, storage
from tests import databases
from tests.certificates.papers import text_of
from tests.certificates.people import HERE, Visitor, certified, learner, one
from tests.factories import Make
from tests.faults.site import Site
from tests.growing.services import SECRET_KEY, Bucket, environment
from tests.people.lists import person, xlsx

BACKUP_KEY = "0123456789-abcdefghijklmnopqrstuvwxyz-backup"


@pytest.fixture
def app(database_url: str, tmp_path: Path, bucket: Bucket) -> Iterator[Flask]:
    made = create_app(databases.settings_for(database_url, tmp_path, **bucket.settings))
    made.config["WTF_CSRF_ENABLED"] = False
    with made.app_context():
        yield made
        db.session.rollback()
        db.engine.dispose()


@pytest.fixture
def certificate(app: Flask, make: Make) -> Certificate:
    return certified(learner(make))


@pytest.fixture
def reader(app: Flask, make: Make, certificate: Certificate) -> Visitor:
    return Visitor(app, make.account(person_id=certificate.person_id))


def address(certificate: Certificate) -> str:
    return f"/giay-chung-nhan/{certificate.code}.pdf"


@pytest.mark.both
def test_a_certificate_is_made_kept_in_the_bucket_and_downloaded(
    bucket: Bucket, certificate: Certificate, reader: Visitor, tmp_path: Path
) -> None:
    assert tasks.make_missing_files() == 1
    row = one(certificate.id)
    assert bucket.keys() == [f"site/one/{row.pdf_key}"]
    assert hashlib.sha256(bucket.read(bucket.keys()[0])).hexdigest() == row.pdf_sha256
    downloaded = reader.get(address(certificate)).answer.data
    assert hashlib.sha256(downloaded).hexdigest() == row.pdf_sha256
    assert "Huỳnh Thị Út" in text_of(downloaded)
    assert not (tmp_path / "files").exists()


@pytest.mark.both
def test_while_the_bucket_is_away_the_page_says_so_and_the_work_waits(
    bucket: Bucket, certificate: Certificate, reader: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    with bucket.server.down():
        page = reader.get(address(certificate))
        assert page.status == 503 and "Giấy vẫn có giá trị" in page.main
        queue.queue().sweep()
        assert (one(certificate.id).pdf_key, one(certificate.id).pdf_fault) == (None, None)
    queue.queue().sweep()
    assert reader.get(address(certificate)).status == 200
    with bucket.server.down():
        page = reader.get(address(certificate))
        assert page.status == 503 and "Giấy vẫn có giá trị" in page.main
    log = capsys.readouterr().err
    assert "StorageUnavailable" in log and SECRET_KEY not in log


def test_a_bucket_that_is_away_is_asked_once_and_not_for_every_paper(
    bucket: Bucket, make: Make, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[object] = []
    monkeypatch.setattr(tasks, "render_pdf", lambda paper, made_on: printed.append(paper) or b"%PDF")  # type: ignore[func-returns-value]
    for _ in range(4):
        certified(learner(make))
    with bucket.server.down():
        assert tasks.make_missing_files() == 0
    assert len(printed) == 1
    assert tasks.make_missing_files() == 4


@pytest.mark.both
def test_a_list_that_cannot_be_kept_is_not_staged(bucket: Bucket, app: Flask, make: Make) -> None:
    manager = Visitor(app, make.account(capability="manager", unit=HERE))

    with bucket.server.down():
        assert send_list(manager, make) == 503
    assert db.session.scalar(select(func.count()).select_from(RosterImport)) == 0
    db.session.rollback()
    assert send_list(manager, make) == 303


def send_list(manager: Visitor, make: Make) -> int:
    form = {"unit": str(make.unit_id(HERE)), "list_date": "01/03/2026"}
    sent = {"file": (io.BytesIO(xlsx([person()])), "DS.xlsx")}
    return manager.post("/danh-sach/moi", form | sent, content_type="multipart/form-data").status


def test_a_slow_bucket_keeps_no_writer_waiting(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is stored is stored before the transaction begins, so the lock is never held across the network."""
    manager, kept = Visitor(app, make.account(capability="manager", unit=HERE)), storage().save
    writing: list[bool] = []

    def save(kind: str, data: bytes, suffix: str = "") -> object:
        writing.append(bool(db.session.info.get("writing")))
        return kept(kind, data, suffix)

    monkeypatch.setattr(storage(), "save", save)
    assert send_list(manager, make) == 303
    certified(learner(make))
    tasks.make_missing_files()
    assert writing == [False, False]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Flask]:
    """Another installation, with an empty database and a folder."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    made = create_app(databases.settings_for(databases.new_sqlite(folder), folder))
    yield made
    with made.app_context():
        db.engine.dispose()


def test_a_backup_takes_files_from_a_bucket_and_puts_them_into_a_folder_and_back(
    bucket: Bucket, certificate: Certificate, elsewhere: Flask, tmp_path: Path
) -> None:
    tasks.make_missing_files()
    row = one(certificate.id)
    pdf = storage().read(str(row.pdf_key))
    assert making.create(tmp_path / "bucket.backup", BACKUP_KEY).files["count"] == 1
    with elsewhere.app_context():
        restoring.restore(tmp_path / "bucket.backup", BACKUP_KEY)
        assert (tmp_path / "elsewhere" / "files" / str(row.pdf_key)).read_bytes() == pdf
        making.create(tmp_path / "folder.backup", BACKUP_KEY)
    storage().remove(str(row.pdf_key))
    restoring.restore(tmp_path / "folder.backup", BACKUP_KEY, replace=True)
    assert storage().read(str(row.pdf_key)) == pdf


def test_the_command_of_the_manual_moves_a_site_into_a_bucket(bucket: Bucket, elsewhere: Flask, tmp_path: Path) -> None:
    manual = (Path(__file__).resolve().parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in manual.splitlines()]
    last = next(at for at, line in enumerate(lines) if "LMS_STORAGE_URL=s3://lms-files/site lms" in line)
    command = "\n".join(lines[last - 1 : last + 1]).replace("/var/backups/lms", str(tmp_path))
    with elsewhere.app_context():
        key = tasks.make_file(certified(learner(Make())).id)
        db.engine.dispose()
    site = Site(elsewhere.extensions["settings"].database_url, tmp_path / "elsewhere")
    away = {name: value for name, value in bucket.settings.items() if name != "storage_url"}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = site.env | environment(away | {"backup_key": BACKUP_KEY}) | {"PATH": path}
    command = command.replace("lms-files/site", f"{bucket.name}/site/one")
    subprocess.run(["sh", "-ec", command], cwd=tmp_path, env=env, check=True, stdout=subprocess.DEVNULL)
    assert bucket.keys() == [f"site/one/{key}"]


def test_without_its_bucket_no_backup_is_made_and_nothing_is_restored(
    bucket: Bucket, certificate: Certificate, make: Make, tmp_path: Path
) -> None:
    """A backup without the files would look like one with all of them."""
    tasks.make_missing_files()
    making.create(tmp_path / "good.backup", BACKUP_KEY)
    make.person("Người Đến Sau")
    with bucket.server.down():
        with pytest.raises(StorageUnavailable):
            making.create(tmp_path / "bad.backup", BACKUP_KEY)
        with pytest.raises(StorageUnavailable):
            restoring.restore(tmp_path / "good.backup", BACKUP_KEY, replace=True)
    assert not (tmp_path / "bad.backup").exists()
    assert not list(tmp_path.glob("*.before-restore-*"))
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM person WHERE full_name = 'Người Đến Sau'").scalar() == 1
