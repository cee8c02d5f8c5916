"""The browser's side of a visit: Flask-Login's user is a random token, in clear in the signed cookie only."""

from __future__ import annotations

from flask import g, request, session
from flask_login import login_user, logout_user

from lms.accounts import door, queries, rules
from lms.accounts.queries import Device
from lms.accounts.rules import DeviceState
from lms.db import utc_now

USED_AT = "used_at"
CHOOSING = "choosing"
CSRF = "csrf_token"


class Visit:
    """What Flask-Login calls a user: its id is the token, so that ending the row ends the sign-in."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, token: str) -> None:
        self.token = token

    def get_id(self) -> str:
        return self.token


def load_visit(token: str) -> Visit | None:
    """Flask-Login's user_loader: a running visit, or None for one that has ended, expired or was never there."""
    g.device = queries.device_of(token)
    return Visit(token) if state_of(g.device) in ("open", "locked") else None


def this_device() -> Device | None:
    """The device of this request, also when its visit is over; the guard has looked it up."""
    device: Device | None = g.get("device")
    return device


def state_of(device: Device | None) -> DeviceState | None:
    if device is None:
        return None
    now = utc_now()
    ends = rules.visit_ends(device.created_at, device.expires_at, device.staff)
    return rules.device_state(ends, device.ended, device.staff, rules.instant(session.get(USED_AT)), now)


def mark_used() -> None:
    """Note in the cookie that the device is in use; a fresh mark stands, or every page would carry a cookie."""
    now, marked = utc_now(), rules.instant(session.get(USED_AT))
    if marked is None or not marked <= now < marked + rules.MARK_EVERY:
        session[USED_AT] = now.timestamp()


def lock() -> None:
    """ "Thoát nhanh": this device asks for the PIN before it shows anything again."""
    session.pop(USED_AT, None)


def sign_in(account_id: int, *, keep_forms: bool = False) -> None:
    """Give this browser a new token; nothing from before the sign-in survives but the language.

    `keep_forms` keeps the form token too: the same person goes on with pages that are open already.
    """
    kept = {name: session[name] for name in ("language", *([CSRF] if keep_forms else [])) if name in session}
    agent = request.headers.get("User-Agent", "")
    token = door.enter(account_id, agent, kept.get("language"), session.get("_user_id"))
    account = queries.account_of(account_id)
    session.clear()
    session.update({"language": account.language} | kept)
    session.permanent = True
    login_user(Visit(token))
    mark_used()
    g.device = queries.device_of(token)


def sign_out() -> None:
    """Forget everything this browser was told but the language."""
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language


def begin_choosing(account_id: int, proof: str) -> None:
    """A first code was right: for half an hour this browser may choose the PIN, and do nothing else."""
    session[CHOOSING] = {"account": account_id, "proof": proof, "at": utc_now().timestamp()}


def choosing() -> tuple[int, str] | None:
    """(account id, proof) of a PIN choice under way in this browser."""
    noted = session.get(CHOOSING, {})
    began = rules.instant(noted.get("at"))
    if began is None or utc_now() - began > rules.CHOOSING:
        return None
    return noted["account"], noted["proof"]
