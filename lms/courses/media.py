"""Pictures and sounds of a course, told by their bytes: four kinds and two; an SVG only if it can but draw."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from lms.courses.content import HIDDEN

PNG, JPEG, WEBP, SVG = "image/png", "image/jpeg", "image/webp", "image/svg+xml"
MP3, M4A = "audio/mpeg", "audio/mp4"
SOUNDS = frozenset({MP3, M4A})
M4A_BRANDS = frozenset({b"M4A ", b"mp42", b"isom"})
"""What recorders on phones write: the last two could hold a film too, of which a page plays the sound alone."""

DRAWING = frozenset(
    {
        *("svg", "g", "defs", "symbol", "title", "desc", "text", "tspan"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "marker"),
    }
)
SVG_NAMESPACE = "{http://www.w3.org/2000/svg}"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
PLAIN_NAME = re.compile(r"(?:\{http://www\.w3\.org/XML/1998/namespace\})?[A-Za-z][A-Za-z0-9-]*")
INSIDE_ONLY = re.compile(r"#[\w.-]+")
COMMENT = re.compile(HIDDEN.encode(), re.DOTALL)
ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"'](?!utf-8[\"'])", re.IGNORECASE)
REACHES_OUT = re.compile(r"url\s*\(\s*[\"']?\s*(?!#)|expression|javascript|@import|\\", re.IGNORECASE)


def kind_of(data: bytes) -> str | None:
    """The MIME type by content, never by name; None for anything that is none of ours."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp" and data[8:12] in M4A_BRANDS:
        return M4A
    if data.startswith(b"ID3") or _begins_mp3(data):
        return MP3
    return SVG if is_plain_drawing(data) else None


def _begins_mp3(data: bytes) -> bool:
    """The head of a frame: eleven set bits, then an MPEG version and a layer that there are."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return False
    version, layer, rate = data[1] >> 3 & 3, data[1] >> 1 & 3, data[2] >> 4
    return version != 1 and layer == 1 and rate not in (0, 15)


def is_plain_drawing(data: bytes) -> bool:
    """An SVG of shapes and words alone: no script, event, style, foreign object, picture, outside address.

    It is refused rather than cleaned: a course must come out of the system byte for byte as it went in.
    """
    if b"\0" in data or ENCODING.match(data):
        return False  # in another encoding the next line would not see what a browser sees
    if b"<!" in COMMENT.sub(b"", data) or b"<?xml-" in data:
        return False  # a DOCTYPE could declare entities, a processing instruction could load a style sheet
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError):
        return False
    return root.tag == f"{SVG_NAMESPACE}svg" and all(_draws(element) for element in root.iter())


def _draws(element: ElementTree.Element) -> bool:
    if not isinstance(element.tag, str) or element.tag.removeprefix(SVG_NAMESPACE) not in DRAWING:
        return False
    return all(_harmless(name, value) for name, value in element.attrib.items())


def _harmless(name: str, value: str) -> bool:
    if name in ("href", XLINK_HREF):
        return INSIDE_ONLY.fullmatch(value) is not None
    if name == "style" or name.lower().startswith("on") or not PLAIN_NAME.fullmatch(name):
        return False
    return REACHES_OUT.search(value) is None
