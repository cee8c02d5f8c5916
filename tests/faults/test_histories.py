"""F8: whatever devices send, in whatever order, cut wherever, days or a year later: stored once, told the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.histories import machine
from tests.faults.recount import acknowledged_is_stored, nothing_half_done, scores, stored_once
from tests.long import LONG

COUNT = {"sqlite": 5000 if LONG else 150, "postgresql": 5000 if LONG else 50}
STEPS = 20


def chosen(count: int, *phases: Phase) -> settings:
    return settings(
        max_examples=count,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=not LONG,
        database=None,
        phases=phases or tuple(Phase),
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.both
@pytest.mark.timeout(4 * 3600 if LONG else 180)
def test_histories_of_devices_on_bad_lines(app: Flask, database_url: str, engine: str) -> None:
    histories = machine(app, database_url)
    run_state_machine_as_test(histories, settings=chosen(COUNT[engine]))
    assert len(histories.told) > COUNT[engine], "the histories say little: nobody was told much in them"
    faults = [*acknowledged_is_stored(database_url, histories.told), *scores(database_url, histories.told)]
    assert [*faults, *stored_once(database_url), *nothing_half_done(database_url)] == []


def test_a_server_that_forgets_is_found_out(app: Flask, database_url: str) -> None:
    """The control: one that acknowledges whatever comes and keeps nothing."""
    app.wsgi_app = _forgetful  # type: ignore[method-assign]
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine(app, database_url), settings=chosen(20, Phase.generate))


def _forgetful(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    try:
        sent = json.loads(environ["wsgi.input"].read())
    except ValueError:
        start_response("400 Bad Request", [])
        return [b"{}"]
    told = [{"id": one["id"], "receipt": one["id"], "state": "accepted"} for one in _many(sent)]
    start_response("200 OK", [])
    return [json.dumps(told if isinstance(sent, list) else told[0]).encode()]


def _many(sent: Any) -> list[dict[str, Any]]:
    return sent if isinstance(sent, list) else [sent]
