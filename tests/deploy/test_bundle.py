"""The bundle for machines without internet."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import SECRET
from tests.long import LONG
from tools import bundle

CATALOGUE = bundle.ROOT / "lms" / "web" / "translations" / "km" / "LC_MESSAGES" / "messages.mo"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """An unpacked bundle without its wheels."""
    made = tmp_path / "lop-hoc-phuong"
    bundle.gather(made)
    (made / "wheels").mkdir()
    bundle.write_sums(made)
    return made


@pytest.fixture
def dead_index() -> Iterator[str]:
    """An address of this machine at which nobody listens: whoever asks the network fails."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/simple"


def without_network(dead_index: str) -> dict[str, str]:
    """No settings of this machine's pip, and a proxy that is not there for whatever speaks HTTP."""
    names = ("PIP_INDEX_URL", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    return {"PATH": "/usr/local/bin:/usr/bin:/bin:/sbin", "LANG": "C.UTF-8"} | dict.fromkeys(names, dead_index)


def install(top: Path, target: Path, dead_index: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(top / "install.sh"), str(target)]
    return subprocess.run(command, env=without_network(dead_index), capture_output=True, text=True, timeout=900)


def test_it_holds_what_the_program_needs_and_nothing_of_this_machine(top: Path) -> None:
    names = {str(path.relative_to(top)) for path in bundle.files_of(top)}
    needed = (
        "lms/cli.py",
        "migrations/env.py",
        "content/law.yaml",
        "requirements/run.txt",
        "deploy/systemd/lms.service",
    )
    assert {f"program/{name}" for name in needed} | {"install.sh", "PYTHON"} <= names
    assert f"program/{CATALOGUE.relative_to(bundle.ROOT)}" in names
    assert not [
        name for name in names if "__pycache__" in name or ".venv" in name or name.endswith((".sqlite", ".env"))
    ]


def test_every_file_is_in_the_list(top: Path) -> None:
    listed = dict(reversed(line.split("  ")) for line in (top / bundle.SUMS).read_text().splitlines())
    assert listed == {str(path.relative_to(top)): bundle.sha256(path) for path in bundle.files_of(top)}


def test_a_damaged_bundle_installs_nothing(top: Path, tmp_path: Path, dead_index: str) -> None:
    with (top / "program" / "lms" / "cli.py").open("a") as file:
        file.write("# one line more\n")
    done = install(top, tmp_path / "opt", dead_index)
    assert (done.returncode, "damaged" in done.stderr, (tmp_path / "opt").exists()) == (1, True, False)


def test_another_python_installs_nothing(top: Path, tmp_path: Path, dead_index: str) -> None:
    (top / "PYTHON").write_text("2.6\n")
    bundle.write_sums(top)
    done = install(top, tmp_path / "opt", dead_index)
    assert (done.returncode, "for Python 2.6" in done.stderr, (tmp_path / "opt").exists()) == (1, True, False)


def test_what_only_another_patch_release_asks_for_is_fetched_too() -> None:
    lock = "some==5.0.1 ; python_full_version < '3.11.3' \\\n    --hash=sha256:00\nother==1 ; os_name == 'nt' \\\n"
    assert bundle.for_every_patch(lock) == "some==5.0.1 \\\n    --hash=sha256:00\nother==1 ; os_name == 'nt' \\\n"
    assert "python_full_version" not in bundle.for_every_patch(bundle.LOCK.read_text())


@pytest.mark.skipif(not LONG, reason="LEFT OUT: fetches and installs every wheel (LMS_LONG=1)")
@pytest.mark.timeout(1800)
def test_installed_without_a_network_it_works(tmp_path: Path, dead_index: str) -> None:
    bundle.main(tmp_path / "dist")
    (made,) = (tmp_path / "dist").iterdir()
    with tarfile.open(made) as tar:
        tar.extractall(tmp_path, filter="data")
    (top,) = tmp_path.glob("lop-hoc-phuong-*")
    target = tmp_path / "opt"
    for _ in ("new", "over itself"):
        done = install(top, target, dead_index)
        assert done.returncode == 0, done.stderr
    shutil.rmtree(top)
    lms, instance = str(target / ".venv" / "bin" / "lms"), tmp_path / "instance"
    own = {"LMS_INSTANCE_DIR": str(instance), "LMS_SECRET_KEY": SECRET, "LMS_ENVIRONMENT": "development"}
    environment = without_network(dead_index) | own | {"LMS_CONTENT_DIR": str(target / "content")}

    def run(*words: str) -> str:
        command = subprocess.run([lms, *words], env=environment, capture_output=True, text=True, cwd=tmp_path)
        assert command.returncode == 0, command.stdout + command.stderr
        return command.stdout

    run("db", "upgrade")
    findings = json.loads(run("doctor", "--json"))["findings"]
    assert any("Vietnamese and Khmer" in one["what"] and one["state"] == "ok" for one in findings)
    run("demo", "--no-serve")
    where = [str(target / ".venv" / "bin" / "python"), "-c", "import lms; print(lms.__file__)"]
    found = subprocess.run(where, env=environment, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert found.stdout.strip() == str(target / "lms" / "__init__.py")
    assert sys.prefix not in found.stdout
