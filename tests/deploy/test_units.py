"""The units and examples of deploy/: what systemd says of them, and that they name what is really there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import click
import pytest
from flask import Flask

from lms.config import Settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
PROGRAM = "/opt/lms/.venv/bin/lms"
MOST_EXPOSED = 20
"""In tenths, of `systemd-analyze security`: "OK" ends at 4.4; ours stand at 1.4."""
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="LEFT OUT: systemd is not installed")


def value(unit: Path, name: str) -> str:
    found = re.search(rf"^{name}=(.*)$", unit.read_text(), re.MULTILINE)
    assert found, f"{unit.name} has no {name}"
    return found[1]


@pytest.fixture
def here(tmp_path: Path) -> list[Path]:
    """The units with a program that exists on this machine."""
    made = [tmp_path / unit.name for unit in UNITS]
    for unit, copy in zip(UNITS, made, strict=True):
        text = unit.read_text().replace(PROGRAM, "/bin/true")
        copy.write_text(re.sub(r"^WorkingDirectory=.*$", "WorkingDirectory=/tmp", text, flags=re.MULTILINE))
    return made


def analyze(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *map(str, words)], capture_output=True, text=True, timeout=60)


@needs_systemd
def test_systemd_understands_every_line(here: list[Path]) -> None:
    done = analyze("verify", *here)
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_a_word_that_systemd_does_not_know_would_be_found(here: list[Path]) -> None:
    here[0].write_text(here[0].read_text() + "\n[Service]\nProtectEverything=yes\n")
    assert "ProtectEverything" in analyze("verify", *here).stderr


@needs_systemd
def test_no_service_is_more_exposed_than_it_must_be(here: list[Path]) -> None:
    for unit in here:
        if unit.suffix == ".service":
            done = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", unit)
            assert done.returncode == 0, f"{unit.name}: {done.stdout[-300:]}{done.stderr}"


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_service_has_its_own_user_and_one_folder(unit: Path) -> None:
    assert (value(unit, "User"), value(unit, "NoNewPrivileges"), value(unit, "ProtectSystem")) == (
        "lms",
        "yes",
        "strict",
    )
    assert (value(unit, "StateDirectoryMode"), value(unit, "UMask")) == ("0700", "0077")


def test_the_worker_may_print_with_processes_of_its_own() -> None:
    """They go to the lowest priority, which `@resources` forbids, and are left to the worker when it is told to end:
    without either no certificate of a long list was made. Under a real systemd: tests/growing/test_systemd.py."""
    unit = DEPLOY / "systemd" / "lms-worker.service"
    filters = re.findall(r"^SystemCallFilter=(.*)$", unit.read_text(), re.MULTILINE)
    assert (filters[-1], value(unit, "KillMode")) == ("setpriority", "mixed")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_service_runs_a_command_that_there_is(unit: Path, app: Flask) -> None:
    words = value(unit, "ExecStart").partition(f"{PROGRAM} ")[2].replace('"', " ").split()
    command: click.Command = app.cli
    while words and isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    options = {name for one in command.params for name in one.opts}
    assert all(word in options for word in words if word.startswith("--"))


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".timer"], ids=lambda unit: unit.name)
def test_every_timer_has_its_service(unit: Path) -> None:
    assert unit.with_suffix(".service") in SERVICES


def test_the_backup_names_its_files_by_time_and_removes_only_old_ones(tmp_path: Path) -> None:
    """The two commands of the unit, as systemd would hand them on, with a program that only says what it was asked."""
    unit, said = DEPLOY / "systemd" / "lms-backup.service", tmp_path / "said"
    program = tmp_path / "lms"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {said}\n')
    program.chmod(0o755)
    folder = tmp_path / "backups"
    folder.mkdir()
    for name, days in {"lms-1.backup": 40, "lms-2.backup": 1, "before-upgrade-1.backup": 40, "notes": 40}.items():
        (folder / name).touch()
        os.utime(folder / name, (time.time() - days * 86_400,) * 2)
    for name in ("ExecStart", "ExecStartPost"):
        command = value(unit, name).replace("$$", "$").replace("%%", "%")
        command = command.replace(PROGRAM, str(program)).replace("/var/backups/lms", str(folder))
        subprocess.run(command, shell=True, check=True, timeout=30)
    assert re.fullmatch(rf"backup\ncreate\n{folder}/lms-\d{{4}}-\d\d-\d\d-\d{{6}}\.backup\n", said.read_text())
    assert sorted(path.name for path in folder.iterdir()) == ["before-upgrade-1.backup", "lms-2.backup", "notes"]


def test_of_old_checkpoints_the_last_of_a_day_stays(tmp_path: Path) -> None:
    days = {
        "2026-11-20T101500.json": 9,
        "2026-11-20T234502.json": 9,
        "2026-11-20T000014.json": 9,
        "2026-11-20.json": 9,
        "2026-11-29T101500.json": 1,
    }
    for name, old in days.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - old * 86_400,) * 2)
    command = value(DEPLOY / "systemd" / "lms-checkpoint.service", "ExecStartPost")
    subprocess.run(command.replace("/var/backups/lms/checkpoints", str(tmp_path)), shell=True, check=True, timeout=30)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"2026-11-20T234502.json", "2026-11-20.json", "2026-11-29T101500.json"}


def test_the_example_of_settings_is_safe_and_names_settings_that_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("LMS_")]:
        monkeypatch.delenv(name)
    text = (DEPLOY / "lms.env.example").read_text()
    names = {name.lower() for name in re.findall(r"^#?LMS_(\w+)=", text, re.MULTILINE)}
    assert names <= set(Settings.model_fields)
    (tmp_path / "lms.env").write_text(
        text.replace("LMS_SECRET_KEY=", "LMS_SECRET_KEY=Zq3v-8Jm_u2Yw7Xk5Rf9Tb1Nc4Ld6Hg0Pa")
    )
    settings = Settings(_env_file=tmp_path / "lms.env")  # type: ignore[call-arg]
    settings.model_copy(update={"environment": "production"}).refuse_if_unsafe()
    assert settings.secure_cookies and settings.behind_proxy


def test_the_example_for_caddy_is_understood(tmp_path: Path) -> None:
    if not shutil.which("caddy"):
        pytest.skip("LEFT OUT: Caddy is not installed")
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile.example")]
    subprocess.run(command, check=True, timeout=60, env=os.environ | {"HOME": str(tmp_path)})
