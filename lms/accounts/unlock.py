"""Going on where a visit stopped: the PIN is asked at the same address, and what was typed goes along.

A learner's device locks after five minutes; any visit may end while somebody writes. The answer is then a 401 page
whose form posts to the same address with every field of the request that was stopped. Once the PIN is right the
request goes on to its view as if nothing had happened.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from lms.accounts import devices, door, rules, wording
from lms.accounts.door import Known, TurnedAway
from lms.accounts.queries import Device
from lms.accounts.rules import DeviceState
from lms.extensions import csrf
from lms.text.names import mask_name
from lms.text.phones import normalise_sign_in
from lms.web.deny import safe_next

PIN, PHONE, AFTER = "unlock_pin", "unlock_phone", "unlock_then"
OWN_FIELDS = (PIN, PHONE, AFTER, "csrf_token")
SECRET_FIELDS = ("pin", "new_pin", "again", "current_pin", "secret")  # never written back into a page


@dataclass(frozen=True)
class Stopped:
    """What the page needs to go on: where to, with which fields; `reason` why fields are not carried."""

    action: str
    fields: tuple[tuple[str, str], ...] = ()
    then: str = ""
    reason: str = ""


def asked_to_unlock() -> bool:
    """Pages alone ask for a PIN: a program that sends these fields to the API is no locked page."""
    return request.method == "POST" and not request.path.startswith("/api/") and PIN in request.form


def ask(device: Device, state: DeviceState, error: str = "", then: str = "") -> ResponseReturnValue:
    """The 401 page: the PIN alone for a locked device, phone and PIN where the visit is over.

    `then`: where to go afterwards, if not on with this request.
    """
    page = render_template(
        "accounts/unlock.html",
        stopped=Stopped(_here(), then=then) if then else what_was_sent(),
        locked=state == "locked",
        masked=mask_name(device.name),
        error=error,
        phone=request.form.get(PHONE, "")[:64],
    )
    return make_response(page, 401)


def from_own_page() -> bool:
    """True if the browser vouches that a page of this site sent the request.

    Only then may its fields be offered for sending again: a page of somebody else's would have its form confirmed by
    one press. A browser too old for Sec-Fetch-Site still names the origin of a POST.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")


def take_up(device: Device | None, state: DeviceState | None) -> ResponseReturnValue | None:
    """Check the PIN that came with the request. None: the visit runs and the request goes on to its view."""
    if current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()  # routing may have refused the method, and then nobody has looked at the token yet
    if device is None or state is None:
        return redirect(url_for("accounts.sign_in", next=safe_next(_open_path())), 303)
    if state != "open":
        refused = _check(device, state)
        if refused is not None:
            return refused
    then = request.form.get(AFTER)
    if then:
        return redirect(safe_next(then), 303)
    _drop_own_fields()
    return None


def _check(device: Device, state: DeviceState) -> ResponseReturnValue | None:
    pin = rules.tidy_secret(request.form[PIN][:64])
    number = normalise_sign_in(request.form.get(PHONE, "")[:64]) if state == "over" else None
    if rules.secret_kind(pin) != "pin":
        return ask(device, state, _("Mã PIN phải có đúng 6 chữ số."))
    if state == "over" and number is None:
        return ask(device, state, _("Số điện thoại này chưa đọc được. Ví dụ đúng: 0912 345 678."))
    claim = door.claim_number(number, request.remote_addr or "") if number else door.claim_device(device)
    answer = door.check(claim, pin)
    if isinstance(answer, TurnedAway):
        wrong = wording.wrong_number_or_pin() if number else wording.wrong_pin()
        return ask(device, state, wording.turned_away(answer, wrong))
    return _welcome_back(device, state, answer)


def _welcome_back(device: Device, state: DeviceState, known: Known) -> ResponseReturnValue | None:
    if state == "locked":
        devices.mark_used()
        return None
    same = known.account_id == device.account_id
    devices.sign_in(known.account_id, keep_forms=same)
    if same:
        return None
    return make_response(render_template("accounts/other_person.html"), 409)


def what_was_sent() -> Stopped:
    """This request as a form that sends it again; only the way to an open page where it cannot be carried."""
    here = _here()
    if request.method in ("GET", "HEAD"):
        return Stopped(here, then=here)
    if request.form.get(AFTER):
        return Stopped(here, then=safe_next(request.form[AFTER]))
    if any(file.filename for file in request.files.values()):
        return Stopped(here, then=_open_path(), reason="file")
    if any(name in request.form for name in SECRET_FIELDS):
        return Stopped(here, then=_open_path(), reason="secret")
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name not in OWN_FIELDS)
    return Stopped(here, fields=fields)


def _here() -> str:
    """This address with its query, as a form's action; never one that a browser could take for another site's."""
    query = request.query_string.decode("ascii", "replace")
    return safe_next(request.script_root + _quoted_path() + (f"?{query}" if query else ""))


def _quoted_path() -> str:
    return request.path if request.path.isascii() else "/"


def _open_path() -> str:
    """Where to go instead of repeating a form that cannot be carried: the same page if it opens by itself."""
    try:
        current_app.create_url_adapter(request).match(request.path, "GET")  # type: ignore[union-attr]
    except (HTTPException, RequestRedirect):
        return "/"
    return _here()


def _drop_own_fields() -> None:
    """The view sees the form as it was first sent; later pages ask for a fresh form token of their own."""
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in (PIN, PHONE, AFTER)]
    state = request._get_current_object().__dict__  # type: ignore[attr-defined]
    state["form"] = ImmutableMultiDict(kept)
    state.pop("values", None)
    session.modified = True
