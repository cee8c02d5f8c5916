"""The viewer of this request, put there by `lms.accounts.guard`; NOBODY until somebody signs in."""

from __future__ import annotations

from flask import g, has_app_context

from lms.access.viewer import NOBODY, Viewer


def viewer() -> Viewer:
    return getattr(g, "viewer", NOBODY) if has_app_context() else NOBODY


def act_as(new: Viewer) -> None:
    """Set who acts from here on: the guard for a request, commands and tasks for the system."""
    g.viewer = new
