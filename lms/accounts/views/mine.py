"""My account: my number, my PIN, my devices."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from lms.access import signed_in
from lms.accounts import devices, door, queries, wording
from lms.accounts.door import TurnedAway
from lms.accounts.forms import PhoneForm
from lms.accounts.operations import ReadyPin, change_own_phone, end_all_sessions, end_session
from lms.accounts.operations.register import full_number_text
from lms.accounts.queries import Device
from lms.accounts.views.entering import proved
from lms.db import db


@signed_in
def me() -> ResponseReturnValue:
    device = _device()
    return render_template(
        "accounts/me.html",
        account=queries.account_of(device.account_id),
        device=device,
        visits=queries.devices_of(device.account_id, device.staff),
    )


@signed_in
def still_here() -> ResponseReturnValue:
    """Somebody is reading: like every page asked for, this puts off the moment when the device locks."""
    return "", 204


@signed_in
def my_phone() -> ResponseReturnValue:
    """A new number for the same account; the PIN proves who asks, and must differ from others' on that number."""
    device, form = _device(), PhoneForm()
    if form.validate_on_submit() and proved(device, form.current_pin):
        number, pin = form.number, form.current_pin.data or ""
        ready = door.ready_pin(device.account_id, pin, number)
        if isinstance(ready, ReadyPin):
            with db.write():
                change_own_phone(device.account_id, number, ready, keep_session=device.session_id)
            flash(_("Đã đổi số điện thoại. Lần sau Anh/Chị vào bằng số mới."))
            return redirect(url_for("accounts.me"), 303)
        form.phone.errors = [wording.not_ready(ready) if isinstance(ready, TurnedAway) else full_number_text()]
    return render_template("accounts/my_phone.html", form=form), 422 if form.errors else 200


@signed_in
def end_device(session_id: int) -> ResponseReturnValue:
    with db.write():
        if not end_session(session_id):
            raise NotFound
    flash(_("Đã đăng xuất máy đó."))
    return redirect(url_for("accounts.me"), 303)


@signed_in
def end_everywhere() -> ResponseReturnValue:
    with db.write():
        end_all_sessions(_device().account_id)
    devices.sign_out()
    flash(_("Đã đăng xuất khỏi mọi máy, kể cả máy này."))
    return redirect(url_for("accounts.sign_in"), 303)


def _device() -> Device:
    device = devices.this_device()
    if device is None:
        raise NotFound
    return device
