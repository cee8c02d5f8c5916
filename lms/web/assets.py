"""Static files by the hash of their content: a browser keeps each for a year and never shows a stale one.

A stylesheet is sent with the files it refers to already versioned, and with `@import … layer(x)` put in place, so
that Pico and our look travel in one request. Text goes out in the strongest Brotli, made once per file.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG

import brotli  # type: ignore[import-untyped]
from flask import Response, current_app, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

YEAR = 31_536_000

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")

_REFERENCE = re.compile(
    r"""(?P<import>@import\s+)?url\(\s*["']?(?!data:|\#)(?P<name>[^"')]+)["']?\s*\)"""
    r"""(?(import)\s*layer\((?P<layer>\w+)\)\s*;)"""
)
_CHARSET = re.compile(r'^@charset "[^"]*";', re.IGNORECASE)


@dataclass(frozen=True)
class Asset:
    """One static file as it is sent; `version` is the hash of `body`, `packed` its Brotli form (text only)."""

    body: bytes
    version: str
    mimetype: str
    packed: bytes | None


def static_url(name: str) -> str:
    """The address of `lms/web/static/<name>` with its version; FileNotFoundError if there is no such file."""
    asset = _find(name)
    if asset is None:
        raise FileNotFoundError(f"no static file {name!r}")
    return url_for("static", filename=name, v=asset.version)


def serve(filename: str) -> Response:
    """The `static` view: kept for a year if asked for by its present version, else to be checked again each time."""
    asset = _find(filename)
    if asset is None:
        raise NotFound
    response = _packed(asset) if request.accept_encodings["br"] > 0 else None
    response = response or Response(asset.body, mimetype=asset.mimetype)
    fresh = request.args.get("v") == asset.version
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if fresh else "public, no-cache"
    response.set_etag(asset.version + ("-br" if "Content-Encoding" in response.headers else ""))
    response.make_conditional(request)
    return response


def _packed(asset: Asset) -> Response | None:
    if asset.packed is None:
        return None
    return Response(asset.packed, mimetype=asset.mimetype, headers={"Content-Encoding": "br"})


def _find(name: str) -> Asset | None:
    path = safe_join(current_app.static_folder or "", name)
    try:
        found = os.stat(path) if path else None
    except (OSError, ValueError):
        return None
    return _load(path, found.st_mtime_ns) if path and found and S_ISREG(found.st_mode) else None


@lru_cache(maxsize=512)
def _load(path: str, changed_at: int) -> Asset:
    """`changed_at` is there for the cache: a file that changed on disk is read again."""
    mimetype = mimetypes.guess_type(path)[0] or "application/octet-stream"
    body = _stylesheet(Path(path)) if path.endswith(".css") else Path(path).read_bytes()
    is_text = mimetype.startswith("text/") or mimetype in ("image/svg+xml", "application/json")
    return Asset(body, _hash(body), mimetype, brotli.compress(body) if is_text else None)


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:12]


def _stylesheet(path: Path) -> bytes:
    def settle(reference: re.Match[str]) -> str:
        name = posixpath.normpath(reference["name"])
        if reference["import"]:
            imported = _CHARSET.sub("", _stylesheet(path.parent / name).decode())
            return f"@layer {reference['layer']} {{{imported}}}"
        return f'url("{name}?v={_hash((path.parent / name).read_bytes())}")'

    return _REFERENCE.sub(settle, path.read_text(encoding="utf-8")).encode()
