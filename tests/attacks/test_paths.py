"""S16: no word of an address or a form leads out of where files may be read; what is no file is not there."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.routing import Rule

from lms.storage.files import FolderStorage, storage
from tests.access import table
from tests.access.site import CHANGES, Site
from tests.access.test_forged import allowed_at, rule_of

CANARY = "CHIM-NGOAI-LONG"
OUT = (
    "../canary.txt",
    "../../../../../../etc/passwd",
    "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2fcanary.txt",
    "%252e%252e%252fcanary.txt",
    "..%5c..%5ccanary.txt",
    "..%255c..%255ccanary.txt",
    "....//....//canary.txt",
    "..;/..;/canary.txt",
    "%2fetc%2fpasswd",
    "file:%2f%2f%2fetc%2fpasswd",
    "C:%5cwindows%5cwin.ini",
    "%00",
    "canary.txt%00.pdf",
    "%00../canary.txt",
    "%c0%ae%c0%ae%c0%afcanary.txt",
    "%uff0e%uff0e%u2215canary.txt",
    "modules/../../canary.txt",
    "modules%2f..%2f..%2fcanary.txt",
    ".",
    "..",
    "~root/.profile",
    "%0d%0aX-Injected:%201",
)
SECRETS = (CANARY, "root:x:0:", "SECRET_KEY", "database_url")
WORDS = {"path", "token", "code", "ticket", "receipt", "digest", "folder", "key", "filename"}
LINES = [line for line in table.read() if "<" in line.rule and line.rule.count("<int:") != line.rule.count("<")]


@pytest.fixture
def with_canaries(site: Site) -> Site:
    """A file beside each folder that the application reads from."""
    settings = site.app.extensions["settings"]
    for folder in (settings.instance_dir, settings.files_dir, Path(site.app.static_folder or "")):
        if folder != Path(site.app.static_folder or ""):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "canary.txt").write_text(CANARY)
    return site


def led_out(site: Site, rule: Rule, out: str) -> Iterator[str]:
    """The address with `out` in the place of one word after another."""
    words = [name for name in rule.arguments if name in WORDS]
    whole = site.url(rule).partition("?")[0]
    for name in words:
        yield whole.replace(quote(str(site._object(rule, name)), safe="/"), out)


@pytest.mark.attack("S16")
@pytest.mark.parametrize("line", LINES, ids=[f"{line.method} {line.rule}" for line in LINES])
def test_no_word_of_an_address_leads_out(with_canaries: Site, line: table.Line) -> None:
    """Asked by somebody who has every right there, so that only the word itself is judged."""
    site = with_canaries
    rule, actor = rule_of(site, line), allowed_at(line)
    for out in OUT:
        for url in led_out(site, rule, out):
            sent = site.sends(rule) if line.method in CHANGES else {}
            answer = site.ask(actor, line.method, url, **sent)
            assert answer.status in (303, 308, 400, 404, 405), f"{answer.status} at {url}"
            assert not [secret for secret in SECRETS if secret in answer.words], url
            assert "X-Injected" not in answer.response.headers
    assert not site.changes()


@pytest.mark.attack("S16")
@pytest.mark.parametrize("out", OUT)
def test_no_field_that_names_a_file_leads_out(with_canaries: Site, out: str) -> None:
    site = with_canaries
    for method, url, data in (
        ("GET", f"/soan-bai/k1/xem-thu?tep={out}", None),
        ("POST", "/soan-bai/k1/xem-thu", {"tep": out, "body": "x", "title": "x"}),
        ("POST", "/soan-bai/k1/hoan-tac", {"path": out, "data": b64encode(b"x").decode()}),
        ("POST", "/soan-bai/k1/hoan-tac", {"lost": out}),
    ):
        answer = site.ask("trainer", method, url, data)
        assert answer.status in (303, 400, 404, 409, 422), f"{answer.status} at {method} {url}"
        assert not [secret for secret in SECRETS if secret in answer.words], url
        assert not {change.table for change in site.changes()} & {"edition_file", "lesson"}
        site.restore()


@pytest.mark.attack("S16")
@pytest.mark.parametrize("out", [*OUT[:2], "certificates/../../canary.txt", "/etc/passwd", "x/../../../canary.txt"])
def test_a_storage_key_that_leads_out_is_no_file(app: Flask, out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: where keys were simply joined to the folder, the file beside it is read."""
    folder = app.extensions["settings"].files_dir
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / "canary.txt").write_text(CANARY)
    with pytest.raises(FileNotFoundError):
        storage().read(out)
    with pytest.raises(FileNotFoundError):
        storage().remove(out)
    if out == "../canary.txt":
        monkeypatch.setattr(FolderStorage, "_path", lambda self, key: self.root / key)
        assert storage().read(out) == CANARY.encode()
