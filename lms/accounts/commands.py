"""`lms accounts …` and `lms sessions …`: the operator's door, audited under the name "lms"."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from lms.access import CAPABILITIES, SYSTEM
from lms.access.current import act_as
from lms.accounts import operations
from lms.accounts.models import Account
from lms.db import db
from lms.people.models import LINES
from lms.people.scope import unscoped
from lms.text.phones import normalise_sign_in
from lms.units.models import Unit
from lms.web.refusals import Refusal

cli = AppGroup("accounts", help="Accounts: who may sign in, with which rights, on which card.")
sessions_cli = AppGroup("sessions", help="Signed-in devices.")

as_json = click.option("--json", "as_json", is_flag=True, help="Machine-readable answer on stdout.")


def refuse(reason: str) -> NoReturn:
    click.echo(f"lms: {reason}", err=True)
    sys.exit(1)


def by_operator(command: Callable[..., None]) -> Callable[..., None]:
    """Acts as the system; a refusal is one line on stderr and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        act_as(SYSTEM)
        try:
            command(*args, **kwargs)
        except Refusal as refusal:
            refuse(refusal.message)
        except NotFound:
            refuse("no such account or person")

    return run


@cli.command("create")
@click.option("--name", default="", help="Full name; a person's account takes the register's.")
@click.option("--person", "person_id", type=int, help="Id of a person in the register.")
@click.option("--phone", help="Phone number, in any spelling.")
@click.option("--office", help="Office and post, shown beside the name.")
@as_json
@by_operator
def create(name: str, person_id: int | None, phone: str | None, office: str | None, as_json: bool) -> None:
    """Open an account and print what its first card would say."""
    secret = operations.draw_secret()
    with db.write():
        account = operations.create_account(person_id=person_id, name=name, phone=phone, office=office)
        operations.issue_card(account.id, secret)
    say(as_json, account=account.id, name=account.name, phone=account.phone, **_card(secret))


@cli.command("grant")
@click.argument("account")
@click.argument("capability", type=click.Choice(CAPABILITIES))
@click.option("--unit", help="Key of the unit whose subtree the right covers; default: everywhere.")
@click.option("--line", type=click.Choice(LINES), help="Reporting line; default: every line.")
@as_json
@by_operator
def grant(account: str, capability: str, unit: str | None, line: str | None, as_json: bool) -> None:
    """Give ACCOUNT (id or phone number) a right."""
    with db.write():
        found, unit_id = find_account(account), _unit(unit) if unit else None
        given = operations.grant(found.id, capability, unit_id, line)
        say(as_json, account=found.id, grant=given.id, capability=capability, unit=unit, line=line)


@cli.command("card")
@click.argument("account")
@as_json
@by_operator
def card(account: str, as_json: bool) -> None:
    """A new card for ACCOUNT (id or phone number); the old card and first code stop working."""
    secret = operations.draw_secret()
    with db.write():
        found = find_account(account)
        operations.issue_card(found.id, secret)
    say(as_json, account=found.id, name=found.name, **_card(secret))


@cli.command("reset-pin")
@click.argument("account")
@as_json
@by_operator
def reset_pin(account: str, as_json: bool) -> None:
    """Take away ACCOUNT's PIN and sign out its devices; prints a new first code."""
    secret = operations.draw_secret()
    with db.write():
        found = find_account(account)
        operations.reset_pin(found.id, secret)
    say(as_json, account=found.id, name=found.name, first_code=secret.first_code)


@sessions_cli.command("revoke")
@click.option("--all", "everybody", is_flag=True, help="Everybody, everywhere.")
@click.option("--account", help="One account (id or phone number).")
@as_json
@by_operator
def revoke(everybody: bool, account: str | None, as_json: bool) -> None:
    """Sign devices out; they are refused from their next request on."""
    if everybody == bool(account):
        raise click.UsageError("say either --all or --account")
    with db.write():
        ended = operations.end_all_sessions(find_account(account).id) if account else operations.end_every_session()
    say(as_json, ended=ended)


def find_account(account: str) -> Account:
    """By id, or by a phone number that carries one account only."""
    number = None if len(account) < 9 else normalise_sign_in(account)
    if number is None and not account.isdecimal():
        refuse(f"{account!r} is neither an account's id nor a phone number")
    wanted = Account.phone == number if number else Account.id == int(account)
    statement = unscoped(select(Account).where(wanted, Account.closed_at.is_(None)), "named by the operator")
    found = db.session.scalars(statement).all()
    if len(found) > 1:
        refuse("several accounts on this number: " + ", ".join(f"{one.id} ({one.name})" for one in found))
    if not found:
        raise NotFound
    return found[0]


def _unit(key: str) -> int:
    unit_id = db.session.scalar(select(Unit.id).where(Unit.key == key))
    return unit_id if unit_id is not None else refuse(f"no unit has the key {key!r}")


def _card(secret: operations.CardSecret) -> dict[str, str]:
    base = current_app.extensions["settings"].base_url.rstrip("/")
    return {"card": f"{base}/the/{secret.token}", "first_code": secret.first_code}


def say(as_json: bool, **answer: Any) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo("\n".join(f"{name}: {value}" for name, value in answer.items() if value is not None))
