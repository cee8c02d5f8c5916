"""`lms.env` with another key in it: every other line stays as it is."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path

from dotenv import dotenv_values

from lms.durable import new_file

KEY, OLDER = "LMS_SECRET_KEY", "LMS_SECRET_KEY_FALLBACKS"
_LINE = re.compile(rf"^[ \t]*(?:export[ \t]+)?({OLDER}|{KEY})[ \t]*=.*(?:\n|$)", re.MULTILINE | re.IGNORECASE)


class CannotChange(Exception):
    """The key is not this command's to change; nothing was. The message says why and what to do."""


def checked(path: Path, key: str) -> str:
    """The text of the file at `path`, which the key in use comes from. Raises `CannotChange`."""
    set_outside = [name for name in os.environ if name.upper() in (KEY, OLDER)]
    if set_outside:
        raise CannotChange(
            f"{set_outside[0]} comes from the environment, not from {path}: change it there (docs/security.md)."
        )
    if not path.is_file():
        raise CannotChange(f"There is no {path}: LMS_INSTANCE_DIR must name the folder of the site.")
    if path.stat().st_uid != os.geteuid():
        raise CannotChange(f"Run this as the user whom {path} belongs to, which the site runs as: {path.owner()}.")
    text = path.read_text(encoding="utf-8")
    if _read(text).get(KEY) != key:
        raise CannotChange(f"{path} does not hold the key in use.")
    return text


def with_keys(text: str, key: str, older: list[str]) -> str:
    """`text` with this key and these of before, both where the key stood. Raises `CannotChange`."""
    lines = f"{KEY}={key}\n" + (f"{OLDER}={json.dumps(older)}\n" if older else "")
    found = _LINE.search(text)
    at = found.start() if found else len(text)
    made = _LINE.sub("", text[:at]) + lines + _LINE.sub("", text[at:])
    read, before = _read(made), _read(text)
    others = {name: value for name, value in before.items() if name not in (KEY, OLDER)}
    wanted = others | {KEY: key} | ({OLDER: json.dumps(older)} if older else {})
    if read != wanted:
        raise CannotChange("lms.env is written in a way that this command cannot change safely; change it by hand.")
    return made


def write(path: Path, text: str) -> None:
    """The whole file or the one of before, whatever happens; readable by its owner alone."""
    with new_file(path) as out:
        out.write(text.encode())


def _read(text: str) -> dict[str, str | None]:
    return dict(dotenv_values(stream=io.StringIO(text), interpolate=False))
