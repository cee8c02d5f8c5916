"""The office's screens: accounts, their rights, cards and PINs at the desk."""

from __future__ import annotations

from typing import TypeVar

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.access import CAPABILITIES, requires
from lms.access.current import viewer
from lms.accounts import lists, operations
from lms.accounts.forms import AccountPhoneForm, GrantForm, NewAccountForm
from lms.accounts.numbers import offer_for
from lms.accounts.operations import rights
from lms.accounts.printing import printed_card
from lms.accounts.rules import CODE_LIFE
from lms.accounts.views.cards import own_phone, show_cards
from lms.accounts.wording import CAPABILITY_NAMES, LINE_NAMES
from lms.db import db, utc_now
from lms.text.phones import show_phone
from lms.web.refusals import Refusal

AnyGrantForm = TypeVar("AnyGrantForm", bound=GrantForm)


@requires("manager", "administrator")
def accounts() -> ResponseReturnValue:
    """Administrators: accounts of the office, learners by search. Managers: the people they give cards to."""
    if not viewer().can("administrator"):
        return redirect(url_for("accounts.cards"), 303)
    search, closed = request.args.get("tim", "")[:100], request.args.get("chi") == "dong"
    accounts = lists.accounts_of_office(viewer(), search, closed)
    return render_template(
        "accounts/accounts.html",
        found=accounts.found,
        more=accounts.more,
        search=search,
        closed=closed,
        capability_names=CAPABILITY_NAMES,
    )


@requires("administrator")
def new_account() -> ResponseReturnValue:
    form = _with_choices(NewAccountForm())
    if form.validate_on_submit():
        with db.write():
            made = operations.create_account(
                name=form.name.data or "", office=form.office.data, phone=form.phone.data or None
            ).id
            operations.grant(made, form.capability.data, *_area(form))
        flash(_("Đã tạo tài khoản. Bây giờ Anh/Chị in thẻ để người này vào lần đầu."))
        return redirect(_url(made), 303)
    return render_template("accounts/new_account.html", form=form), 422 if form.errors else 200


@requires("manager", "administrator")
def account(account_id: int) -> ResponseReturnValue:
    who = viewer()
    found = lists.account_for(who, account_id)
    phone_form = AccountPhoneForm(phone=show_phone(found.phone) if found.phone else "")
    return render_template(
        "accounts/account.html",
        account=found,
        rights=lists.rights_of(who, account_id),
        administers=rights.administers(who, found),
        grant_form=_with_choices(GrantForm()) if who.can("administrator") else None,
        phone_form=phone_form,
        card_seen=operations.card_mark(found.card_hash),
        code_seen=operations.code_mark(found),
        others_on_number=lists.others_on_number(found),
        capability_names=CAPABILITY_NAMES,
        line_names=LINE_NAMES,
    )


@requires("administrator")
def give(account_id: int) -> ResponseReturnValue:
    form = _with_choices(GrantForm())
    if not form.validate_on_submit():
        raise Refusal(_("Chưa rõ quyền hoặc địa bàn. Anh/Chị chọn lại."), 422)
    with db.write():
        rights.require_administered_account(account_id)
        operations.grant(account_id, form.capability.data, *_area(form))
    flash(_("Đã giao quyền.") if _is_own(account_id) else _("Đã giao quyền. Người này phải đăng nhập lại."))
    return _back(account_id)


@requires("administrator")
def take_back(grant_id: int) -> ResponseReturnValue:
    with db.write():
        account_id = operations.revoke_grant(grant_id)
    flash(_("Đã thu hồi quyền.") if _is_own(account_id) else _("Đã thu hồi quyền. Người này phải đăng nhập lại."))
    return _back(account_id)


@requires("manager", "administrator")
def new_card(account_id: int) -> ResponseReturnValue:
    """The card is shown once, on the answer to this POST; the same form sent again makes nothing."""
    secret = operations.draw_secret()
    with db.write():
        found = rights.require_served_account(account_id)
        operations.issue_card(account_id, secret, request.form.get("seen", ""))
    base = current_app.extensions["settings"].base_url
    made = printed_card(found.name, found.office or "", secret, base)
    return show_cards([made], _url(account_id), own_phone())


@requires("manager", "administrator")
def reset(account_id: int) -> ResponseReturnValue:
    secret = operations.draw_secret()
    with db.write():
        found = rights.require_served_account(account_id)
        operations.reset_pin(account_id, secret, request.form.get("seen", ""))
    return render_template("accounts/reset.html", account=found, code=secret.shown_code, until=utc_now() + CODE_LIFE)


@requires("manager", "administrator")
def move(account_id: int) -> ResponseReturnValue:
    form = AccountPhoneForm()
    if not form.validate_on_submit():
        raise Refusal(" ".join(str(error) for error in form.phone.errors), 422)
    with db.write():
        lost_pin = operations.change_phone(account_id, form.phone.data or None)
    return _moved(account_id, lost_pin)


@requires("manager", "administrator")
def follow_number(person_id: int) -> ResponseReturnValue:
    """After a person's number was corrected in the register: GET offers to sign in by it from now on, POST does."""
    offer = offer_for(person_id)
    if offer is None:
        registered = url_for("people.person", person_id=person_id)
        return redirect(registered if viewer().can("manager") else url_for("accounts.cards"), 303)
    if request.method == "GET":
        return render_template("accounts/follow_number.html", offer=offer)
    with db.write():
        lost_pin = operations.change_phone(offer.account_id, offer.new)
    return _moved(offer.account_id, lost_pin)


def _moved(account_id: int, lost_pin: bool) -> ResponseReturnValue:
    if lost_pin:
        flash(_("Đã đổi số. Số này có người khác cùng dùng nên mã PIN cũ hết hiệu lực: hãy in thẻ mới."))
    else:
        flash(_("Đã đổi số điện thoại."))
    return _back(account_id)


@requires("administrator")
def sign_out_all(account_id: int) -> ResponseReturnValue:
    with db.write():
        ended = operations.end_all_sessions(account_id)
    flash(_("Đã đăng xuất %(n)s máy.", n=ended))
    return _back(account_id)


@requires("administrator")
def close(account_id: int) -> ResponseReturnValue:
    with db.write():
        operations.close_account(account_id)
    flash(_("Đã đóng tài khoản."))
    return _back(account_id)


@requires("administrator")
def reopen(account_id: int) -> ResponseReturnValue:
    with db.write():
        operations.reopen_account(account_id)
    flash(_("Đã mở lại tài khoản. Mã PIN, thẻ và quyền cũ không còn: Anh/Chị giao quyền rồi in thẻ mới."))
    return _back(account_id)


def _is_own(account_id: int) -> bool:
    """Administrators stay signed in when they change their own rights."""
    return viewer().account_id == account_id


def _area(form: GrantForm) -> tuple[int | None, str | None]:
    return int(form.unit.data) if form.unit.data else None, form.line.data or None


def _with_choices(form: AnyGrantForm) -> AnyGrantForm:
    everywhere = any(grant.unit_id is None for grant in viewer().grants_for("administrator"))
    form.capability.choices = [(code, CAPABILITY_NAMES[code]) for code in CAPABILITIES if code != "learner"]
    form.unit.choices = [
        *([("", _("Mọi nơi"))] if everywhere else []),
        *((str(unit_id), name) for unit_id, name in lists.units_to_give(viewer())),
    ]
    form.line.choices = [("", _("Mọi ngành")), *LINE_NAMES.items()]
    return form


def _url(account_id: int) -> str:
    return url_for("accounts.account", account_id=account_id)


def _back(account_id: int) -> ResponseReturnValue:
    return redirect(_url(account_id), 303)
