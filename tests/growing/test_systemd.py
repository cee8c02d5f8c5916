"""The manual, walked by its own lines on a machine without internet, under a real systemd.

The steps share one machine, for it takes longer to install than to try.
"""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.faults.site import wait_for
from tests.growing.machine import Machine, left_out
from tests.growing.manual import NAME, Visitor, lines_under
from tests.growing.services import program
from tests.long import LONG
from tests.people.lists import person, xlsx
from tools import bundle

SERVICES, TIMERS = ("lms", "lms-worker"), ("lms-backup.timer", "lms-checkpoint.timer")
LISTED, PIN = "Thạch Thị Sa Rây", "482913"
PAPERS = 45
"""So many that other processes print (lms/certificates/bulk.py)."""
WAITING = f"""
from tests.faults.work.bulk import waiting
waiting({PAPERS})
"""
OLDER = """
from lms.operate.schema import downgrade
downgrade("0010")
"""
BY_HTTPS = f"""
import ssl, urllib.request
trusted = ssl.create_default_context(cafile="ca.pem")
print(urllib.request.urlopen("https://{NAME}/dang-nhap", context=trusted).status)
"""


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    if reason := left_out(tmp_path):
        pytest.skip(reason)
    bundle.main(tmp_path / "dist")
    folder = tmp_path / "machine"
    folder.mkdir()
    made = Machine(folder)
    try:
        made.put(next((tmp_path / "dist").iterdir()), "/root/")
        yield made
    finally:
        made.close()


@pytest.mark.skipif(not LONG, reason="LEFT OUT: boots and installs a machine (LMS_LONG=1)")
@pytest.mark.timeout(1200)
def test_an_operator_walks_the_manual(machine: Machine) -> None:
    program("nginx", "nginx")
    it_is_installed_and_fit(machine)
    it_is_reached_by_https(machine)
    the_walls_stand(machine)
    a_list_is_read_behind_them(machine)
    many_papers_are_printed_behind_them(machine)
    what_is_killed_comes_back(machine)
    backups_and_checkpoints_are_for_their_owner_alone(machine)
    a_restart_of_the_machine_brings_everything_back(machine)
    it_stops_in_time_and_is_upgraded(machine)
    nobody_is_named_in_the_journal(machine)


def it_is_installed_and_fit(machine: Machine) -> None:
    """One of the lines is `lms doctor`, which ends with 1 when anything is bad."""
    for line in (*lines_under("Without internet"), *lines_under("Installing on one machine")):
        machine.run(line)
    wait_for(Visitor(machine).is_served, 60, "the site answers")


def it_is_reached_by_https(machine: Machine) -> None:
    """By nginx as Debian has it when it is installed, and a name that the machine finds itself."""
    machine.run(f"systemctl enable --now nginx && echo 127.0.0.1 {NAME} >> /etc/hosts")
    for line in (*lines_under("HTTPS with an authority of your own"), *lines_under("nginx")):
        machine.run(line)
    assert machine.run(f"/opt/lms/.venv/bin/python - <<'END'{BY_HTTPS}END") == "200\n"


def the_walls_stand(machine: Machine) -> None:
    """Else what follows would say nothing: in a service's world not even root can change the program."""
    for unit in SERVICES:
        pid = _main(machine, unit)
        told = machine.run(f"nsenter --target={pid} --mount touch /opt/lms/changed 2>&1", fails=True)
        assert "Read-only file system" in told
        assert re.search(r"^NoNewPrivs:\s1\nSeccomp:\s2$", machine.run(f"cat /proc/{pid}/status"), re.MULTILINE)


def a_list_is_read_behind_them(machine: Machine) -> None:
    """By a child of a web process, with limits of its own."""
    card = json.loads(machine.run("lms accounts grant 1 manager >&2; lms accounts card 1 --json"))
    visitor, path = Visitor(machine), card["card"].removeprefix(Visitor.origin)
    choosing = visitor.post(path, visitor.get(path), {"secret": card["first_code"]}).location
    assert visitor.post(choosing, visitor.get(choosing), {"new_pin": PIN, "again": PIN}).status == 303
    page = visitor.get("/danh-sach/moi")
    ward = re.search(r'<option[^>]* value="(\d+)"[^>]*>[^<]*Nguyệt Hóa', page.text)
    assert ward, page.text
    file = FileStorage(io.BytesIO(xlsx([person(LISTED)])), "danh-sach.xlsx")
    sent = {"csrf_token": page.hidden("csrf_token"), "unit": ward[1], "list_date": "01/03/2026", "file": file}
    boundary, body = encode_multipart(sent)
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Referer": f"{visitor.origin}/"}
    answer = visitor.send("POST", "/danh-sach/moi", body, kind)
    assert answer.status == 303, answer.text
    assert LISTED in visitor.get(answer.location).text


def many_papers_are_printed_behind_them(machine: Machine) -> None:
    """The worker is told to end in the midst of it, and goes on."""
    machine.put(bundle.ROOT / "tests", "/srv/tests")
    _in_the_program(machine, WAITING)

    def made() -> int:
        return int(machine.run("find /var/lib/lms/files -name '*.pdf' 2>&- | wc -l"))

    for enough in (1, PAPERS):
        machine.run("systemctl restart lms-worker")
        wait_for(lambda enough=enough: made() >= enough, 120, f"{enough} papers")  # type: ignore[misc]
    assert '"level": "error"' not in _journal(machine)


def what_is_killed_comes_back(machine: Machine) -> None:
    for unit in SERVICES:
        before = _main(machine, unit)
        machine.run(f"kill -9 {before}")
        wait_for(lambda unit=unit, before=before: _main(machine, unit) not in (0, before), 30, unit)  # type: ignore[misc]
    wait_for(Visitor(machine).is_served, 60, "the site answers")


def backups_and_checkpoints_are_for_their_owner_alone(machine: Machine) -> None:
    before = _kept(machine)
    machine.run("systemctl start lms-backup.service lms-checkpoint.service")
    made = "\n".join(sorted(_kept(machine) - before))
    owned = "-rw------- lms:lms "
    assert re.fullmatch(rf"{owned}checkpoints/[\dT-]+\.json\n{owned}lms-[\d-]+\.backup", made)
    machine.run(f"lms backup drill /var/backups/lms/{made.rpartition(' ')[2]}")


def a_restart_of_the_machine_brings_everything_back(machine: Machine) -> None:
    machine.reboot()
    wait_for(Visitor(machine).is_served, 60, "the site answers")
    assert machine.run(f"systemctl is-active {' '.join(SERVICES + TIMERS)}").split() == ["active"] * 4
    for timer in TIMERS:
        assert machine.run(f"systemctl show --value -p NextElapseUSecRealtime {timer}").strip()
    machine.run("lms doctor")


def it_stops_in_time_and_is_upgraded(machine: Machine) -> None:
    """The first line stops everything: a service that had to be killed, or ended badly, would say so. The database is
    as the version before had it, so that there is something to do."""
    stop, *others = lines_under("Upgrading")
    began = time.monotonic()
    machine.run(stop)
    assert time.monotonic() - began < 20
    for unit in SERVICES:
        assert machine.run(f"systemctl show --value -p Result -p ActiveState {unit}").split() == ["success", "inactive"]
    _in_the_program(machine, OLDER)
    for line in others:
        machine.run(line)
    wait_for(Visitor(machine).is_served, 60, "the site answers")
    assert [one for one in _kept(machine) if one.startswith("-rw------- lms:lms before-upgrade-")]


def nobody_is_named_in_the_journal(machine: Machine) -> None:
    """In all that was told since the installation, before the restart of the machine as well."""
    told = _journal(machine)
    assert '"route": "/danh-sach/moi"' in told
    assert not [word for word in (LISTED, "Trần Quản Trị", "Lâm Thị Mẫu", PIN) if word in told]


def _in_the_program(machine: Machine, script: str) -> None:
    python = "runuser -u lms -- env LMS_INSTANCE_DIR=/var/lib/lms PYTHONPATH=/srv /opt/lms/.venv/bin/python"
    begins = "from lms import create_app\ncreate_app().app_context().push()"
    machine.run(f"{python} - <<'END'\n{begins}{script}END")


def _journal(machine: Machine) -> str:
    return machine.run("journalctl --no-pager -o cat -u 'lms*'")


def _kept(machine: Machine) -> set[str]:
    return set(machine.run("find /var/backups/lms -type f -printf '%M %u:%g %P\\n'").splitlines())


def _main(machine: Machine, unit: str) -> int:
    return int(machine.run(f"systemctl show --value -p MainPID {unit}"))
