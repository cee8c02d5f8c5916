"""Pictures are told by their bytes, and an SVG may only draw."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from lms.courses.media import JPEG, PNG, SVG, WEBP, kind_of

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
DRAWING = HEAD + '<title>Con hẻm</title><path fill="currentColor" d="M0 0h9"/></svg>'


@pytest.mark.parametrize(("name", "kind"), [("PNG", PNG), ("JPEG", JPEG), ("WEBP", WEBP)])
def test_pictures_are_known_by_their_bytes(name: str, kind: str) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (4, 4), "green").save(drawn, name)
    assert kind_of(drawn.getvalue()) == kind


@pytest.mark.attack("S17")
@pytest.mark.parametrize("data", [b"", b"<html></html>", b"GIF89a", b"%PDF-1.7", b"RIFF....AVI ", b"\x00\x01"])
def test_anything_else_is_no_picture(data: bytes) -> None:
    assert kind_of(data) is None


@pytest.mark.parametrize(
    "drawing",
    [
        DRAWING,
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- vẽ tay -->\n' + DRAWING,
        HEAD + '<line x1="0" y1="0" x2="9" y2="9" stroke="#33424d"/></svg>',
        HEAD + '<defs><linearGradient id="g"/></defs><rect width="9" height="9" fill="url(#g)"/></svg>',
    ],
)
def test_a_plain_drawing_is_taken(drawing: str) -> None:
    assert kind_of(drawing.encode()) == SVG


@pytest.mark.attack("S10")
@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<style>@import url(http://x.example/a.css)</style>",
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
        "<image href='http://x.example/a.png'/>",
        "<use href='#a'/>",
        "<a href='#x'><path/></a>",
        "<animate attributeName='href' values='javascript:alert(1)'/>",
        "<path onload='alert(1)'/>",
        "<path ONLOAD='alert(1)'/>",
        "<path style='fill:red'/>",
        "<rect fill='url(http://x.example/#g)'/>",
        "<rect fill='url( //x.example/#g)'/>",
        "<rect fill='u\\72l(http://x.example)'/>",
        "<path xmlns:x='urn:x' x:y='1'/>",
        "<linearGradient href='http://x.example/#g'/>",
        "<![CDATA[<script>alert(1)</script>]]>",
    ],
)
def test_an_svg_that_does_more_than_draw_is_refused(inside: str) -> None:
    assert kind_of(f"{HEAD}{inside}</svg>".encode()) is None


@pytest.mark.attack("S10")
@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE svg [<!ENTITY a 'aa'>]>" + DRAWING.encode(),
        b"<!<!-- x -->DOCTYPE svg [<!ENTITY a 'aa'>]>" + DRAWING.encode(),
        b"<?xml-stylesheet href='http://x.example/a.css'?>" + DRAWING.encode(),
        DRAWING.encode("utf-16"),
        b'<?xml version="1.0" encoding="cp037"?>' + DRAWING.encode(),
        DRAWING.encode()[:-3],
        b"<svg><path/></svg>",
    ],
)
def test_an_svg_that_hides_something_is_refused(data: bytes) -> None:
    assert kind_of(data) is None
