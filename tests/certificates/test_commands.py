"""`lms certificates …` as an operator meets it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from lms.certificates import tasks
from lms.certificates.codes import show_code
from lms.certificates.commands import cli
from lms.certificates.models import Certificate
from lms.certificates.paper import paper_from_json
from lms.certificates.pdf import render_pdf
from lms.db import db
from lms.storage.files import storage
from tests.audit.chains import drop_triggers
from tests.certificates.people import COURSE, certified, learner, one, passed, rename, said
from tests.factories import Make


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(cli, list(words))


def answer(app: Flask, *words: str) -> tuple[int, Any]:
    found = run(app, *words, "--json")
    return found.exit_code, json.loads(found.stdout)


@pytest.fixture
def issued(app: Flask, make: Make) -> Certificate:
    return certified(learner(make))


@pytest.fixture
def file(issued: Certificate, tmp_path: Path) -> Path:
    path = tmp_path / "giay.pdf"
    path.write_bytes(storage().read(tasks.make_file(issued.id)))
    return path


@pytest.mark.both
def test_a_code_and_its_file_are_valid(app: Flask, issued: Certificate, file: Path) -> None:
    for what in (issued.code, show_code(issued.code).lower(), str(file)):
        status, said_back = answer(app, "verify", what)
        assert (status, said_back["finding"], said_back["serial"]) == (0, "valid", one(issued.id).paper["serial"])
        assert said_back["code"] == show_code(issued.code)
    assert run(app, "verify", str(file)).stdout.startswith("finding: valid\n")


@pytest.mark.attack("S36")
def test_one_changed_byte_is_found(app: Flask, issued: Certificate, file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")
    status, said_back = answer(app, "verify", str(file))
    assert (status, said_back["finding"], said_back["code"]) == (1, "changed", show_code(issued.code))


@pytest.mark.attack("S36")
def test_another_name_with_the_same_qr_is_found(app: Flask, issued: Certificate, file: Path) -> None:
    forged = paper_from_json({**issued.paper, "holder_name": "Trần Văn Giả"})
    file.write_bytes(render_pdf(forged, made_on=issued.recorded_at))
    status, said_back = answer(app, "verify", str(file))
    assert (status, said_back["finding"], said_back["holder"]) == (1, "changed", "Huỳnh Thị Út")


@pytest.mark.attack("S36")
def test_a_file_entered_under_another_certificate_is_found(
    app: Flask, make: Make, issued: Certificate, file: Path
) -> None:
    other = certified(learner(make, "Kim Sa Rinh"))
    with db.write() as session:
        mine, wrong = one(issued.id), one(other.id)
        drop_triggers(session.connection(), "certificate")
        wrong.pdf_key, wrong.pdf_sha256 = mine.pdf_key, mine.pdf_sha256
        mine.pdf_key = mine.pdf_sha256 = None
    assert answer(app, "verify", str(file))[1]["finding"] == "changed"


@pytest.mark.attack("S36")
def test_what_we_never_issued_is_unknown(app: Flask, make: Make, issued: Certificate, file: Path) -> None:
    foreign = paper_from_json({**issued.paper, "code": "0" * 16, "check_url": f"https://lophoc.example/c/{'0' * 16}"})
    file.write_bytes(render_pdf(foreign, made_on=issued.recorded_at))
    assert answer(app, "verify", str(file))[1]["finding"] == "unknown"
    file.write_bytes(b"not a PDF at all")
    assert answer(app, "verify", str(file))[1]["finding"] == "unknown"
    assert answer(app, "verify", "7K4P-22M9-QXRT-5W8D")[0] == 1
    assert run(app, "verify", "no-such-file.pdf").exit_code == 2


def test_revoked_by_the_operator_with_a_reason(app: Flask, issued: Certificate, file: Path) -> None:
    assert run(app, "revoke", issued.code).exit_code == 2
    assert run(app, "revoke", issued.code, "--why", " ").exit_code == 1
    assert run(app, "revoke", issued.code, "--why", "Thi hộ").exit_code == 0
    for what in (issued.code, str(file)):
        status, said_back = answer(app, "verify", what)
        assert (status, said_back["finding"], said_back["revoked_reason"]) == (1, "revoked", "Thi hộ")
    twice = run(app, "revoke", issued.code, "--why", "Thi hộ")
    assert (twice.exit_code, twice.stderr) == (1, "lms: Giấy này đã được thu hồi rồi.\n")
    assert run(app, "revoke", "0" * 16, "--why", "Thi hộ").exit_code == 1
    assert run(app, "revoke", "khong", "--why", "Thi hộ").exit_code == 2


def test_issue_gives_out_what_waits_and_says_what_cannot_be_printed(app: Flask, make: Make) -> None:
    person = learner(make)
    passed(person)
    said(person, "right")
    assert answer(app, "issue") == (0, {"issued": 1, "files": 1, "without_file": []})
    certified(learner(make, "สมชาย Mẫu"), validity_months=COURSE.validity_months)
    status, said_back = answer(app, "issue")
    assert (status, said_back["issued"], said_back["files"]) == (1, 0, 0)
    assert said_back["without_file"][0]["serial"].startswith("0002/")
    assert "U+0E2A" in said_back["without_file"][0]["why"]


@pytest.mark.both
def test_a_wrong_name_is_replaced_and_both_codes_and_files_say_so(app: Flask, issued: Certificate, file: Path) -> None:
    assert run(app, "replace", issued.code).exit_code == 1, "nothing would be different"
    rename(issued.person_id, "Huỳnh Thị Út Em")
    status, said_back = answer(app, "replace", show_code(issued.code))
    assert (status, said_back["replaced"]) == (0, show_code(issued.code))
    assert answer(app, "verify", said_back["code"])[0] == 0
    assert answer(app, "verify", issued.code)[1]["finding"] == "replaced"
    assert (run(app, "verify", str(file)).exit_code, "replaced" in run(app, "verify", str(file)).stdout) == (1, True)
    assert run(app, "replace", issued.code).exit_code == 1
    assert run(app, "replace", "0" * 16).exit_code == 1
    assert run(app, "replace", "khong").exit_code == 2


def test_a_name_that_could_not_be_printed_does_not_fail_the_issuing_for_ever(app: Flask, make: Make) -> None:
    unprintable = certified(learner(make, "สมชาย Mẫu"))
    assert answer(app, "issue")[0] == 1
    rename(unprintable.person_id, "Kim Sa Rinh")
    assert answer(app, "replace", unprintable.code)[0] == 0
    assert answer(app, "issue") == (0, {"issued": 0, "files": 1, "without_file": []})
