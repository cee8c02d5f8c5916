"""What is counted, under which words, who may ask, and several processes adding up to one answer."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client

from lms import measures
from lms.accounts import door
from lms.config import Settings, UnsafeSettings
from lms.db import db, utc_now
from lms.measures import Measures
from lms.operate import metrics, schema
from lms.web.gate import Gate
from lms.web.metrics import PATH, Scrape
from tests import databases
from tests.certificates.people import certified, learner
from tests.factories import Make
from tests.ports import free_port
from tests.quizzes.learners import begin, hand_in, new_learner, payload

TOKEN = "only-for-tests-0123456789-abcdefghij"
ASKING = {"Authorization": f"Bearer {TOKEN}"}


def numbers(text: str) -> dict[tuple[str, ...], float]:
    """(name, label values in the order of the labels' names) → value."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name, *(value for _, value in sorted(sample.labels.items()))] = sample.value
    return found


def told(app: Flask) -> dict[tuple[str, ...], float]:
    return numbers(app.extensions["measures"].text().decode())


@pytest.fixture
def scraped(app: Flask) -> Client:
    app.extensions["settings"].metrics_token = TOKEN
    return Client(metrics.scrape(app))


def test_requests_count_by_rule_method_and_status(app: Flask, client: FlaskClient) -> None:
    for path in ("/c/ABCD2345", "/c/WXYZ6789", "/dang-nhap", "/Nguyen-Thi-Hoa/0912345678"):
        client.get(path)
    client.open("/dang-nhap", method="BREW0912345678")
    found = told(app)
    assert found["lms_requests_total", "GET", "/c/<code>", "404"] == 2
    assert found["lms_requests_total", "GET", "/dang-nhap", "200"] == 1
    assert found["lms_requests_total", "GET", "none", "404"] == 1
    assert found["lms_request_seconds_count", "GET", "/c/<code>"] == 2
    assert any(key[:2] == ("lms_requests_total", "other") for key in found)


@pytest.mark.attack("S46")
def test_nothing_that_somebody_typed_is_in_it(app: Flask, client: FlaskClient) -> None:
    client.get("/c/ABCD2345?ten=Huynh")
    client.get("/Nguyen-Thi-Hoa/0912345678")
    client.post("/dang-nhap", data={"phone": "0912345678", "pin": "135790"})
    said = app.extensions["measures"].text().decode()
    assert not [word for word in ("ABCD2345", "Huynh", "Hoa", "0912345678", "135790", "127.0.0.1") if word in said]


def test_submissions_by_what_became_of_them(app: Flask, make: Make) -> None:
    make.edition()
    who = new_learner(make)
    hand_in(who, payload(begin(who)))
    hand_in(who, '{"ticket": "of nobody", "answers": []}')
    found = told(app)
    assert (found["lms_submissions_total", "accepted"], found["lms_submissions_total", "quarantined"]) == (1, 1)


def test_work_done_and_work_that_raised(app: Flask) -> None:
    def broken() -> int:
        raise ZeroDivisionError

    queue = app.extensions["queue"]
    queue.kinds = {"good": lambda: 3, "idle": lambda: 0, "broken": broken}
    queue.sweep()
    queue.sweep()
    found = told(app)
    assert (found["lms_job_rows_total", "good"], found["lms_job_failures_total", "broken"]) == (6, 2)
    assert ("lms_job_rows_total", "idle") not in found


def test_tries_to_sign_in_that_failed(app: Flask) -> None:
    claim = door.Claim("number:of-nobody", ())
    while door.check(claim, "135790").checked:
        pass
    found = told(app)
    assert found["lms_sign_in_refusals_total", "locked"] == 1
    assert found["lms_sign_in_refusals_total", "wrong"] > 1


def test_requests_that_the_database_failed(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setitem(app.view_functions, "web.guide", away)
    away.lms_policy = app.view_functions["web.privacy"].lms_policy  # type: ignore[attr-defined]
    assert client.get("/huong-dan").status_code == 503
    assert told(app)["lms_database_errors_total",] == 1


def test_requests_that_the_gate_turned_away(app: Flask) -> None:
    counted: Measures = app.extensions["measures"]
    gate = Gate(app.wsgi_app, inside=1, waiting=-1, patience=0.05, on_refusal=counted.turned_away.inc)
    assert Client(gate).get("/").status_code == 503
    assert told(app)["lms_gate_refusals_total",] == 1


@pytest.mark.both
def test_how_long_work_waits_and_what_is_installed(scraped: Client, make: Make) -> None:
    assert metrics.oldest_waiting() == dict.fromkeys(metrics.oldest_waiting())
    certified(learner(make))
    db.session.rollback()
    answer = scraped.get(PATH, headers=ASKING)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    found = numbers(answer.get_data(as_text=True))
    assert found["lms_build_info", str(schema.head()), "0.1.0"] == 1
    assert found["lms_oldest_waiting_seconds", "certificate-files"] > 0
    assert found["lms_oldest_waiting_seconds", "submissions-to-judge"] == 0
    since = metrics.oldest_waiting()["certificate-files"]
    assert since is not None and (utc_now() - since).total_seconds() < 120


@pytest.mark.attack("S53")
@pytest.mark.parametrize(
    ("headers", "method", "path"),
    [
        ({}, "GET", PATH),
        ({"Authorization": "Bearer "}, "GET", PATH),
        ({"Authorization": f"Bearer {TOKEN[:-1]}"}, "GET", PATH),
        ({"Authorization": f"Basic {TOKEN}"}, "GET", PATH),
        ({"Authorization": "Bearer ế"}, "GET", PATH),
        (ASKING, "POST", PATH),
        (ASKING, "GET", f"{PATH}/"),
        (ASKING | {"X-Original-URL": PATH}, "GET", "/guide"),
    ],
)
def test_without_the_token_there_is_no_such_page(
    scraped: Client, headers: dict[str, str], method: str, path: str
) -> None:
    answer = scraped.open(path, method=method, headers=headers)
    assert answer.status_code in (400, 401, 404, 405) and "lms_requests" not in answer.get_data(as_text=True)


@pytest.mark.attack("S53")
@pytest.mark.parametrize("sent", ["Bearer ", "Bearer", "", "Bearer None"])
def test_without_a_token_in_the_settings_nobody_may_ask(app: Flask, sent: str) -> None:
    answer = Client(metrics.scrape(app)).get(PATH, headers={"Authorization": sent})
    assert answer.status_code in (401, 404)


def test_a_token_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeSettings, match="LMS_METRICS_TOKEN"):
        databases.settings_for("", tmp_path, metrics_token="short").refuse_if_unsafe()


def test_a_database_that_is_away_hides_no_number(scraped: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(metrics, "oldest_waiting", away)
    answer = scraped.get(PATH, headers=ASKING)
    assert answer.status_code == 200 and "lms_requests_total" in answer.get_data(as_text=True)


def test_it_answers_when_the_gate_is_shut(app: Flask) -> None:
    shut = Gate(app.wsgi_app, inside=1, waiting=-1, patience=0.05)
    site = Client(Scrape(shut, app.extensions["measures"], TOKEN))
    assert (site.get("/").status_code, site.get(PATH, headers=ASKING).status_code) == (503, 200)


COUNTING = """
import sys
from pathlib import Path
from lms import measures
counted = measures.shared(Path(sys.argv[1]))
counted.jobs.labels("files").inc(2)
counted.seconds.labels("/x", "GET").observe(0.2)
sys.stdout.write(counted.text().decode())
"""


def count_in(folder: Path) -> str:
    """In a process of its own, as `lms serve` has them."""
    return subprocess.run(
        [sys.executable, "-c", COUNTING, str(folder)], check=True, capture_output=True, text=True
    ).stdout


def test_processes_add_up_and_a_new_server_begins_anew(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    alone, both = numbers(count_in(folder)), numbers(count_in(folder))
    assert (alone["lms_job_rows_total", "files"], both["lms_job_rows_total", "files"]) == (2, 4)
    assert both["lms_request_seconds_bucket", "0.25", "GET", "/x"] == 2
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_blocks * 512 >= measures.RESERVED for path in folder.iterdir())
    (folder / f"counter_{os.getpid()}.db").touch()
    measures.remove_ended(folder)
    assert [path.name for path in folder.iterdir()] == [f"counter_{os.getpid()}.db"]


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    yield


def test_on_a_full_disk_a_process_counts_for_itself(app: Flask, full: None) -> None:
    settings: Settings = app.extensions["settings"]
    settings.metrics_token = TOKEN
    metrics.share(app)
    assert app.extensions["measures"].folder is None
    assert list(metrics.folder_of(settings).iterdir()) == []


def test_nothing_is_written_where_nobody_may_ask(app: Flask) -> None:
    metrics.share(app)
    assert not metrics.folder_of(app.extensions["settings"]).exists()


def test_a_real_server_with_its_worker(tmp_path: Path) -> None:
    """Two web processes and the worker count in one folder; whichever is asked tells of all."""
    environment = os.environ | {
        "LMS_INSTANCE_DIR": str(tmp_path),
        "LMS_ENVIRONMENT": "test",
        "LMS_SECRET_KEY": databases.SECRET,
        "LMS_DATABASE_URL": databases.new_sqlite(tmp_path),
        "LMS_METRICS_TOKEN": TOKEN,
    }
    port = free_port()
    command = [sys.executable, "-m", "lms.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(
            lambda: (
                len(list((tmp_path / "metrics").glob("counter_*.db"))) == 3 and ask(port, "/quyen-rieng-tu")[0] == 200
            )
        )
        assert [ask(port, "/dang-nhap")[0] for _ in range(20)] == [200] * 20
        found = numbers(ask(port, PATH, **ASKING)[1])
        assert found["lms_requests_total", "GET", "/dang-nhap", "200"] == 20
        assert "lms_requests" not in ask(port, PATH)[1]
    finally:
        server.terminate()
        server.wait(30)


def ask(port: int, path: str, **headers: str) -> tuple[int, str]:
    """Status and text; (0, "") while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


def until(condition: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < 60, "it did not come to that"
        time.sleep(0.1)
