"""What an operator has: the lines of the manual, and a browser that comes to the site as the proxy does."""

from __future__ import annotations

import http.client
import re
from importlib.metadata import version

from tests.growing.browser import Browser
from tests.growing.machine import Machine
from tools import bundle

MANUAL = (bundle.ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
NAME = "hoc.phuong.example"
VERSION = re.compile(r"lop-hoc-phuong-\d+\.\d+\.\d+")
SECRET = "/opt/lms/.venv/bin/lms secret"
WRITTEN = f'sed -i "s|^LMS_SECRET_KEY=$|&$({SECRET})|" /var/lib/lms/lms.env'
"""What the manual lets a person do with an editor."""


def lines_under(heading: str) -> list[str]:
    """All commands of a section, for a machine that has its Debian packages already."""
    section = re.split(r"^##", MANUAL.partition(f"# {heading}\n")[2], flags=re.MULTILINE)[0]
    lines = [line.strip() for line in section.splitlines() if line.startswith("    ")]
    assert lines, heading
    lines = [line for line in lines if not line.startswith(("apt-get", "dpkg"))]
    lines = [WRITTEN if line.startswith(f"{SECRET} ") else line for line in lines]
    return [VERSION.sub(f"lop-hoc-phuong-{version('lop-hoc-phuong')}", line) for line in lines]


class Visitor(Browser):
    """Comes from the machine itself: nobody else reaches the site's own port."""

    origin = f"https://{NAME}"

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.cookies: dict[str, str] = {}
        self.more = {"Accept": "text/html", "Host": NAME, "X-Forwarded-Proto": "https"}

    def connection(self) -> http.client.HTTPConnection:  # type: ignore[override]
        made = http.client.HTTPConnection("127.0.0.1", 8000)
        made.sock = self.machine.connect(8000)
        return made

    def is_served(self) -> bool:
        try:
            return self.get("/readyz").status == 200
        except (OSError, http.client.HTTPException):
            return False
