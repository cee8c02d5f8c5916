"""Login cards for the people of one's own area: choose, confirm, print. What is printed is shown once."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.access import requires
from lms.access.current import viewer
from lms.accounts import card_lists, queries
from lms.accounts.card_lists import CardFilter, CardPerson
from lms.accounts.forms import CardsForm
from lms.accounts.operations import CardSecret, create_account, draw_secret, issue_card
from lms.accounts.printing import PrintedCard, printed_card
from lms.accounts.rules import CODE_LIFE
from lms.db import db, utc_now
from lms.people.models import RosterImport
from lms.people.roster.imports import see_import
from lms.text.phones import normalise_sign_in, show_phone
from lms.web.addresses import row_id
from lms.web.refusals import Refusal

MOST_AT_ONCE = 100
STATES = {"chua-vao": "no_pin", "moi": "new"}


@requires("manager", "administrator")
def cards() -> ResponseReturnValue:
    wanted, staff_list = _wanted()
    page = card_lists.people_for_cards(viewer(), wanted, request.args.get("sau", type=row_id))
    return render_template(
        "accounts/cards.html", page=page, wanted=wanted, staff_list=staff_list, most=MOST_AT_ONCE, query=_query(wanted)
    )


def _wanted() -> tuple[CardFilter, RosterImport | None]:
    """The filter in the address; 404 for a staff list that is not the viewer's to open."""
    list_id = request.values.get("danh-sach", type=row_id)
    staff_list = see_import(list_id) if list_id is not None else None
    state = STATES.get(request.values.get("chi", ""), "")
    if staff_list is None and state == "new":
        state = ""
    return CardFilter(request.values.get("tim", "")[:100], state, list_id), staff_list


def _query(wanted: CardFilter) -> dict[str, str]:
    """The filter as it stands in the address, without the page."""
    words = {state: word for word, state in STATES.items()}
    values = {"danh-sach": str(wanted.list_id or ""), "chi": words.get(wanted.state, ""), "tim": wanted.search}
    return {name: value for name, value in values.items() if value}


@requires("manager", "administrator")
def print_cards() -> ResponseReturnValue:
    """GET asks "these people?"; POST makes the cards and shows them, once."""
    people = _chosen()
    if not people:
        flash(_("Anh/Chị chưa chọn ai. Đánh dấu những người cần thẻ rồi bấm lại."), "error")
        return redirect(url_for("accounts.cards"), 303)
    form = CardsForm()
    if form.validate_on_submit():
        return show_cards(_make(people), url_for("accounts.cards"), normalise_sign_in(form.ask_phone.data or ""))
    if request.method == "GET":
        phone = own_phone()
        form.ask_phone.data = show_phone(phone) if phone else ""
    return render_template("accounts/confirm_cards.html", people=people, form=form), 422 if form.errors else 200


def _chosen() -> tuple[CardPerson, ...]:
    """Those who were ticked; or, of a whole staff list, the first who have no card yet."""
    ids = request.values.getlist("nguoi", type=row_id)
    if request.method == "GET" and request.args.get("het"):
        people = card_lists.without_card(viewer(), _wanted()[0], MOST_AT_ONCE)
        return tuple(person for person in people if not person.by_administrator)
    if len(set(ids)) > MOST_AT_ONCE:
        raise Refusal(_("Mỗi lần in nhiều nhất %(n)s thẻ. Anh/Chị chọn ít người hơn rồi in tiếp.", n=MOST_AT_ONCE))
    return tuple(person for person in card_lists.chosen_for_cards(viewer(), ids) if not person.by_administrator)


def show_cards(cards: list[PrintedCard], back: str, ask: str | None = None) -> str:
    """The page with the secrets, to be printed at once: nothing on it can be asked for again."""
    return render_template(
        "accounts/printed.html",
        cards=cards,
        back=back,
        ask=show_phone(ask) if ask else "",
        until=utc_now() + CODE_LIFE,
        address=current_app.extensions["settings"].base_url,
    )


def _make(people: tuple[CardPerson, ...]) -> list[PrintedCard]:
    secrets = [draw_secret() for _person in people]
    with db.write():
        for person, secret in zip(people, secrets, strict=True):
            _issue(person, secret)
    base = current_app.extensions["settings"].base_url
    return [printed_card(one.name, one.posts, secret, base) for one, secret in zip(people, secrets, strict=True)]


def _issue(person: CardPerson, secret: CardSecret) -> None:
    """The form says which card each had when it was drawn: sent again, it finds another, and all is refused."""
    account_id = person.account_id or create_account(person_id=person.person_id).id
    issue_card(account_id, secret, request.form.get(f"seen-{person.person_id}", ""))


def own_phone() -> str | None:
    """Whom the holder of a card may call: the one who made it."""
    account_id = viewer().account_id
    return queries.account_of(account_id).phone if account_id is not None else None
