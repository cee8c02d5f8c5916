"""My data as a file. The PIN is asked again: phones are shared, and the file holds everything at once."""

from __future__ import annotations

import io

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from lms.access import signed_in
from lms.access.current import viewer
from lms.accounts.devices import this_device
from lms.accounts.forms import Form, PinField, is_pin
from lms.accounts.views.entering import proved
from lms.audit.operations import record
from lms.db import db
from lms.operate.personal.packing import FILE_NAME, pack
from lms.operate.personal.whose import of_viewer

bp = Blueprint("personal", "lms.operate.personal", template_folder="templates")


class AskForm(Form):
    current_pin = PinField(
        _l("Mã PIN đang dùng"),
        [InputRequired(_l("Anh/Chị chưa nhập mã PIN đang dùng.")), is_pin],
        render_kw={"class": "pin", "inputmode": "numeric", "autocomplete": "current-password", "maxlength": 9},
    )


@signed_in
def mine() -> ResponseReturnValue:
    form, device = AskForm(), this_device()
    if device is not None and form.validate_on_submit() and proved(device, form.current_pin):
        return _file()
    return render_template("personal/ask.html", form=form), 422 if form.errors else 200


def _file() -> ResponseReturnValue:
    """The name of the file tells nobody's name. That it was taken is recorded first, so it stands in it."""
    whose = of_viewer(viewer())
    with db.write():
        record("data.exported", whose.subject)
    data = pack(whose)
    return send_file(io.BytesIO(data), "application/zip", as_attachment=True, download_name=f"{FILE_NAME}.zip")


bp.add_url_rule("/tai-khoan/du-lieu", "mine", mine, methods=("GET", "POST"))
