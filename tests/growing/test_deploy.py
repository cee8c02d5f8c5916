"""What is shipped for the operator: the example for nginx fits the settings, and the commands of the manual work."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import subprocess
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask, request

from lms import create_app
from lms.access import public
from lms.config import Settings
from lms.operate import serving
from lms.web import headers
from tests import databases
from tests.growing.proxy import EXAMPLE
from tests.growing.services import program

ROOT = EXAMPLE.parents[1]
NAME = "hoc.phuong.example"
CLAIMS = {
    "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
}
SQLITE_WAITS, BUCKET_WAITS = 30, 40  # seconds: lms/db.py, lms/storage/bucket.py


def directive(name: str) -> str:
    found = re.findall(rf"^ *{name} +([^;]+);", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) == 1, (name, found)
    return str(found[0])


def test_the_proxy_takes_a_little_more_than_the_site() -> None:
    most = Settings.model_fields["upload_max_bytes"].default
    assert most < int(directive("client_max_body_size").removesuffix("m")) * 2**20 < 1.2 * most


def test_the_proxy_waits_longer_than_the_site_does() -> None:
    seconds = int(directive("proxy_read_timeout").removesuffix("s"))
    assert seconds > max(SQLITE_WAITS, BUCKET_WAITS) + serving.PATIENCE


def test_the_proxys_own_answers_carry_the_sites_hsts() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text.count(f'"{headers.HSTS}" always') == text.count("internal;") == 4


def test_the_example_names_no_path_of_a_machine() -> None:
    paths = set(re.findall(r"(?<![\w.:/])/(?:etc|var|opt|home|usr|srv|root|tmp)/[\w./-]+", EXAMPLE.read_text("utf-8")))
    known = ("/etc/lms/", "/opt/lms/", "/etc/nginx/conf.d/lms.conf", "/var/cache/nginx/lms", "/var/log/nginx/lms.log")
    assert {path for path in paths if not path.startswith(known)} == set()


@pytest.fixture
def seen(request: pytest.FixtureRequest, tmp_path: Path) -> list[str | None]:
    """What a site makes of a request that claims to be somebody else's: address, scheme, host."""
    app: Flask = create_app(databases.settings_for("", tmp_path, behind_proxy=request.param))
    app.add_url_rule("/who", view_func=public(_who))
    with app.app_context():
        return list(app.test_client().get("/who", headers=CLAIMS).get_json())


def _who() -> list[str | None]:
    return [request.remote_addr, request.scheme, request.host]


@pytest.mark.parametrize("seen", [False], indirect=True)
def test_without_a_proxy_nobody_is_believed(seen: list[str | None]) -> None:
    assert seen == ["127.0.0.1", "http", "localhost"]


@pytest.mark.parametrize("seen", [True], indirect=True)
def test_behind_a_proxy_the_last_one_is_believed_and_nobody_before(seen: list[str | None]) -> None:
    assert seen == ["198.51.100.7", "https", "localhost"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With what the commands of the manual make."""
    program("openssl", "openssl")
    made = tmp_path_factory.mktemp("tls")
    manual = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    part = manual.partition("### HTTPS with an authority")[2]
    commands = "\n".join(line.strip() for line in part.splitlines() if line.startswith("    "))
    assert commands.count("openssl") == 4
    done = subprocess.run(["bash", "-euc", commands], cwd=made, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return made


def handshake(folder: Path, name: str) -> None:
    """A browser that trusts only ca.pem asks for `name`; ssl.SSLError where it would warn."""
    serving_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving_side.load_cert_chain(folder / "site.pem", folder / "site.key")
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asking.verify_flags |= ssl.VERIFY_X509_STRICT
    asking.load_verify_locations(folder / "ca.pem")
    here, there = socket.socketpair()

    def serve() -> None:
        with contextlib.suppress(OSError), serving_side.wrap_socket(there, server_side=True):
            pass

    thread = Thread(target=serve)
    thread.start()
    try:
        with asking.wrap_socket(here, server_hostname=name):
            pass
    finally:
        here.close()
        thread.join()


def test_the_certificate_of_the_manual_is_good_for_the_site(folder: Path) -> None:
    handshake(folder, NAME)


def test_and_for_no_other_name(folder: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(folder, "other.example")


def test_the_authority_of_the_manual_cannot_sign_for_others(folder: Path) -> None:
    other = "mail.example"
    commands = f"""
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout x.key -out x.csr -subj /CN=x \
        -addext subjectAltName=DNS:{other}
    openssl x509 -req -in x.csr -CA ca.pem -CAkey ca.key -days 9 -copy_extensions copy -out x.crt
    openssl verify -CAfile ca.pem x.crt"""
    done = subprocess.run(["bash", "-euc", commands], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "permitted subtree violation" in done.stderr
