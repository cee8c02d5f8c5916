"""Before every request: who asks, and may they? Deny by default.

The guard sets the viewer, enforces the right that each view declares, and stops requests of visits that are locked or
over without losing what they carried.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from flask import Flask, current_app, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import Forbidden, Unauthorized

from lms.access import NOBODY, Policy, Viewer, policy_of
from lms.access.current import act_as, viewer
from lms.accounts import bearer, devices, queries, rules, unlock
from lms.accounts.operations import visits
from lms.accounts.queries import Device
from lms.accounts.rules import DeviceState
from lms.db import db, utc_now
from lms.extensions import login
from lms.web.deny import login_url
from lms.web.errors import show_http_error
from lms.web.navigation import here

log = structlog.get_logger("lms.accounts")


def furnish(app: Flask) -> None:
    """Bind Flask-Login and the guard. Must come after CSRF's own check and before any room's `before_request`."""
    app.config["PERMANENT_SESSION_LIFETIME"] = rules.LEARNER_VISIT + timedelta(days=1)
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False  # pages renew it by `mark_used`; static files need no cookie
    login.session_protection = None  # a phone changes its address many times a day
    login.user_loader(devices.load_visit)
    app.before_request(guard)
    app.register_error_handler(CSRFError, show_stale_form)


def show_stale_form(error: CSRFError) -> ResponseReturnValue:
    """A form token that is too old or of an earlier visit. It is judged before the guard looks who asks."""
    device, state = _who()
    act_as(queries.viewer_of(device) if device is not None and state == "open" else NOBODY)
    if request.method != "POST" or _wants_data() or not unlock.from_own_page():
        return show_http_error(error)
    return make_response(render_template("accounts/send_again.html", stopped=unlock.what_was_sent()), 400)


def guard() -> ResponseReturnValue | None:
    act_as(NOBODY)
    if request.endpoint == "static":
        return None
    if bearer.presented():
        return _admit_program()
    device, state = _who()
    if unlock.asked_to_unlock():
        answer = unlock.take_up(device, state)
        if answer is not None:
            return answer
        device, state = devices.this_device(), "open"
    if device is not None and state == "open":
        _admit(device)
    if request.endpoint == "web.leave":
        devices.lock()  # "Thoát nhanh": the browser's back button must lead to the PIN, not to the page that was left
    if request.endpoint is None:
        return None
    return _enforce(policy_of(current_app.view_functions[request.endpoint]), device, state)


def _admit_program() -> ResponseReturnValue | None:
    """A token speaks for itself: no cookie is read, so that none can lend it rights, and none is written."""
    g.device = None
    program = bearer.identify()
    act_as(queries.viewer_of(program))
    if request.endpoint is None:
        return None
    policy = policy_of(current_app.view_functions[request.endpoint])
    if policy is not None:
        bearer.require_scope(program, policy)
    return _enforce(policy, None, None)


def _who() -> tuple[Device | None, DeviceState | None]:
    """The device behind the cookie, also of a visit that is over: its owner may go on where they stopped."""
    g.device = None
    g.pop("_login_user", None)  # an application context may outlive a request (tests, the shell)
    _ = current_user.is_authenticated
    device = devices.this_device()
    return device, devices.state_of(device)


def _admit(device: Device) -> None:
    act_as(queries.viewer_of(device))
    devices.mark_used()
    now = utc_now()
    if now - device.last_seen < rules.SEEN_EVERY:
        return
    try:
        with db.write():
            visits.mark_seen(device.session_id, now)
    except OperationalError as error:
        # The stamp is for the list of devices. A full or busy disk must not close pages that only read.
        log.warning("last_seen not written", error=type(error).__name__)


def _enforce(policy: Policy | None, device: Device | None, state: DeviceState | None) -> ResponseReturnValue | None:
    if policy is None:
        raise Forbidden
    if policy.public:
        return None
    if not viewer().signed_in:
        if policy.late and device is not None and device.closed:
            act_as(Viewer(account_id=device.account_id))
            return None
        return _ask_who(device, state)
    if policy.capabilities and not viewer().can(*policy.capabilities):
        raise Forbidden
    return None


def _ask_who(device: Device | None, state: DeviceState | None) -> ResponseReturnValue:
    if request.path.startswith(bearer.UNDER):
        raise Unauthorized(www_authenticate=bearer.challenge())
    if _wants_data():
        raise Unauthorized
    if device is not None and state is not None:
        return unlock.ask(device, state)
    return redirect(login_url(here()), 303)


def _wants_data() -> bool:
    """Scripts get a status, not a page: the API's routes, and pages' own requests that ask for JSON."""
    accepted = request.accept_mimetypes
    return (
        request.path.startswith("/api/") or accepted.best_match(["text/html", "application/json"]) == "application/json"
    )
