"""A signed checkpoint: where the chain ended at a moment, kept outside the database (docs/decisions/0007)."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lms.audit.rules import canonical
from lms.durable import new_file
from lms.keys import key_for

FORMAT = "lms-audit-checkpoint/1"
LONGEST = 10_000
KEYS = {"format", "seq", "hash", "at", "counts", "key", "signature"}


class BadCheckpoint(ValueError):
    """A file that is no checkpoint of ours, or no longer what was signed; the message says which."""


@dataclass(frozen=True)
class Checkpoint:
    """`at`: ISO 8601 in UTC. `counts`: rows of the tables whose rows are never removed."""

    seq: int
    hash: str
    at: str
    counts: dict[str, int]


def sign(point: Checkpoint, secret: str) -> bytes:
    """The file of a checkpoint: JSON that a person can read, print and compare by eye."""
    body = {"format": FORMAT, **asdict(point), "key": _key_name(secret)}
    return json.dumps({**body, "signature": _signature(body, secret)}, indent=1, sort_keys=True).encode() + b"\n"


def read(data: bytes, *secrets: str) -> Checkpoint:
    """The checkpoint in a file that `sign()` made with one of `secrets`. Raises `BadCheckpoint`."""
    body = _parsed(data)
    signature = ascii(body.pop("signature"))
    secret = next((one for one in secrets if body["key"] == _key_name(one)), None)
    if secret is None:
        raise BadCheckpoint("it was signed with another LMS_SECRET_KEY, or the name of the key was changed")
    if not hmac.compare_digest(signature, ascii(_signature(body, secret))):
        raise BadCheckpoint("its signature does not fit: it was changed or forged")
    return Checkpoint(body["seq"], body["hash"], body["at"], body["counts"])


def write_new(path: Path, data: bytes) -> None:
    """The whole file or none, on disk when this returns. Raises FileExistsError: checkpoints are never overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_file(path, replace=False) as out:
        out.write(data)


def name_of(moment: datetime) -> str:
    """The file name of a checkpoint that somebody asked for; the daily one is named by its date alone."""
    return f"{moment:%Y-%m-%dT%H%M%S}.json"


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        body = json.loads(data[: LONGEST + 1])
    except (ValueError, RecursionError) as error:
        raise BadCheckpoint("it is damaged: this is no JSON") from error
    if not isinstance(body, dict) or set(body) != KEYS or body["format"] != FORMAT:
        raise BadCheckpoint("it is no checkpoint of this version")
    return body


def _signature(body: dict[str, Any], secret: str) -> str:
    return hmac.new(_derived(secret, "sign"), canonical(body).encode(errors="replace"), hashlib.sha256).hexdigest()


def _key_name(secret: str) -> str:
    """Tells keys apart without telling anything of a key."""
    return _derived(secret, "name").hex()[:16]


def _derived(secret: str, purpose: str) -> bytes:
    """A key of its own for each purpose."""
    return key_for(secret, "lms audit checkpoint", purpose)
