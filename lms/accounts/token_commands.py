"""`lms accounts token …`: keys for programs. The operator makes them; each is printed once and kept as a hash."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from lms.access import SCOPES
from lms.accounts import operations
from lms.accounts.commands import as_json, by_operator, find_account, refuse, say
from lms.accounts.models import ApiToken
from lms.accounts.operations.tokens import LONGEST_LIFE, LONGEST_NAME, SHOWN
from lms.db import db

token_cli = AppGroup("token", help="Bearer tokens, with which programs use the API.")

USUAL_DAYS = 90


@token_cli.command("create")
@click.argument("account")
@click.option("--name", required=True, help="What it is for, e.g. the program and its place.")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES), help="May be repeated.")
@click.option(
    "--days", type=click.IntRange(1, LONGEST_LIFE.days), default=USUAL_DAYS, show_default=True, help="Good for so long."
)
@as_json
@by_operator
def create(account: str, name: str, scopes: tuple[str, ...], days: int, as_json: bool) -> None:
    """Make a token that acts as ACCOUNT (id or phone number) within the scopes. It is shown this once."""
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise click.UsageError(f"--name takes 1 to {LONGEST_NAME} characters")
    with db.write():
        made = operations.create_token(find_account(account).id, name, scopes, timedelta(days=days))
    say(as_json, token=made.text, **_described(made.row))


@token_cli.command("list")
@click.option("--account", help="Of one account (id or phone number) alone.")
@as_json
@by_operator
def list_tokens(account: str | None, as_json: bool) -> None:
    """Tokens by age, those that are over too: how each begins, what it is for, when it was last used."""
    wanted = select(ApiToken).order_by(ApiToken.id)
    if account:
        wanted = wanted.where(ApiToken.account_id == find_account(account).id)
    found = [_described(token) for token in db.session.scalars(wanted)]
    if as_json:
        say(True, tokens=found)
        return
    for one in found:
        click.echo("  ".join(f"{name}={value}" for name, value in one.items() if value is not None))


@token_cli.command("revoke")
@click.argument("token", required=False)
@click.option("--account", help="Every token of this account (id or phone number).")
@click.option("--all", "every", is_flag=True, help="Every token there is.")
@as_json
@by_operator
def revoke(token: str | None, account: str | None, every: bool, as_json: bool) -> None:
    """Revoke TOKEN (its id, or how it begins); it is refused from the next request on."""
    if [bool(token), bool(account), every].count(True) != 1:
        raise click.UsageError("say one of TOKEN, --account and --all")
    with db.write():
        if token:
            answer = _described(operations.revoke_token(_id_of(token)))
        else:
            many = operations.revoke_tokens_of(find_account(account).id) if account else operations.revoke_every_token()
            answer = {"revoked": many}
    say(as_json, **answer)


def _id_of(token: str) -> int:
    """By id or prefix; a whole token that was pasted is taken by its beginning."""
    wanted = ApiToken.id == int(token[:18]) if token.isdecimal() else ApiToken.prefix == token[:SHOWN]
    found = db.session.scalars(select(ApiToken.id).where(wanted)).all()
    return found[0] if len(found) == 1 else refuse(f"{len(found)} tokens begin so; say the id")


def _described(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "prefix": token.prefix,
        "name": token.name,
        "account": token.account_id,
        "scopes": token.scopes,
        "created_at": token.created_at.isoformat(timespec="seconds"),
        "expires_at": token.expires_at.isoformat(timespec="seconds"),
        "last_used_at": token.last_used_at and token.last_used_at.isoformat(timespec="seconds"),
        "revoked_at": token.revoked_at and token.revoked_at.isoformat(timespec="seconds"),
    }
