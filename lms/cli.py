"""`lms`: Flask's command line under our name."""

from __future__ import annotations

import secrets
import sys

import click
from flask.cli import FlaskGroup

from lms import create_app
from lms.config import UnsafeSettings
from lms.demo.commands import make_command


def _app() -> object:
    try:
        return create_app()
    except UnsafeSettings as refusal:
        click.echo(f"lms: {refusal}", err=True)
        sys.exit(1)


@click.group(cls=FlaskGroup, create_app=_app, add_default_commands=False, add_version_option=False)
def main() -> None:
    """Lớp học phường: courses, quizzes, certificates and training records."""


main.add_command(make_command(create_app))


@main.command("secret", with_appcontext=False)
def secret() -> None:
    """Print a new random value for LMS_SECRET_KEY."""
    click.echo(secrets.token_urlsafe(48))


if __name__ == "__main__":
    main()
