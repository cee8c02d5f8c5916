"""Logs: one event, one line of JSON; nothing in it that people would not want read (S46, quality.md)."""

from __future__ import annotations

import json
import logging
import sys

import pytest
import structlog
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from lms.access import public
from lms.web import logs


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_request_is_one_line_without_what_it_carried(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    app.add_url_rule("/thu/<token>", "thing", public(lambda token: "card"))
    answer = app.test_client().get("/thu/S3CR3T-T0KEN?phone=0912345678")
    (line,) = lines(capsys)
    assert line["event"] == "request"
    assert line["route"] == "/thu/<token>"
    assert line["status"] == 200
    assert line["actor"] == "nobody"
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert "S3CR3T" not in str(line)
    assert "0912345678" not in str(line)


def test_an_unknown_path_is_not_repeated_in_full(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    app.test_client().get("/thee/S3CR3T-T0KEN")
    (line,) = lines(capsys)
    assert line["route"] == "/thee/… (no such page)"


def test_each_request_has_its_own_id(app: Flask) -> None:
    client = app.test_client()
    ids = {client.get("/healthz").headers["X-Request-ID"] for _ in range(5)}
    assert len(ids) == 5


def test_health_checks_do_not_fill_the_log(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    app.test_client().get("/healthz")
    assert lines(capsys) == []


NASTY = 'a\r\nb\x1b[31m\u202egnol\u2028{"event": "forged"}\x00'


@pytest.mark.attack("S46")
def test_what_people_send_cannot_forge_or_hide_a_line(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("lms.test").warning("told", name=NASTY)
    logging.getLogger("lms.test").warning("told %s", NASTY)
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 2
    assert not {"\x1b", "\u202e", "\u2028", "\x00"} & set(written)
    assert json.loads(written.splitlines()[0])["name"] == NASTY


@given(st.text())
def test_any_text_stays_on_its_line_and_comes_back(text: str) -> None:
    line = logs.one_line({"text": text})
    assert len(line.splitlines()) == 1
    assert json.loads(line) == {"text": text}


def test_vietnamese_stays_readable() -> None:
    assert "Đã lưu" in logs.one_line({"event": "Đã lưu"})


def test_an_exception_is_logged_without_the_values_it_was_made_with(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> str:
        cause = Exception('duplicate key value "uq_account_phone"\nDETAIL: Key (phone)=(+84912345678) exists.')
        raise IntegrityError("INSERT INTO person VALUES (?, ?)", ("Nguyễn Thị Hòa", "+84912345678"), cause)

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/fail", "fail", public(fail))
    app.test_client().get("/fail")
    failure, request_line = lines(capsys)
    assert failure["error"] == "IntegrityError"
    assert failure["request_id"] == request_line["request_id"]
    assert any("test_logs.py" in frame and "fail" in frame for frame in failure["where"])  # type: ignore[attr-defined]
    assert "Hòa" not in str(failure)
    assert "84912345678" not in str(failure)
    assert request_line["status"] == 500


@pytest.mark.attack("S46")
@pytest.mark.parametrize(
    "text", ["số 0912 345 678 sai", "pin '123456' sai", 'tên "Nguyễn Thị Hòa" sai', "(Nguyễn Thị Hòa, 1968) sai"]
)
def test_messages_lose_names_and_numbers(text: str) -> None:
    safe = logs.safe_message(ValueError(text))
    assert safe.endswith("sai")
    for secret in ("0912", "123456", "Hòa", "1968"):
        assert secret not in safe


def test_ids_can_be_read_aloud() -> None:
    drawn = "".join(logs.new_request_id() for _ in range(200))
    assert not set("01OIL") & set(drawn)


def test_logging_goes_on_when_stderr_is_exchanged(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    class Kept(list[str]):
        def write(self, text: str) -> None:
            self.append(text)

        def flush(self) -> None: ...

    kept = Kept()
    monkeypatch.setattr(sys, "stderr", kept)
    structlog.get_logger("lms.test").error("here")
    assert "here" in "".join(kept)


def test_a_line_that_cannot_be_written_stops_no_work(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log's disk is full: the page is still a page."""
    full = open("/dev/full", "w", buffering=1)  # noqa: SIM115
    monkeypatch.setattr(sys, "stderr", full)
    assert app.test_client().get("/dang-nhap").status_code == 200
    logging.getLogger("lms.web").error("nobody reads this")
    monkeypatch.undo()
    with pytest.raises(OSError):
        full.close()
