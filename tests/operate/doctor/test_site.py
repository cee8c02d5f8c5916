"""How the site is set up towards the outside."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from flask import Flask

from lms.config import Settings
from lms.operate.doctor import site
from tests.databases import SECRET


def test_http_in_production(app: Flask, fit: Settings) -> None:
    fit.base_url = "http://hoc.phuong.example"
    found = site.is_https(fit)
    assert (found[0].state, "https" in found[0].mend) == ("bad", True)


def test_a_cookie_that_is_not_secure(app: Flask, fit: Settings) -> None:
    app.config["SESSION_COOKIE_SECURE"] = False
    assert site.is_https(fit)[0].state == "bad"


def test_not_production(app: Flask, fit: Settings) -> None:
    fit.environment = "demo"
    assert site.is_https(fit)[0].state == "warn"


@pytest.mark.parametrize(
    ("url", "behind", "state"),
    [("https://h.example", True, "ok"), ("https://h.example", False, "bad"), ("http://h.example", True, "warn")],
)
def test_a_proxy_that_is_not_believed(app: Flask, fit: Settings, url: str, behind: bool, state: str) -> None:
    fit.base_url, fit.behind_proxy = url, behind
    assert site.proxy_is_believed(fit)[0].state == state


@pytest.mark.parametrize("key", ["short", "1234567890" * 4, "aaaaaaaaaaaaaaaaaaaaaaaaaaabcdefghij"])
def test_a_key_that_can_be_guessed(app: Flask, fit: Settings, key: str) -> None:
    fit.secret_key = key
    assert site.key_is_strong(fit)[0].state == "bad"


def test_keys_as_we_make_them_are_strong(app: Flask, fit: Settings) -> None:
    for _ in range(200):
        fit.secret_key = secrets.token_urlsafe(48)
        assert site.key_is_strong(fit)[0].state == "ok"
    assert site.bits_a_character(SECRET) > site.FEWEST_BITS


def test_a_key_of_before_that_can_be_guessed(app: Flask, fit: Settings) -> None:
    fit.secret_key_fallbacks = [secrets.token_urlsafe(48), "aaaaaaaaaaaaaaaaaaaaaaaaaaabcdefghij"]
    found = site.key_is_strong(fit)
    assert (found[0].state, "--breach" in found[0].mend) == ("bad", True)
    fit.secret_key_fallbacks = [secrets.token_urlsafe(48)]
    assert site.key_is_strong(fit)[0].state == "ok"


def test_one_key_for_two_things(app: Flask, fit: Settings) -> None:
    fit.backup_key = fit.secret_key
    assert "also the key of backups" in site.key_is_strong(fit)[0].what
    fit.secret_key_fallbacks, fit.secret_key = [fit.backup_key], secrets.token_urlsafe(48)
    assert "also the key of backups" in site.key_is_strong(fit)[0].what


def test_a_catalogue_that_is_not_compiled(app: Flask, fit: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "web" / "translations" / "km" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").touch()
    app.root_path = str(tmp_path)
    found = site.catalogues_are_compiled(fit)
    assert (found[0].state, "km" in found[0].what) == ("warn", True)
    (folder / "messages.mo").touch()
    assert site.catalogues_are_compiled(fit)[0].state == "ok"


def test_content_that_is_missing_broken_or_empty(app: Flask, fit: Settings, tmp_path: Path) -> None:
    fit.content_dir = tmp_path / "nowhere"
    assert "there is no folder" in site.content_is_there(fit)[0].what
    fit.content_dir = tmp_path
    assert "cannot be read" in site.content_is_there(fit)[0].what
    for name in ("law.yaml", "hotlines.yaml"):
        (tmp_path / name).write_text("{{ not yaml")
    assert "cannot be read" in site.content_is_there(fit)[0].what
