"""Everything at once, by settings alone: two machines on PostgreSQL, Redis and a bucket, behind nginx with HTTPS.

The steps share one site, for it takes longer to start than to try.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import update

from lms.accounts.hashing import hash_secret
from lms.accounts.models import Account
from lms.certificates.codes import new_code
from lms.certificates.models import Certificate
from lms.certificates.verifying import codes_in
from lms.config import Settings
from lms.db import db
from tests.certificates.papers import text_of
from tests.certificates.people import certificates
from tests.factories import Make
from tests.faults.site import Site, wait_for
from tests.growing.authority import Authority
from tests.growing.browser import FORM, Answer, Browser
from tests.growing.proxy import Nginx
from tests.growing.services import Bucket, RedisServer, environment
from tests.quizzes.learners import items, new_learner, right

PHONE, PIN = "0912 345 678", "482913"
SPOOFED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
SLOW = 80


@dataclass
class Grown:
    """A site with all its parts, and whoever asks it."""

    machines: tuple[Site, Site]
    nginx: Nginx
    authority: Authority
    bucket: Bucket
    redis: RedisServer

    def browser(self, source: str = "127.0.0.1", **headers: str) -> Browser:
        return Browser(self.nginx.port, self.authority.trusted(), source, **headers)

    def certificate(self) -> Certificate:
        with self.machines[0].app.app_context():
            return certificates()[0]


@pytest.fixture
def grown(postgres_url: str, redis_server: RedisServer, bucket: Bucket, tmp_path: Path) -> Iterator[Grown]:
    authority = Authority(tmp_path)
    machines = _machine(postgres_url, tmp_path / "one", 2), _machine(postgres_url, tmp_path / "two", 1)
    nginx = Nginx(tmp_path, tmp_path, [site.port for site in machines])
    shared = {"base_url": f"https://localhost:{nginx.port}", "behind_proxy": "true", **bucket.settings}
    shared |= {"queue_url": redis_server.url, "limits_url": redis_server.url}
    try:
        for site in machines:
            site.environment |= environment(shared)
            site.serve()
        nginx.start()
        yield Grown(machines, nginx, authority, bucket, redis_server)
    finally:
        nginx.stop()
        for site in machines:
            site.close()


def _machine(url: str, folder: Path, workers: int) -> Site:
    folder.mkdir()
    return Site(url, folder, workers)


@pytest.mark.timeout(300)
def test_a_larger_site(grown: Grown) -> None:
    with grown.machines[0].app.app_context():
        _somebody(Make())
    nobody_comes_in_by_another_door(grown)
    a_learner_gets_a_certificate(grown)
    limits_count_the_visitors_address_for_all_machines(grown)
    what_is_too_large_is_explained(grown)
    slow_uploads_keep_nobody_waiting(grown)
    with_one_machine_gone_nobody_notices(grown)
    without_any_machine_styles_stay_and_the_page_says_what_to_do(grown)


def _somebody(make: Make) -> None:
    make.edition()
    learner = new_learner(make)
    with db.write() as session:
        known = {"phone": "+84912345678", "pin_hash": hash_secret(PIN)}
        session.execute(update(Account).where(Account.id == learner.account_id).values(known))


def nobody_comes_in_by_another_door(grown: Grown) -> None:
    connection = socket.create_connection(("127.0.0.1", grown.nginx.plain_port), timeout=10)
    plain = _raw(connection, b"GET /c?ma=x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert plain.startswith(b"HTTP/1.1 301 ")
    assert f"Location: https://localhost:{grown.nginx.port}/c?ma=x\r\n".encode() in plain
    evil = b"GET /dang-nhap HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    there = socket.create_connection(("127.0.0.1", grown.nginx.port), timeout=10)
    assert _raw(grown.authority.trusted().wrap_socket(there, server_hostname="localhost"), evil) == b""
    assert grown.machines[0].get("/dang-nhap", Host="evil.example")[0] == 400
    with pytest.raises(ssl.SSLError):
        Browser(grown.nginx.port, ssl.create_default_context()).get("/dang-nhap")
    assert grown.browser().get("/metrics").status == 404


def a_learner_gets_a_certificate(grown: Grown) -> None:
    """Page by page through the proxy; the file is made by a worker and comes out of the bucket."""
    browser = grown.browser(**SPOOFED)
    _comes_in(browser)
    started = browser.post("/khoa-hoc/k1/kiem-tra", browser.get("/khoa-hoc/k1/kiem-tra"))
    ticket = started.location.rsplit("/", 1)[1]
    with grown.machines[0].app.app_context():
        answers = [right(item) for item in items(ticket)]
    for place, chosen in enumerate(answers, 1):
        address = f"/lam-bai/{ticket}/{place}"
        assert browser.post(address, browser.get(address), {"choice": chosen, "next": "1"}).status == 303
    page = browser.get(f"/lam-bai/{ticket}/nop")
    fields = {name: page.hidden(name) for name in ("client_id", "unanswered")}
    assert "Anh/Chị đã đạt" in browser.get(browser.post(f"/lam-bai/{ticket}/nop", page, fields).location).text
    wait_for(lambda: grown.certificate().pdf_key is not None, 60, "a worker makes the file")
    _is_downloaded(grown, browser)


def _comes_in(browser: Browser) -> None:
    page = browser.get("/dang-nhap")
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-lms=") and {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(
        cookie.split("; ")
    )
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert (page.headers["Cache-Control"], page.headers["Server"]) == ("no-store", "nginx")
    came = browser.post("/dang-nhap", page, {"phone": PHONE, "pin": PIN})
    assert (came.status, came.location) == (303, "/"), came.text[:2000]


def _is_downloaded(grown: Grown, browser: Browser) -> None:
    row = grown.certificate()
    assert grown.bucket.keys() == [f"site/one/{row.pdf_key}"]
    pdf = browser.get(f"/giay-chung-nhan/{row.code}.pdf")
    assert hashlib.sha256(pdf.body).hexdigest() == row.pdf_sha256
    assert set(codes_in(pdf.body)) == {row.code} and row.holder_name in text_of(pdf.body)
    assert grown.browser().get(f"/giay-chung-nhan/{row.code}.pdf").status == 303
    assert row.course_title in grown.browser().get(f"/c/{row.code}").text


def limits_count_the_visitors_address_for_all_machines(grown: Grown) -> None:
    """Sixty a minute over three processes on two machines; what a visitor says of their own address changes nothing."""
    stranger = grown.browser("127.0.0.3", **SPOOFED)
    answers = [stranger.get(f"/c/{new_code()}").status for _ in range(61)]
    assert answers == [404] * 60 + [429]
    counted = {key.decode() for key in grown.redis.client().keys("lms:checks:*")}
    assert "lms:checks:127.0.0.3" in counted and counted <= {"lms:checks:127.0.0.3", "lms:checks:127.0.0.1"}
    assert grown.browser("127.0.0.4").get(f"/c/{new_code()}").status == 404


def what_is_too_large_is_explained(grown: Grown) -> None:
    """By the site as long as it may be sent at all, else by the proxy; in JSON where a program asks."""
    most = Settings.model_fields["upload_max_bytes"].default
    ours = grown.browser().send("POST", "/dang-nhap", b"x" * (most + 500_000), {"Content-Type": FORM})
    assert ours.status == 413 and ours.headers["X-Request-ID"] and "quá lớn" in ours.text
    for path, kind in (("/dang-nhap", "text/html; charset=utf-8"), ("/api/v1/submissions", "application/problem+json")):
        told = _announced(grown, path, 2 * most)
        assert (told.status, told.headers["Content-Type"]) == (413, kind)
        assert told.headers["Strict-Transport-Security"] and told.headers["Cache-Control"] == "no-store"
        assert "X-Request-ID" not in told.headers


def _announced(grown: Grown, path: str, length: int) -> Answer:
    """A body that is announced and not sent: what is too large is refused before."""
    browser = grown.browser()
    connection = browser.connection()
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", str(length))
    connection.endheaders()
    try:
        return browser.read(connection)
    finally:
        connection.close()


def slow_uploads_keep_nobody_waiting(grown: Grown) -> None:
    """More half-sent bodies than the site has threads: nginx holds them, and the site has not heard of them yet."""
    held = [grown.browser().connection() for _ in range(SLOW)]
    try:
        for connection in held:
            connection.putrequest("POST", "/dang-nhap")
            connection.putheader("Content-Type", FORM)
            connection.putheader("Content-Length", "100000")
            connection.endheaders(b"x" * 1000)
        assert [grown.browser().get("/dang-nhap").status for _ in range(10)] == [200] * 10
    finally:
        for connection in held:
            connection.close()


def with_one_machine_gone_nobody_notices(grown: Grown) -> None:
    grown.machines[1].kill()
    assert [grown.browser().get("/dang-nhap").status for _ in range(10)] == [200] * 10


def without_any_machine_styles_stay_and_the_page_says_what_to_do(grown: Grown) -> None:
    browser = grown.browser()
    address = next(
        part for part in browser.get("/dang-nhap").text.split('"') if part.startswith("/static/") and ".css" in part
    )
    plain, packed = browser.get(address), browser.get(address, **{"Accept-Encoding": "br"})
    assert (plain.status, packed.status) == (200, 200) and "public" in plain.headers["Cache-Control"]
    assert packed.headers["Content-Encoding"] == "br" and plain.headers["Content-Encoding"] is None
    grown.machines[0].kill()
    assert browser.get(address).body == plain.body
    assert browser.get(address, **{"Accept-Encoding": "br"}).body == packed.body
    page, data = browser.get("/dang-nhap"), browser.get("/api/v1/coverage")
    assert (page.status, page.headers["Retry-After"]) == (data.status, data.headers["Retry-After"]) == (503, "30")
    assert "Chờ một phút" in page.text and data.headers["Content-Type"] == "application/problem+json"
    assert page.headers["Strict-Transport-Security"] and page.headers["Cache-Control"] == "no-store"


def _raw(connection: socket.socket, request: bytes) -> bytes:
    """All that comes back; nothing where the other side hangs up."""
    with connection:
        connection.sendall(request)
        got = b""
        while more := connection.recv(65536):
            got += more
        return got
