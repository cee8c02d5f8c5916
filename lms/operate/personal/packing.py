"""The file that a person gets: everything as JSON for programs, the same as one page to read."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import gettext as _

from lms.db import utc_now
from lms.operate.backup.making import snapshot
from lms.operate.personal import trail
from lms.operate.personal.collecting import Row, everything
from lms.operate.personal.tables import TOLD, UNTOLD
from lms.operate.personal.whose import Whose
from lms.operate.personal.words import COLUMNS, VALUES

FORMAT = "lms-personal-data/1"
FILE_NAME = "du-lieu-cua-toi"
NOTICE = "privacy.html"
CONSENT = "none is asked for: nothing here depends on a consent, so none is stored"


class Section(NamedTuple):
    """For the page: the columns that have a word, and the rows as text."""

    title: Any
    columns: list[Any]
    rows: list[list[str]]


def pack(whose: Whose) -> bytes:
    """A ZIP with `du-lieu-cua-toi.json` and `.html`, all of one moment."""
    told = collect(whose)
    page = current_app.jinja_env.get_template("personal/data.html").render(
        sections=sections(told), made_at=told["made_at"]
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(f"{FILE_NAME}.json", json.dumps(told, ensure_ascii=False, indent=1))
        out.writestr(f"{FILE_NAME}.html", page)
    return file.getvalue()


def collect(whose: Whose) -> dict[str, Any]:
    with snapshot():
        return {
            "format": FORMAT,
            "made_at": utc_now().isoformat(),
            "privacy_notice": {"version": notice_version(), "address": "/quyen-rieng-tu", "consent": CONSENT},
            "tables": everything(whose),
            "done_to_my_data": trail.about(whose),
            "done_by_me": trail.done_by(whose),
            "not_in_this_file": _left_out(),
        }


def notice_version() -> str:
    """Of the page "Quyền riêng tư" as it stands now: another text has another version."""
    loader = current_app.jinja_env.loader
    assert loader is not None
    source, _path, _fresh = loader.get_source(current_app.jinja_env, NOTICE)
    return hashlib.sha256(source.encode()).hexdigest()[:12]


def sections(told: dict[str, Any]) -> list[Section]:
    found = [_section(TOLD[name].title, rows) for name, rows in told["tables"].items() if rows]
    found.append(_section(_("Ai đã làm gì với dữ liệu của Anh/Chị"), told["done_to_my_data"]))
    return [*found, _section(_("Việc Anh/Chị đã làm trên hệ thống"), told["done_by_me"])]


def _section(title: Any, rows: list[Row]) -> Section:
    shown = [name for name in (rows[0] if rows else ()) if name in COLUMNS]
    return Section(title, [COLUMNS[name] for name in shown], [[_text(row[name]) for name in shown] for row in rows])


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(VALUES.get(str(value), value))


def _left_out() -> dict[str, str]:
    columns = {f"{name}.{column}": why for name, told in TOLD.items() for column, why in told.without.items()}
    return UNTOLD | columns
