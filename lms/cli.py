"""`lms`: Flask's command line under our name."""

from __future__ import annotations

import secrets
import sys

import click
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from lms import create_app
from lms.config import UnsafeSettings
from lms.demo.commands import make_command
from lms.operate import schema


def _app() -> Flask:
    try:
        return create_app()
    except UnsafeSettings as refusal:
        click.echo(f"lms: {refusal}", err=True)
        sys.exit(1)


class Lms(FlaskGroup):
    """Says in a line what to do about a database that nobody has set up yet."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError):
            if not _behind():
                raise
            told = "the database is not set up (run: lms db upgrade), or behind this version (run: lms upgrade)"
            click.echo(f"lms: {told}", err=True)
            sys.exit(1)


def _behind() -> bool:
    with _app().app_context():
        return bool(schema.faults())


@click.group(cls=Lms, create_app=_app, add_default_commands=False, add_version_option=False)
def main() -> None:
    """Lớp học phường: courses, quizzes, certificates and training records."""


main.add_command(make_command(create_app))


@main.command("secret", with_appcontext=False)
def secret() -> None:
    """Print a new random value for LMS_SECRET_KEY."""
    click.echo(secrets.token_urlsafe(48))


if __name__ == "__main__":
    main()
