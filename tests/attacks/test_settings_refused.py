"""A process that would be unsafe does not start: no key, a weak one, debugging, any name for a host."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lms import config, create_app
from lms.config import UnsafeSettings
from lms.demo.settings import demo_settings
from tests.test_config import SECRET, settings

A_SERVER, A_COMMAND = ["-c", "import lms.wsgi"], ["-m", "lms.cli", "db", "upgrade"]
UNSAFE = {
    "no key": (A_SERVER, {"LMS_SECRET_KEY": ""}),
    "any host": (A_SERVER, {"LMS_SECRET_KEY": SECRET, "LMS_TRUSTED_HOSTS": "[]"}),
    "debugging": (A_COMMAND, {"LMS_SECRET_KEY": SECRET, "LMS_DEBUG": "1"}),
}


def started(given: list[str], environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    whole = {"LMS_INSTANCE_DIR": str(folder), "PATH": "/usr/bin"} | environment
    return subprocess.run([sys.executable, *given], env=whole, capture_output=True, text=True, check=False, timeout=100)


@pytest.mark.attack("S54")
@pytest.mark.parametrize("why", UNSAFE)
def test_nothing_starts_on_unsafe_settings(tmp_path: Path, why: str) -> None:
    """As production is the default, nothing needs to be said for it. Each says what to change, and never the key."""
    given, environment = UNSAFE[why]
    answer = started(given, environment, tmp_path)
    assert answer.returncode != 0 and "LMS_" in answer.stderr
    assert not environment["LMS_SECRET_KEY"] or SECRET not in answer.stderr + answer.stdout
    assert not list(tmp_path.rglob("*.sqlite"))


@pytest.mark.attack("S54")
def test_on_safe_settings_it_does_start(tmp_path: Path) -> None:
    """The other way round, by the same way in, so that the refusals above are not those of a broken environment."""
    given = ["-c", "from lms import create_app; print(create_app().name)"]
    answer = started(given, {"LMS_SECRET_KEY": SECRET}, tmp_path)
    assert (answer.returncode, answer.stdout) == (0, "lms\n"), answer.stderr[-300:]


@pytest.mark.attack("S54")
@pytest.mark.parametrize("hosts", [[], [""], ["*"], ["."], ["lop.example.vn", ""]], ids=str)
def test_hosts_that_would_trust_every_name_are_refused(tmp_path: Path, hosts: list[str]) -> None:
    with pytest.raises(UnsafeSettings, match="LMS_TRUSTED_HOSTS"):
        create_app(settings(tmp_path, trusted_hosts=hosts))
    create_app(settings(tmp_path, trusted_hosts=["lop.example.vn", ".ward.example.vn"]))


@pytest.mark.attack("S54")
@pytest.mark.parametrize("why", ["secret_key", "debug"])
def test_without_the_refusal_it_would_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    unsafe = settings(tmp_path, **({"secret_key": "x"} if why == "secret_key" else {"debug": True}))
    with pytest.raises(UnsafeSettings):
        create_app(unsafe)
    monkeypatch.setattr(config.Settings, "refuse_if_unsafe", lambda self: None)
    assert create_app(unsafe)


@pytest.mark.attack("S54")
def test_the_demo_draws_its_own_key_and_its_file_is_its_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = set()
    for name in ("mot", "hai"):
        monkeypatch.setenv("LMS_INSTANCE_DIR", str(tmp_path / name))
        monkeypatch.delenv("LMS_SECRET_KEY", raising=False)
        keys.add(demo_settings(8000).secret_key)
        assert (tmp_path / name / "lms.env").stat().st_mode & 0o777 == 0o600
        for left in ("LMS_SECRET_KEY", "LMS_ENVIRONMENT", "LMS_DATABASE_URL", "LMS_BASE_URL"):
            monkeypatch.delenv(left, raising=False)
    assert len(keys) == 2 and min(map(len, keys)) >= config.MIN_SECRET_LENGTH
