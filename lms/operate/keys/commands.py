"""`lms keys …`"""

from __future__ import annotations

import json
import sys

import click
from flask.cli import AppGroup

from lms.access import SYSTEM
from lms.access.current import act_as
from lms.operate.keys.env_file import CannotChange
from lms.operate.keys.rotating import Rotated, rotate

keys_cli = AppGroup("keys", help="The key that the site signs with.")


@keys_cli.command("rotate")
@click.option(
    "--breach", is_flag=True, help="Somebody may know the key: believe it no more, end all sign-ins and tokens."
)
@click.option("--json", "as_json", is_flag=True)
def rotate_command(breach: bool, as_json: bool) -> None:
    """Write a new LMS_SECRET_KEY into lms.env; the one of before goes to LMS_SECRET_KEY_FALLBACKS.

    Nobody is signed out, and what is signed (checkpoints, course packages) still verifies. The site must be started
    anew, on every machine of it.
    """
    act_as(SYSTEM)
    try:
        done = rotate(breach=breach)
    except CannotChange as refusal:
        _refuse(str(refusal))
    except OSError as error:
        _refuse(f"{error.filename or 'a file'} cannot be written ({error.strerror}). The key is as it was.")
    else:
        click.echo(_json(done) if as_json else _words(done, breach))


def _json(done: Rotated) -> str:
    told = {"file": str(done.file), "last": str(done.last), "first": done.first and str(done.first)}
    return json.dumps(told | {"older": done.older, "ended": done.ended, "revoked": done.revoked})


def _words(done: Rotated, breach: bool) -> str:
    before = (
        f"Nothing that the key of before signed is believed any more; {done.ended} sign-ins and {done.revoked} tokens "
        f"were ended.\nIts last checkpoint verifies with that key alone: {done.last}"
        if breach
        else f"What {done.older} keys of before signed is still believed. Last checkpoint of the old one: {done.last}"
    )
    return (
        f"A new LMS_SECRET_KEY is in {done.file}.\n{before}\n"
        f"The first checkpoint of the new key: {done.first or 'make it after the restart (lms audit checkpoint)'}\n"
        "Now start the site anew (systemctl restart lms lms-worker): until then it signs with the key of before. "
        "Other machines of the site need the same lines in their lms.env, and a copy of the key is kept elsewhere."
    )


def _refuse(reason: str) -> None:
    click.echo(f"lms: {reason}", err=True)
    sys.exit(1)
