"""Security headers on every answer, errors included (safety.md §5, S5, S48)."""

from __future__ import annotations

from typing import TypeVar

from flask import Flask, Response, current_app, request

_COMMON = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "media-src": "'self'",
    "manifest-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'none'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), autoplay=(), camera=(), geolocation=(), gyroscope=(), microphone=(), "
    "payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}

HSTS = "max-age=31536000"

View = TypeVar("View")
_MARK = "lms_content_policy"


def content_policy(**changes: str) -> str:
    """The Content-Security-Policy of an ordinary page, with named directives (frame_src="'self'") changed."""
    changed = {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in (_COMMON | changed).items())


ORDINARY = content_policy()
HOLDS_FRAME = content_policy(frame_src="'self'")
IN_FRAME = content_policy(frame_ancestors="'self'")


def holds_frame(view: View) -> View:
    """Marks the editor's page, the only one that may show one of our pages in a frame."""
    return _mark(view, HOLDS_FRAME)


def in_frame(view: View) -> View:
    """Marks the preview that the editor's page frames."""
    return _mark(view, IN_FRAME)


def _mark(view: View, policy: str) -> View:
    setattr(view, _MARK, policy)
    return view


def protect(response: Response) -> Response:
    """An `after_request` function: the same headers whatever the view did or failed to do."""
    response.headers["Content-Security-Policy"] = _policy_of_request()
    response.headers.setdefault("Referrer-Policy", "same-origin")
    for name, value in FIXED.items():
        response.headers[name] = value
    if current_app.extensions["settings"].secure_cookies:
        response.headers["Strict-Transport-Security"] = HSTS
    _forbid_shared_copies(response)
    return response


def _policy_of_request() -> str:
    view = current_app.view_functions.get(request.endpoint or "")
    return str(getattr(view, _MARK, ORDINARY))


def _forbid_shared_copies(response: Response) -> None:
    """Only static files may be kept by others. A view may let this one browser keep its answer ("private, …")."""
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        return
    if not response.cache_control.private or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"


def install(app: Flask) -> None:
    app.after_request(protect)
