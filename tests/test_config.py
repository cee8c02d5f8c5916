"""The process does not start on settings from which people could come to harm."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lms import create_app
from lms.config import Settings, UnsafeSettings, settings_from_environment

SECRET = "q7Hq2Zr0uT9sVx4kLm1pNw8bYc5dEf3g"


def settings(folder: Path, **changes: object) -> Settings:
    return Settings(
        _env_file=None, **({"secret_key": SECRET, "instance_dir": folder, "environment": "production"} | changes)
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"secret_key": ""}, "LMS_SECRET_KEY"),
        ({"secret_key": "short"}, "LMS_SECRET_KEY"),
        ({"secret_key": "a" * 64}, "LMS_SECRET_KEY"),
        ({"secret_key_fallbacks": ["short"]}, "LMS_SECRET_KEY_FALLBACKS"),
        ({"secret_key_fallbacks": [SECRET[::-1], "a" * 64]}, "LMS_SECRET_KEY_FALLBACKS"),
        ({"secret_key_fallbacks": ["please-change-me-0123456789-abcdef"]}, "LMS_SECRET_KEY_FALLBACKS"),
        ({"secret_key": "please-change-me-0123456789-abcdef"}, "LMS_SECRET_KEY"),
        ({"debug": True}, "LMS_DEBUG"),
        ({"database_url": "sqlite://"}, "LMS_DATABASE_URL"),
        ({"database_url": "sqlite:///:memory:"}, "LMS_DATABASE_URL"),
        ({"database_url": "sqlite:///file:x?mode=memory&uri=true"}, "LMS_DATABASE_URL"),
        ({"base_url": "http://lop.example.vn"}, "LMS_BASE_URL"),
        ({"base_url": "http://127.0.0.1.example.vn:8000"}, "LMS_BASE_URL"),
    ],
)
@pytest.mark.attack("S54")
def test_unsafe_settings_are_refused(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    with pytest.raises(UnsafeSettings, match=says):
        create_app(settings(tmp_path, **changes))


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8000", "http://localhost", "https://lop.example.vn"])
def test_safe_settings_are_not(tmp_path: Path, base_url: str) -> None:
    create_app(settings(tmp_path, base_url=base_url))


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("LMS_PORT", "eighty-one", "LMS_PORT cannot be read: Input should be a valid integer"),
        ("LMS_WORKERS", "0", "LMS_WORKERS cannot be read: Input should be greater than or equal to 1"),
        ("LMS_ENVIRONMENT", "produktion", "LMS_ENVIRONMENT cannot be read: Input should be 'production', 'demo'"),
        ("LMS_TRUSTED_HOSTS", "lop.example.vn", "LMS_TRUSTED_HOSTS must be a JSON list"),
        ("LMS_SECRET_KEY_FALLBACKS", f"[{SECRET}]", "LMS_SECRET_KEY_FALLBACKS must be a JSON list"),
    ],
)
@pytest.mark.parametrize("place", ["environment", "file"])
def test_a_mistyped_setting_is_told_in_a_line_without_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, setting: str, value: str, says: str
) -> None:
    monkeypatch.setenv("LMS_INSTANCE_DIR", str(tmp_path))
    monkeypatch.delenv(setting, raising=False)  # the environment comes first, and may be that of a demo
    if place == "file":
        (tmp_path / "lms.env").write_text(f"{setting}={value}\n")
    else:
        monkeypatch.setenv(setting, value)
    with pytest.raises(UnsafeSettings) as told:
        settings_from_environment()
    assert str(told.value).startswith(says)
    assert value not in str(told.value)


def test_no_server_answers_from_a_database_that_is_not_set_up(tmp_path: Path) -> None:
    environment = {"LMS_INSTANCE_DIR": str(tmp_path), "LMS_SECRET_KEY": SECRET, "PATH": "/usr/bin"}
    started = subprocess.run(
        [sys.executable, "-c", "import lms.wsgi"], env=environment, capture_output=True, text=True, check=False
    )
    assert started.returncode != 0
    assert "lms db upgrade" in started.stderr and "Traceback" not in started.stderr
