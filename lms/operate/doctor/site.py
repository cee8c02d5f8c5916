"""How the site is set up towards the outside: HTTPS, the proxy, the secret key, the shipped texts."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

from flask import current_app

from lms.config import MIN_SECRET_LENGTH, Settings
from lms.courses.law import law_table
from lms.operate.doctor import Finding, bad, ok, warn
from lms.web.helplines import helplines

FEWEST_BITS = 3.5
"""Of entropy a character: `lms secret` has about 5, a sentence 4, keys tapped at random on one row 3."""


def is_https(settings: Settings) -> list[Finding]:
    if settings.environment != "production":
        return warn(f"this is a {settings.environment} installation", "LMS_ENVIRONMENT=production where people learn")
    if not settings.secure_cookies:
        return bad(
            f"people come to {settings.base_url}: PINs and names cross the network in clear",
            'put a proxy with HTTPS in front (docs/operating.md, "HTTPS") and LMS_BASE_URL=https://…',
        )
    if not current_app.config["SESSION_COOKIE_SECURE"]:
        return bad("the session's cookie is not Secure", "leave SESSION_COOKIE_SECURE to the program")
    return ok(f"people come to {settings.base_url}, cookies are Secure")


def proxy_is_believed(settings: Settings) -> list[Finding]:
    """The site itself speaks HTTP: HTTPS means that a proxy stands in front."""
    if settings.secure_cookies and not settings.behind_proxy:
        return bad(
            "a proxy stands in front, but every visitor counts as the proxy's own address",
            "LMS_BEHIND_PROXY=true, with the site's own port closed to everybody but the proxy",
        )
    if settings.behind_proxy and not settings.secure_cookies:
        return warn(
            "LMS_BEHIND_PROXY is on, but LMS_BASE_URL is not https://", "without a proxy anybody could claim an address"
        )
    return ok("LMS_BEHIND_PROXY fits the address")


def key_is_strong(settings: Settings) -> list[Finding]:
    key = settings.secret_key
    if len(key) < MIN_SECRET_LENGTH or bits_a_character(key) < FEWEST_BITS:
        return bad(
            "LMS_SECRET_KEY can be guessed",
            "lms keys rotate --breach, then a restart; everybody signs in again",
        )
    if any(bits_a_character(older) < FEWEST_BITS for older in settings.secret_key_fallbacks):
        return bad(
            "a key of before, which is still believed, can be guessed (LMS_SECRET_KEY_FALLBACKS)",
            "lms keys rotate --breach, then a restart; everybody signs in again",
        )
    if settings.backup_key and settings.backup_key in (key, *settings.secret_key_fallbacks):
        return bad("LMS_SECRET_KEY is also the key of backups", "another one for LMS_BACKUP_KEY: lms secret")
    return ok("LMS_SECRET_KEY is long and mixed")


def bits_a_character(key: str) -> float:
    """Shannon's entropy of the characters as they are distributed in the key."""
    return -sum(count / len(key) * math.log2(count / len(key)) for count in Counter(key).values())


def catalogues_are_compiled(settings: Settings) -> list[Finding]:
    folder = Path(current_app.root_path) / "web" / "translations"
    stale = [po for po in folder.glob("*/LC_MESSAGES/messages.po") if not po.with_suffix(".mo").exists()]
    if stale:
        names = ", ".join(sorted(po.parents[1].name for po in stale))
        return warn(f"no compiled texts for {names}: Vietnamese is shown", "make catalogues, or install the release")
    return ok("the texts of every language are compiled")


def content_is_there(settings: Settings) -> list[Finding]:
    mend = "LMS_CONTENT_DIR must name the folder `content` of this version"
    if not settings.content_dir.is_dir():
        return bad(f"there is no folder {settings.content_dir} with courses, law and helplines", mend)
    try:
        lines, law = helplines(), law_table()
    except Exception as error:  # a text file that somebody edited: whatever the reader says of it
        return bad(f"law or helplines cannot be read ({type(error).__name__})", mend)
    if not lines or not law:
        return bad("the law or the helplines are empty", mend)
    return ok(f"the content folder has {len(lines)} helplines and the table of law")
