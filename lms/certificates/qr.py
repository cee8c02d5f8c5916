"""QR codes as pictures inside the page."""

from __future__ import annotations

from functools import lru_cache

import segno


@lru_cache(maxsize=4)  # one certificate asks for its code several times
def qr_data_uri(text: str) -> str:
    """An SVG `data:` image of the text, error level M or better, in a quiet zone of four modules."""
    code = segno.make(text, error="m", micro=False)
    return str(code.svg_data_uri(border=4, dark="#111", light="#fff", omitsize=True))
