"""The gate: so many inside, so many waiting, the rest told when to come again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from lms.web.gate import RETRY_AFTER, Gate


class Slow:
    """A WSGI application that answers when it is told to, and knows how many were in it at the same time."""

    def __init__(self) -> None:
        self.go, self.lock, self.now, self.most, self.calls = threading.Event(), threading.Lock(), 0, 0, 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        with self.lock:
            self.now, self.calls = self.now + 1, self.calls + 1
            self.most = max(self.most, self.now)
        if environ["PATH_INFO"] != "/healthz":
            assert self.go.wait(20)
        with self.lock:
            self.now -= 1
        start_response("200 OK", [])
        return [b"done"]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(20) as made:
        yield made


def ask(gate: Gate, path: str = "/khoa-hoc") -> TestResponse:
    return Client(gate).get(path)


def until(condition: Callable[[], bool]) -> None:
    patience = threading.Event()
    for _ in range(2000):
        if condition():
            return
        patience.wait(0.01)
    raise AssertionError("it did not come to that")


def test_no_more_inside_than_said_and_the_rest_waits(pool: ThreadPoolExecutor) -> None:
    slow = Slow()
    gate = Gate(slow, inside=2, waiting=10, patience=20)
    asked = [pool.submit(ask, gate) for _ in range(8)]
    until(lambda: slow.now == 2)
    slow.go.set()
    assert {future.result().status_code for future in asked} == {200}
    assert (slow.most, slow.calls) == (2, 8)


@pytest.mark.attack("S60")
def test_who_finds_no_place_to_wait_is_turned_away_at_once(pool: ThreadPoolExecutor) -> None:
    slow = Slow()
    gate = Gate(slow, inside=1, waiting=2, patience=20)
    asked = [pool.submit(ask, gate) for _ in range(10)]
    until(lambda: _done(asked) == 7)
    refused = [future.result() for future in asked if future.done()]
    assert {answer.status_code for answer in refused} == {503}
    assert {answer.headers["Retry-After"] for answer in refused} == {str(RETRY_AFTER)}
    slow.go.set()
    assert sorted(future.result().status_code for future in asked) == [200] * 3 + [503] * 7
    assert ask(gate).status_code == 200


def test_nobody_waits_longer_than_the_patience(pool: ThreadPoolExecutor) -> None:
    slow = Slow()
    gate = Gate(slow, inside=1, waiting=5, patience=0.05)
    first = pool.submit(ask, gate)
    until(lambda: slow.now == 1)
    assert ask(gate).status_code == 503
    slow.go.set()
    assert first.result().status_code == 200
    assert slow.calls == 1


def test_a_server_that_is_only_busy_says_that_it_lives(pool: ThreadPoolExecutor) -> None:
    slow = Slow()
    gate = Gate(slow, inside=1, waiting=0, patience=0.05)
    first = pool.submit(ask, gate)
    until(lambda: slow.now == 1)
    assert ask(gate).status_code == 503
    assert ask(gate, "/healthz").status_code == 200
    slow.go.set()
    assert first.result().status_code == 200


def test_an_error_inside_gives_its_place_back() -> None:
    def broken(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        raise ZeroDivisionError

    gate = Gate(broken, inside=1, waiting=0, patience=0.05)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            ask(gate)


@pytest.mark.parametrize(("path", "kind"), [("/api/v1/submissions", "application/problem+json"), ("/", "text/html")])
def test_the_words_of_a_refusal(path: str, kind: str) -> None:
    gate = Gate(Slow(), inside=1, waiting=-1, patience=0.05)
    answer = ask(gate, path)
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (503, kind, "no-store")
    if kind == "text/html":
        assert "Máy chủ đang bận" in answer.get_data(as_text=True)
    else:
        assert answer.get_json() | {"title": ""} == {
            "type": "about:blank",
            "title": "",
            "status": 503,
            "retry_after": RETRY_AFTER,
        }


def _done(futures: list[Future[TestResponse]]) -> int:
    return sum(future.done() for future in futures)
