"""The public check: anybody with a paper in hand, and nobody without its whole code."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from lms.access import public
from lms.certificates.codes import show_code
from lms.certificates.forms import CodeForm
from lms.certificates.queries import checking
from lms.certificates.shared_limits import brake as shared_brake


@public
def check(code: str | None = None) -> ResponseReturnValue:
    """Without a code a small form; with one what it stands for. Typed codes lead to their own address."""
    form = CodeForm(request.args)
    if code is None and not form.ma.data:
        return _page(form, None, 200)
    brake()
    typed = code if code is not None else form.ma.data
    form.ma.data = typed
    if form.code is None:
        form.explain()
        return _page(form, None, 404)
    if code is None:
        return redirect(url_for("certificates.check", code=form.code), 303)
    found = checking.check(form.code)
    return _page(CodeForm(), found, 200 if found else 404, asked=show_code(form.code))


def brake() -> None:
    """429 for an address that asks about more codes in a minute than a person can read."""
    wait = shared_brake().wait(request.remote_addr or "")
    if wait:
        raise TooManyRequests(retry_after=wait)


def _page(form: CodeForm, found: checking.Checked | None, status: int, asked: str = "") -> ResponseReturnValue:
    return render_template("certificates/check.html", form=form, found=found, asked=asked), status
