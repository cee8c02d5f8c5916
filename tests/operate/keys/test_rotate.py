"""Another key: nobody notices, or after a breach nothing of the old one is worth anything."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from lms import create_app
from lms.accounts import operations
from lms.audit import queries, tasks
from lms.audit.checkpoints import BadCheckpoint
from lms.config import settings_from_environment
from lms.db import db
from lms.operate.keys import env_file
from lms.operate.keys.commands import keys_cli
from tests.accounts.conftest import PHONE, PIN, Accounts, Browser
from tests.databases import SECRET

both = pytest.mark.both
PAGE, FORM = "/tai-khoan", "/tai-khoan/dang-xuat-moi-noi"
HEAD = "# our own words\nLMS_ENVIRONMENT=test\n"
Start = Callable[[], Flask]

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def env(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`lms.env` of the site that `app` is of; nothing of it in the environment."""
    for name in [one for one in os.environ if one.startswith("LMS_") and not one.startswith("LMS_TEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LMS_INSTANCE_DIR", str(tmp_path))
    path = tmp_path / "lms.env"
    path.write_text(f"{HEAD}LMS_SECRET_KEY={SECRET}\nLMS_DATABASE_URL={app.extensions['settings'].database_url}\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def start(env: Path) -> Iterator[Start]:
    """The site started anew, from what is in `lms.env` now."""
    started: list[Flask] = []

    def go() -> Flask:
        started.append(create_app(settings_from_environment()))
        return started[-1]

    yield go
    for one in started:
        with one.app_context():
            db.engine.dispose()


def rotate(app: Flask, *words: str) -> Result:
    db.session.rollback()
    with app.app_context():  # else it would be that of the fixture
        return app.test_cli_runner().invoke(keys_cli, ["rotate", *words])


def keys(env: Path) -> tuple[str, list[str]]:
    told = settings_from_environment()
    return told.secret_key, told.secret_key_fallbacks


@contextmanager
def moved(browser: Browser, to: Flask) -> Iterator[Browser]:
    """The same browser with the same open page, at the site that was started anew."""
    cookie = browser.client.get_cookie(to.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    other = Browser(to)
    other.token = browser.token
    other.client.set_cookie(cookie.key, cookie.value, domain="localhost")
    yield other


@pytest.fixture
def inside(app: Flask, accounts: Accounts) -> Browser:
    accounts.staff()
    browser = Browser(app)
    browser.sign_in()
    assert browser.get(PAGE).status == 200
    return browser


@both
@pytest.mark.attack("S55")
def test_nobody_is_signed_out_and_an_open_form_is_taken(inside: Browser, app: Flask, env: Path, start: Start) -> None:
    before = start()
    assert rotate(before).exit_code == 0
    with moved(inside, start()) as browser:
        assert browser.get(PAGE).status == 200
    with moved(inside, start()) as browser:
        assert browser.post(FORM).status == 303, "a form that was open when the key changed"


@both
@pytest.mark.attack("S55")
def test_after_a_breach_nothing_of_the_old_key_is_worth_anything(
    inside: Browser, app: Flask, accounts: Accounts, env: Path, start: Start
) -> None:
    with accounts.acting(), db.write():
        operations.create_token(1, "kho", ["coverage:read"], timedelta(days=9))
    done = rotate(start(), "--breach", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["older"], told["ended"], told["revoked"]) == (0, 0, 1, 1)
    after = start()
    with moved(inside, after) as browser:
        assert browser.get(PAGE).status in (303, 401)
    with moved(inside, after) as browser:
        page = browser.post(FORM, {"note": "vừa gõ"}, headers={"Sec-Fetch-Site": "same-origin"})
        assert page.status == 400 and "mở quá lâu" in page.text
        assert ("note", "vừa gõ") in page.hidden, "what was typed is kept to be sent again"
    browser = Browser(after)
    assert browser.sign_in(PHONE, PIN).status == 303 and browser.get(PAGE).status == 200


@both
def test_checkpoints_verify_over_a_rotation(app: Flask, env: Path, start: Start) -> None:
    told = json.loads(rotate(start(), "--json").stdout)
    with start().app_context():
        points = [tasks.read(Path(told[name])) for name in ("last", "first")]
        assert queries.verify(points).faults == ()
        assert points[1].seq == points[0].seq + 1, "that the key was changed is in the record"
        db.session.rollback()


def test_after_a_breach_old_checkpoints_need_the_old_key(app: Flask, env: Path, start: Start) -> None:
    told = json.loads(rotate(start(), "--breach", "--json").stdout)
    with start().app_context():
        assert tasks.read(Path(told["first"])).seq
        with pytest.raises(BadCheckpoint, match="another LMS_SECRET_KEY"):
            tasks.read(Path(told["last"]))


def test_phones_find_the_keys_of_what_they_took_along(app: Flask, env: Path, start: Start) -> None:
    listed = []
    for _ in range(3):
        site = start()
        told = site.test_client().get("/api/v1/keys").get_json()["keys"]
        listed.append([one["kid"] for one in told])
        done = rotate(site)
        assert done.exit_code == 0, done.output
    assert [len(one) for one in listed] == [1, 2, 3]
    assert listed[2][1:] == listed[1] and listed[1][1:] == listed[0]


def test_the_file_is_as_it_was_but_for_the_keys(app: Flask, env: Path, start: Start) -> None:
    rest = env.read_text().replace(f"LMS_SECRET_KEY={SECRET}\n", "")
    done = rotate(start())
    first, older = keys(env)
    assert (first != SECRET, older, len(first) > 60) == (True, [SECRET], True)
    assert first not in done.output and SECRET not in done.output
    assert "restart" in done.output
    rotate(start())
    assert keys(env)[1] == [first, SECRET]
    rotate(start(), "--breach")
    assert keys(env)[1] == []
    left = [line for line in env.read_text().splitlines(keepends=True) if "LMS_SECRET" not in line]
    assert "".join(left) == rest
    assert stat.S_IMODE(env.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["LMS_SECRET_KEY", "LMS_SECRET_KEY_FALLBACKS"])
def test_a_key_from_the_environment_is_not_ours_to_change(
    app: Flask, env: Path, start: Start, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, SECRET if name == "LMS_SECRET_KEY" else "[]")
    refused(start(), env, "comes from the environment")


def test_another_user_would_take_the_file_from_the_site(
    app: Flask, env: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = start()
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    refused(site, env, "which the site runs as")


def test_a_file_that_holds_another_key_or_none(app: Flask, env: Path, start: Start) -> None:
    site = start()
    env.write_text(HEAD)
    refused(site, env, "does not hold the key in use")
    env.unlink()
    refused(site, env, "There is no")


def test_a_file_that_cannot_be_written_leaves_the_key(
    app: Flask, env: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device", str(path))

    site = start()
    monkeypatch.setattr(env_file, "write", full)
    with site.app_context():
        before = queries.head()
    refused(site, env, "The key is as it was")
    with site.app_context():
        assert queries.head() == before, "nothing is recorded that was not done"


def refused(site: Flask, env: Path, why: str) -> None:
    before = env.read_text() if env.exists() else None
    done = rotate(site)
    assert (done.exit_code, why in done.stderr) == (1, True), done.output
    assert (env.read_text() if env.exists() else None) == before


@pytest.mark.parametrize(
    "text",
    [
        f"LMS_SECRET_KEY={SECRET}",
        f"export LMS_SECRET_KEY='{SECRET}'\nLMS_DEBUG=false",
        f'# LMS_SECRET_KEY=no\nLMS_SECRET_KEY_FALLBACKS=["{SECRET[::-1]}"]\n\nLMS_SECRET_KEY="{SECRET}"\n#end\n',
        f"LMS_SECRET_KEY=older\nLMS_PLAN=a\nLMS_SECRET_KEY={SECRET}\n",
    ],
)
def test_however_the_file_is_written(text: str) -> None:
    made = env_file.with_keys(text, "new", ["a", "b"])
    assert made.count("LMS_SECRET_KEY=new\n") == 1 and made.count("FALLBACKS") == 1
    assert SECRET not in made and SECRET[::-1] not in made
    again = env_file.with_keys(made, "newer", [])
    assert "FALLBACKS" not in again and ("LMS_DEBUG" in again) is ("LMS_DEBUG" in text)


def test_a_file_that_cannot_be_changed_safely() -> None:
    with pytest.raises(env_file.CannotChange, match="by hand"):
        env_file.with_keys(f'LMS_SECRET_KEY="{SECRET}\nLMS_PLAN=of the key"\n', "new", [])
