"""The shell every page stands in: layout, macros, errors, headers, logs, static files."""

from __future__ import annotations

from flask import Flask

from lms.access.current import viewer
from lms.web import (
    addresses,
    assets,
    charts,
    deny,
    errors,
    filters,
    form_words,
    gallery,
    headers,
    health,
    helplines,
    languages,
    logs,
    metrics,
    navigation,
)
from lms.web.views import bp

__all__ = ["bp", "furnish"]


def furnish(app: Flask) -> None:
    """Template helpers, security headers, error pages, logs; the gallery where nobody studies."""
    addresses.install(app)
    app.view_functions["static"] = assets.serve
    logs.install(app)
    metrics.install(app)
    headers.install(app)
    deny.install(app)
    errors.install(app)
    health.install(app)
    form_words.install()
    languages.install(app)
    app.jinja_env.filters.update(filters.FILTERS)
    app.jinja_env.globals.update(_template_globals(app))
    if app.extensions["settings"].environment in ("development", "test"):
        app.register_blueprint(gallery.bp)


def _template_globals(app: Flask) -> dict[str, object]:
    return {
        "static_url": assets.static_url,
        "viewer": viewer,
        "navigation": navigation.navigation,
        "has_page": navigation.has_page,
        "here_url": navigation.here,
        "back_url": navigation.back,
        "login_url": deny.login_url,
        "page_language": languages.select_language,
        "other_languages": languages.others,
        "help_box": helplines.box,
        "oldest_check": helplines.oldest_check,
        "line_geometry": charts.line_chart,
        "pct": filters.pct,
        "is_demo": lambda: app.extensions["settings"].environment == "demo",
    }
