"""Where `lms serve` answers, and with how many processes: by the settings, unless the command line says otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.config import UnsafeSettings, settings_from_environment
from lms.operate import schema, serving


@pytest.fixture
def served(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the server is started with; the settings are those of an `lms.env` that names all three."""
    for name in ("LMS_HOST", "LMS_PORT", "LMS_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LMS_INSTANCE_DIR", str(tmp_path))
    (tmp_path / "lms.env").write_text("LMS_HOST=10.0.0.12\nLMS_PORT=8080\nLMS_WORKERS=4\n")
    told = settings_from_environment()
    changes = {"host": told.host, "port": told.port, "workers": told.workers}
    app.extensions["settings"] = app.extensions["settings"].model_copy(update=changes)
    started: list[tuple[Any, ...]] = []
    monkeypatch.setattr(schema, "faults", list)
    monkeypatch.setattr(serving, "run_server", lambda *given, with_worker: started.append((*given, with_worker)))
    return started


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ([], ("10.0.0.12", 8080, 4, True)),
        (["--no-worker"], ("10.0.0.12", 8080, 4, False)),
        (["--host", "127.0.0.1", "--port", "8001", "--workers", "1"], ("127.0.0.1", 8001, 1, True)),
    ],
)
def test_the_settings_say_where(app: Flask, served: list[Any], words: list[str], wanted: tuple[Any, ...]) -> None:
    assert app.test_cli_runner().invoke(serving.serve, words).exit_code == 0
    assert served == [wanted]


@pytest.mark.parametrize("line", ["LMS_PORT=0", "LMS_PORT=70000", "LMS_WORKERS=0", "LMS_WORKERS=viele"])
def test_what_is_no_port_and_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setenv("LMS_INSTANCE_DIR", str(tmp_path))
    (tmp_path / "lms.env").write_text(f"{line}\n")
    with pytest.raises(UnsafeSettings, match=line.partition("=")[0]):
        settings_from_environment()


def test_a_worker_does_nothing_on_a_database_of_another_schema(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    consumed: list[Flask] = []
    monkeypatch.setattr(serving.queue, "consume", consumed.append)
    with monkeypatch.context() as newer:
        newer.setattr(serving.schema, "head", lambda: "0999")
        told = app.test_cli_runner().invoke(args=["worker"])
    assert told.exit_code == 1 and "the code needs 0999" in told.stderr and consumed == []
    assert app.test_cli_runner().invoke(args=["worker"]).exit_code == 0 and consumed == [app]
