"""`lms demo`: one command from nothing to a site with a story."""

from __future__ import annotations

from collections.abc import Callable

import click
from flask import Flask

from lms.config import Settings
from lms.demo.settings import demo_settings

STAFF = 900


def make_command(create_app: Callable[[Settings], Flask]) -> click.Command:
    """`lms demo`. The application is made here, on settings of its own, by the one who knows every room."""

    @click.command("demo")
    @click.option("--port", default=8000, show_default=True)
    @click.option("--staff", default=STAFF, show_default=True, help="About how many invented people.")
    @click.option("--no-serve", is_flag=True, help="Only make the database.")
    @click.option("--json", "as_json", is_flag=True, help="List the demo accounts as JSON on stdout.")
    def demo(port: int, staff: int, no_serve: bool, as_json: bool) -> None:
        """Serve the site with invented people; the first run makes them, later runs keep the data."""
        app = create_app(demo_settings(port))
        from lms.demo import starting  # here: no other command waits until all that a demo needs is loaded
        from lms.operate.serving import run_server

        with app.app_context():
            found = starting.start(staff)
        click.echo(starting.as_json(found) if as_json else starting.listing(found, port))
        if not no_serve:
            run_server("127.0.0.1", port, workers=1, with_worker=True)

    return demo
