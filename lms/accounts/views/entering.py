"""Coming in and going out: phone and PIN, the card, the first PIN."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from lms.access import Viewer, public
from lms.access.current import act_as, viewer
from lms.accounts import devices, door, queries, unlock, wording
from lms.accounts.door import Known, TurnedAway
from lms.accounts.forms import CardForm, ChangePinForm, NewPinForm, SignInForm
from lms.accounts.operations import ReadyPin, choose_first_pin, visits
from lms.accounts.operations import choose_pin as change_pin
from lms.accounts.queries import Device
from lms.db import db
from lms.text.names import mask_name
from lms.web.deny import safe_next


@public
def sign_in() -> ResponseReturnValue:
    """Phone and PIN on one page. Somebody signed in already goes on; a locked device asks for its PIN alone."""
    form = SignInForm()
    if request.method == "GET":
        form.phone.data = request.args.get("dien-thoai", "")[:64]
        return _known_device() or _sign_in_page(form, 200)
    if not form.validate_on_submit():
        return _sign_in_page(form, 422)
    answer = door.check(door.claim_number(form.number, request.remote_addr or ""), form.pin.data or "")
    if isinstance(answer, Known):
        return _welcome(answer)
    return _sign_in_page(form, _say(form.pin, answer, wording.wrong_number_or_pin()))


@public
def card(token: str) -> ResponseReturnValue:
    """The page behind a card's QR: the card stands for the phone number, never for the PIN."""
    holder = queries.holder_of_card(token)
    if holder is None:
        return render_template("accounts/dead_card.html"), 404
    form, status = CardForm(), 200
    if not holder.has_pin:
        form.secret.label.text = _("Mã lần đầu")
    if form.validate_on_submit():
        answer = door.check(door.claim_card(token, holder), form.secret.data or "")
        if isinstance(answer, Known):
            return _welcome(answer)
        status = _say(form.secret, answer, wording.wrong_card_secret())
    elif form.errors:
        status = 422
    page = render_template("accounts/card.html", form=form, masked=mask_name(holder.name), has_pin=holder.has_pin)
    return page, status


@public
def choose_pin() -> ResponseReturnValue:
    """Choose a PIN with a first code just given, or change one's own."""
    under_way = devices.choosing()
    if under_way is not None:
        return _choose_first(*under_way)
    device = devices.this_device()
    if not viewer().signed_in or device is None:
        return redirect(url_for("accounts.sign_in", next=url_for("accounts.choose_pin")), 303)
    return _change(device)


@public
def sign_out() -> ResponseReturnValue:
    """Public, because a locked device must be able to leave without its PIN."""
    device = devices.this_device()
    token = session.get("_user_id")
    if device is not None and token:
        with db.write():
            visits.end_token(token)
    devices.sign_out()
    flash(_("Anh/Chị đã đăng xuất khỏi máy này."))
    return redirect(url_for("accounts.sign_in"), 303)


def _known_device() -> ResponseReturnValue | None:
    """The way on for a browser that is signed in, unless somebody else asks to sign in on it."""
    device = devices.this_device()
    if viewer().signed_in:
        return redirect(_next(), 303)
    if device is not None and devices.state_of(device) == "locked" and "khac" not in request.args:
        return unlock.ask(device, "locked", then=_next())
    return None


def _say(field: Field, answer: TurnedAway, wrong: str) -> int:
    """Put the sentence on the field; returns the status: 401 looked at and wrong, 429 not looked at."""
    field.errors = [wording.turned_away(answer, wrong)]
    return 401 if answer.checked else 429


def _welcome(known: Known) -> ResponseReturnValue:
    if known.proof is not None:
        devices.begin_choosing(known.account_id, known.proof)
        return redirect(url_for("accounts.choose_pin", next=request.args.get("next")), 303)
    devices.sign_in(known.account_id)
    return redirect(_next(), 303)


def _next() -> str:
    return safe_next(request.args.get("next"))


def _sign_in_page(form: SignInForm, status: int) -> ResponseReturnValue:
    demo = current_app.extensions.get("demo_accounts", ())
    page = render_template(
        "accounts/sign_in.html",
        form=form,
        demo=demo,
        next=request.args.get("next"),
        capability_names=wording.CAPABILITY_NAMES,
    )
    return page, status


def _choose_first(account_id: int, proof: str) -> ResponseReturnValue:
    form = NewPinForm()
    if form.validate_on_submit():
        phone = queries.account_of(account_id).phone
        ready = _ready(account_id, form, phone)
        if ready is not None:
            act_as(Viewer(account_id=account_id))
            with db.write():
                choose_first_pin(account_id, proof, ready)
            devices.sign_in(account_id)
            flash(_("Đã đặt mã PIN. Lần sau Anh/Chị vào bằng mã này."))
            return redirect(_next(), 303)
    return render_template("accounts/choose_pin.html", form=form, first=True), 422 if form.errors else 200


def _change(device: Device) -> ResponseReturnValue:
    form = ChangePinForm()
    if form.validate_on_submit() and proved(device, form.current_pin):
        phone = queries.account_of(device.account_id).phone
        ready = _ready(device.account_id, form, phone)
        if ready is not None:
            with db.write():
                change_pin(device.account_id, ready, keep_session=device.session_id)
            flash(_("Đã đổi mã PIN. Các máy khác của Anh/Chị đã được đăng xuất."))
            return redirect(url_for("accounts.me"), 303)
    return render_template("accounts/choose_pin.html", form=form, first=False), 422 if form.errors else 200


def proved(device: Device, field: Field) -> bool:
    """The PIN in `field` is the one of this device's account; the sentence is on the field if not."""
    answer = door.check(door.claim_device(device), field.data)
    if isinstance(answer, TurnedAway):
        _say(field, answer, wording.wrong_pin())
    return isinstance(answer, Known)


def _ready(account_id: int, form: NewPinForm, phone: str | None) -> ReadyPin | None:
    answer = door.ready_pin(account_id, form.new_pin.data or "", phone)
    if isinstance(answer, ReadyPin):
        return answer
    form.new_pin.errors = [wording.not_ready(answer)]
    return None
