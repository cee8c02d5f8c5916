"""nginx with deploy/nginx.conf.example as it is shipped; only names, ports and paths are those of the test."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults.site import wait_for
from tests.growing.services import program
from tests.ports import free_port

EXAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf.example"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def rendered(changes: Mapping[str, str]) -> str:
    """The example with each text replaced; one that does not stand in it is an error."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text, f"the example no longer says {old!r}"
        text = text.replace(old, new)
    return text


class Nginx:
    """A process of its own with its own prefix; nothing of the machine's configuration is read."""

    def __init__(self, folder: Path, tls: Path, upstreams: Sequence[int]) -> None:
        self.program, self.folder = program("nginx", "nginx-light"), folder
        self.port, self.plain_port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None
        servers = " ".join(f"server 127.0.0.1:{port} max_fails=3 fail_timeout=10s;" for port in upstreams)
        site = rendered(
            {
                "server 127.0.0.1:8000 max_fails=3 fail_timeout=10s;": servers,
                "listen 443": f"listen 127.0.0.1:{self.port}",
                "listen 80": f"listen 127.0.0.1:{self.plain_port}",
                "hoc.phuong.example;": "localhost;",
                "https://$host$": f"https://$host:{self.port}$",
                "/etc/lms/tls": str(tls),
                "/var/cache/nginx/lms": str(folder / "cache"),
                "/var/log/nginx/lms.log": str(folder / "access.log"),
            }
        )
        (folder / "nginx.conf").write_text(self._main() + site + "}\n", encoding="utf-8")

    def _main(self) -> str:
        """What a distribution's nginx.conf says around it, in our folder."""
        temporary = "".join(f"{name}_temp_path {self.folder}/{name};\n" for name in TEMPORARY)
        user = "user root;\n" if os.geteuid() == 0 else ""  # else its workers could not enter the folder of the test
        types = "types { text/css css; }\n"
        return f"{user}pid {self.folder}/pid;\nworker_processes 2;\nevents {{ }}\nhttp {{\n{types}{temporary}"

    def start(self) -> None:
        command = [self.program, "-p", str(self.folder), "-c", "nginx.conf", "-e", "error.log", "-g", "daemon off;"]
        checked = subprocess.run([*command[:-2], "-t"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        assert not re.search(r"\[(warn|emerg)\]", checked.stderr), checked.stderr
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self._listens, 10, "nginx listens")

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None
