"""F5: a disk is full to the last byte. Reading goes on, nothing acknowledged is lost, it recovers with the space."""

from __future__ import annotations

import hashlib
import io
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from lms.db import db
from lms.quizzes.tasks import judge_what_raised
from tests import databases, postgres
from tests.certificates.people import Page, Visitor
from tests.factories import Make
from tests.faults.client import Client, Sent, prepare
from tests.faults.conftest import with_template
from tests.faults.disk import Disk, small_disk
from tests.faults.load import under_load
from tests.faults.postgresql import bring_up
from tests.faults.recount import recount
from tests.faults.rows import rows
from tests.faults.seeding import Paper, seed
from tests.faults.site import Site, wait_for
from tests.long import LONG
from tests.people.lists import WARD, person, xlsx

pytestmark = pytest.mark.timeout(3600 if LONG else 180)
PAGE = "/khoa-hoc/k1"
LIST = xlsx([person()])
BEFORE, PAPERS = (1000, 4000) if LONG else (20, 600)
MEGABYTES = {"sqlite": 120 if LONG else 24, "postgresql": 400 if LONG else 160}


@pytest.fixture
def disk(request: pytest.FixtureRequest) -> Iterator[Disk]:
    """Of 4 MB, or as many as the test says; where also the user of PostgreSQL may go."""
    megabytes = getattr(request, "param", 4)
    with tempfile.TemporaryDirectory(prefix="lms-disk-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        with small_disk(Path(folder) / "disk", megabytes) as made:
            yield made


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    folder = tmp_path / "instance"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("disk", [MEGABYTES["sqlite"]], indirect=True)
def test_the_disk_of_sqlite(disk: Disk, instance: Path) -> None:
    site = Site(databases.new_sqlite(disk.path), instance)
    try:
        _fill_under_load(site, disk)
    finally:
        site.close()


@pytest.mark.parametrize("disk", [MEGABYTES["postgresql"]], indirect=True)
def test_the_disk_of_postgresql(disk: Disk, instance: Path) -> None:
    found = postgres.binaries()
    if found is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    cluster = postgres.Cluster(found, durable=True, root=disk.path)
    site = Site("", instance)
    try:
        site.url = with_template(cluster)
        _fill_under_load(site, disk, cluster)
    finally:
        site.close()
        cluster.stop()


def _fill_under_load(site: Site, disk: Disk, cluster: postgres.Cluster | None = None) -> None:
    papers = seed(site.app, PAPERS // 10, 10)
    site.serve()
    with under_load(site.port, papers, 40) as load:
        wait_for(lambda: len(load.acknowledged) >= BEFORE, 300, "submissions are acknowledged")
        disk.fill()
        wait_for(lambda: load.tries[503] > 5, 60, "somebody is turned away")
        if cluster is None:  # a PostgreSQL that cannot write its log has to end
            assert {site.get(PAGE, 15, Cookie=papers[0].cookie)[0] for _ in range(10)} == {200}
        assert site.status("/healthz") == 200
        disk.free()
        if cluster is not None:
            bring_up(cluster)
        site.wait_ready()
        reached = len(load.acknowledged) + 10
        wait_for(lambda: len(load.acknowledged) >= reached, 60, "submissions are acknowledged again")
    taken = [sent for sent in load.sent if sent.tries]
    # 0: whoever waited for the lock longer than a phone does; 202: stored, but there was no room to judge it yet
    assert set(load.tries) <= {0, 200, 202, 503}, load.tries
    assert sum(sent.hasty for sent in taken) == 0
    assert all(sent.acknowledged for sent in taken)
    site.kill()  # its worker judges what had no room, and must not do so while it is counted
    with site.app.app_context():
        judge_what_raised()
        db.session.rollback()
    assert rows(site.url, "SELECT count(*) FROM submission WHERE state = 'quarantined'") == [(0,)], "a person is needed"
    faults = recount(site, taken)
    assert not faults, "\n".join(faults)


def test_the_disk_of_the_files(tmp_path: Path, instance: Path) -> None:
    """A certificate is earned and entered in the book; its file waits for space, and is never half there."""
    site = Site(databases.new_sqlite(tmp_path), instance)
    with small_disk(instance / "files", 1) as disk:
        papers = seed(site.app, 3)
        site.serve()
        try:
            disk.fill()
            books = [_pass(site, paper) for paper in papers[:2]]
            assert rows(site.url, "SELECT count(*) FROM certificate WHERE pdf_key IS NULL") == [(2,)]
            disk.free()
            books.append(_pass(site, papers[2]))
            wait_for(lambda: _files(site) == 3, 90, "the files are made")
            assert recount(site, books) == []
            kept = {path.name.partition(".")[0] for path in disk.path.rglob("*") if path.is_file()}
            assert kept == {sha256 for (sha256,) in rows(site.url, "SELECT pdf_sha256 FROM certificate")}
        finally:
            site.close()


def _pass(site: Site, paper: Paper) -> Sent:
    """Hand in a paper that is good enough, whatever luck says."""
    luck = random.Random(paper.ticket)  # of its own: the id of a submission is drawn from it
    while not (sent := prepare(paper, luck)).claim.passed:
        pass
    sent = Client(site.port).hand_in(sent, paper.cookie)
    assert sent.state == "accepted"
    return sent


def _files(site: Site) -> int:
    """How many certificates have their file, after a look at its bytes."""
    found = rows(site.url, "SELECT pdf_key, pdf_sha256 FROM certificate WHERE pdf_key IS NOT NULL")
    for key, sha256 in found:
        assert hashlib.sha256((site.folder / "files" / key).read_bytes()).hexdigest() == sha256
    return len(found)


def test_the_disk_of_the_files_has_no_room_for_a_staff_list(app: Flask, make: Make) -> None:
    """Refused as a whole, with a page that says what to do; the same list goes in when there is room."""
    app.config["WTF_CSRF_ENABLED"] = False
    manager = Visitor(app, make.account("Lê Thị Mẫu", capability="manager", unit=WARD))
    with small_disk(app.extensions["settings"].files_dir, 1) as disk:
        disk.fill()
        refused = _send_list(manager, make.unit_id(WARD))
        assert (refused.status, refused.answer.headers["Retry-After"].isdigit()) == (503, True)
        assert "Lần bấm vừa rồi chưa được ghi." in refused.main and "Chờ một phút rồi làm lại" in refused.main
        disk.free()
        assert _lists(disk) == (set(), 0, 0)
        assert _send_list(manager, make.unit_id(WARD)).status == 303
        assert _lists(disk) == ({hashlib.sha256(LIST).hexdigest()}, 1, 1)


def _send_list(manager: Visitor, unit_id: int) -> Page:
    form = {"file": (io.BytesIO(LIST), "danh-sach.xlsx"), "unit": str(unit_id), "list_date": "01/03/2026"}
    return manager.post("/danh-sach/moi", form, content_type="multipart/form-data")


def _lists(disk: Disk) -> tuple[set[str], int, int]:
    """(whose names lie on the disk, without their endings; imports and rows of lists in the database)."""
    imports, lines = (
        db.session.scalar(text(f"SELECT count(*) FROM {name}")) for name in ("roster_import", "roster_row")
    )
    return {path.name.partition(".")[0] for path in disk.path.rglob("*") if path.is_file()}, imports, lines


def test_the_disk_of_the_log(disk: Disk, tmp_path: Path, instance: Path) -> None:
    """What cannot be written down is done all the same."""
    site = Site(databases.new_sqlite(tmp_path), instance, log=disk.path / "served.log")
    papers = seed(site.app, 20)
    site.serve()
    try:
        disk.fill()
        with under_load(site.port, papers, 20) as load:
            load.join()
        assert load.tries == {200: 20}
        assert site.get(PAGE, 15, Cookie=papers[0].cookie)[0] == 200
        assert site.status("/api/v1/submissions") in (401, 405)
        assert recount(site, load.sent) == []
    finally:
        site.close()


@pytest.mark.parametrize("disk", [8], indirect=True)
def test_the_disk_of_temporary_files(disk: Disk, tmp_path: Path, instance: Path) -> None:
    """Handing in needs none; an upload that finds no room is told to come again."""
    site = Site(databases.new_sqlite(tmp_path), instance, environment={"TMPDIR": str(disk.path)})
    papers = seed(site.app, 20)
    site.serve()
    try:
        assert {_upload(site) for _ in range(8)} == {400}  # from now on every process knows its folder
        disk.fill()
        with under_load(site.port, papers, 20) as load:
            load.join()
        assert load.tries == {200: 20}
        assert _upload(site) == 503
        disk.free()
        assert _upload(site) == 400
    finally:
        site.close()


def _upload(site: Site) -> int | None:
    """A form with a file of 2 MB and no token: 400 once it could be read."""
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    return site.post("/dang-nhap", head + b"0" * 2_000_000 + b"\r\n--x--\r\n", "multipart/form-data; boundary=x")


def test_the_disk_of_the_backup(disk: Disk, tmp_path: Path, instance: Path) -> None:
    """No half backup stands under the name of one."""
    key = {"LMS_BACKUP_KEY": "faults-backup-0123456789-abcdefghijklmnop"}
    site = Site(databases.new_sqlite(tmp_path), instance, environment=key)
    seed(site.app, 20)
    disk.fill()
    target = disk.path / "backup.lms"
    done = site.run("backup", "create", str(target))
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert [path.name for path in disk.path.iterdir()] == [disk.balloon.name]
    disk.free()
    done = site.run("backup", "create", str(target))
    assert done.returncode == 0, done.stderr
