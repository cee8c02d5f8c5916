"""Cookies made without the key, with it for another purpose, or with the key of before."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.sessions import TaggedJSONSerializer
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import select

from lms import create_app
from lms.accounts.models import SignInSession
from lms.audit import checkpoints
from lms.db import db, utc_now
from tests.accounts.conftest import PHONE, PIN, Accounts, Browser
from tests.databases import SECRET, settings_for

both = pytest.mark.both
PAGE = "/tai-khoan"
IN, OUT = (200,), (303, 401)

pytestmark = pytest.mark.usefixtures("cheap_hashes")


def signed(
    visit: dict[str, Any], secret: str = SECRET, salt: str = "cookie-session", digest: Any = hashlib.sha1
) -> str:
    """A cookie as Flask makes it, but for what is given."""
    kind = {"key_derivation": "hmac", "digest_method": digest}
    made: str = URLSafeTimedSerializer(
        secret, salt=salt, serializer=TaggedJSONSerializer(), signer_kwargs=kind, signer=TimestampSigner
    ).dumps(visit)
    return made


def status_with(app: Flask, cookie: str) -> int:
    browser = Browser(app)
    browser.client.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie, domain="localhost")
    return browser.get(PAGE).status


@pytest.fixture
def visit(app: Flask, accounts: Accounts) -> dict[str, Any]:
    """What stands in the cookie of somebody signed in: all that a forger could wish to know."""
    accounts.staff()
    browser = Browser(app)
    browser.sign_in()
    with browser.client.session_transaction() as kept:
        return dict(kept)


@both
@pytest.mark.attack("S55")
def test_a_cookie_is_signed_for_this_purpose_by_this_key(app: Flask, visit: dict[str, Any]) -> None:
    assert status_with(app, signed(visit)) in IN, "the forger below knows how it is done"
    good = signed(visit)
    body, stamp, signature = good.rsplit(".", 2)
    for why, forged in {
        "another algorithm": signed(visit, digest=hashlib.sha256),
        "the form token's purpose": signed(visit, salt="wtf-csrf-token"),
        "another key": signed(visit, secret=SECRET[::-1]),
        "no key": signed(visit, secret=""),
        "no signature": f"{body}.{stamp}.",
        "a short signature": f"{body}.{stamp}.{signature[:8]}",
        "another stamp": f"{body}.{stamp[:-1]}A.{signature}"
        if stamp[-1] != "A"
        else f"{body}.{stamp[:-1]}B.{signature}",
        "the algorithm named none": f"eyJhbGciOiJub25lIn0.{body}.",
        "a checkpoint's key": signed(visit, secret=checkpoints._derived(SECRET, "sign").hex()),
    }.items():
        assert status_with(app, forged) in OUT, why


@pytest.mark.attack("S55")
def test_a_form_token_is_no_cookie_and_a_cookie_no_form_token(app: Flask, accounts: Accounts) -> None:
    accounts.staff()
    browser = Browser(app)
    browser.sign_in()
    browser.get(PAGE)
    token = browser.token
    assert status_with(app, token) in OUT
    browser.token = browser.client.get_cookie(app.config["SESSION_COOKIE_NAME"]).value  # type: ignore[union-attr]
    assert browser.post(f"{PAGE}/dang-xuat-moi-noi").status == 400
    browser.token = token
    assert browser.post(f"{PAGE}/dang-xuat-moi-noi").status == 303


@both
@pytest.mark.attack("S55")
def test_a_cookie_older_than_the_longest_visit_is_none(app: Flask, visit: dict[str, Any]) -> None:
    """Also where the row would still run: the stamp in the signature is judged for itself."""
    for days, wanted in ((89, IN), (92, OUT)):
        later = utc_now() + timedelta(days=days)
        old = signed(visit | {"used_at": later.timestamp()})
        with db.write() as session:
            session.scalars(select(SignInSession)).one().expires_at = utc_now() + timedelta(days=900)
        with time_machine.travel(later):
            assert status_with(app, old) in wanted


@both
@pytest.mark.attack("S55")
def test_after_a_new_key_old_cookies_are_dead_and_people_come_in_again(
    app: Flask, visit: dict[str, Any], database_url: str, tmp_path: Path
) -> None:
    """PINs, cards and certificates hang on no key: changing it costs a sign-in and nothing else."""
    old = signed(visit)
    assert status_with(app, old) in IN
    later = create_app(settings_for(database_url, tmp_path, secret_key="Zq8Xv3Nn6Lr1Tt9Bb4Mm7Kk2Pp5Ww0Yy"))
    assert status_with(later, old) in OUT
    browser = Browser(later)
    assert browser.sign_in(PHONE, PIN).status == 303 and browser.get(PAGE).status in IN
    with later.app_context():
        db.engine.dispose()
