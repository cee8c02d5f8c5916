"""The shell's own pages: start, leave quickly, language, privacy, guide, health."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from lms.access import public
from lms.access.current import viewer
from lms.web import health
from lms.web.deny import safe_next
from lms.web.languages import offered
from lms.web.navigation import home_of

bp = Blueprint("web", __name__)


@bp.get("/")
@public
def start() -> ResponseReturnValue:
    return redirect(url_for(home_of(viewer())), 303)


@bp.get("/thoat-nhanh")
@public
def leave() -> Response:
    """To a neutral site, telling it nothing. Nobody is signed out, but the device asks for the PIN again."""
    address = current_app.extensions["settings"].exit_url
    return Response(status=303, headers={"Location": address, "Referrer-Policy": "no-referrer"})


@bp.post("/ngon-ngu")
@public
def language() -> ResponseReturnValue:
    chosen = request.form.get("language", "")
    if chosen not in offered():
        abort(400)
    session["language"] = chosen
    return redirect(safe_next(request.form.get("next")), 303)


@bp.get("/quyen-rieng-tu")
@public
def privacy() -> str:
    return render_template("privacy.html")


@bp.get("/huong-dan")
@public
def guide() -> str:
    return render_template("guide.html")


bp.add_url_rule("/healthz", "healthz", public(health.healthz))
bp.add_url_rule("/readyz", "readyz", public(health.readyz))
