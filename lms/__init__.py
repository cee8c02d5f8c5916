"""Lớp học phường. `create_app()` is the only place that knows every room."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.collecting import uncollected
from lms.config import Settings, settings_from_environment


@uncollected()
def create_app(settings: Settings | None = None) -> Flask:
    """An application bound to `settings` (default: the environment). Raises `UnsafeSettings` on unsafe ones."""
    # Here, like every room: the child that reads a spreadsheet needs none of them.
    from lms.web.heads import HeadAsGet

    settings = settings or settings_from_environment()
    settings.refuse_if_unsafe()
    app = Flask("lms", static_folder="web/static", template_folder="web/templates")
    app.config.from_mapping(_flask_config(settings))
    app.extensions["settings"] = settings
    app.wsgi_app = HeadAsGet(app.wsgi_app)  # type: ignore[method-assign]
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_for=1)  # type: ignore[method-assign]
    _bind_extensions(app)
    _furnish(app)
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    secure = settings.secure_cookies
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": settings.secret_key_fallbacks,
        "WTF_CSRF_SECRET_KEY": [*reversed(settings.secret_key_fallbacks), settings.secret_key],  # signs with the last
        "DEBUG": settings.debug,
        "TESTING": settings.environment == "test",
        "SQLALCHEMY_ENGINES": {"default": settings.database},
        "SESSION_COOKIE_NAME": "__Host-lms" if secure else "lms",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": settings.upload_max_bytes,
        "TRUSTED_HOSTS": settings.trusted_hosts,
        "BABEL_DEFAULT_LOCALE": "vi",
        "BABEL_DEFAULT_TIMEZONE": settings.time_zone,
        "BABEL_TRANSLATION_DIRECTORIES": "web/translations",
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,
    }


def _bind_extensions(app: Flask) -> None:
    from lms.audit import operations as audit
    from lms.db import db
    from lms.extensions import babel, compress, csrf, login
    from lms.jobs import queue
    from lms.storage.files import storage_of
    from lms.web.languages import select_language

    db.init_app(app)
    db.finishers[:] = [audit.seal]
    db.undoers[:] = [audit.forget_pending]
    csrf.init_app(app)
    login.init_app(app, add_context_processor=False)
    babel.init_app(app, locale_selector=select_language)
    compress.init_app(app)
    settings: Settings = app.extensions["settings"]
    app.extensions["storage"] = storage_of(settings)
    queue.init_app(app, settings)


def _furnish(app: Flask) -> None:
    """Every room's blueprint, background work and commands, bottom up."""
    from lms import rooms

    rooms.furnish(app)
