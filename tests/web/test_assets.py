"""Static files: versioned by content, one stylesheet, light enough for a first visit on prepaid data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.web import assets

FIRST_PAGE = 60_000


@pytest.fixture
def shelf(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own static folder to change files in."""
    folder = tmp_path / "static"
    (folder / "fonts").mkdir(parents=True)
    monkeypatch.setattr(app, "static_folder", str(folder))
    return folder


def url(app: Flask, name: str) -> str:
    with app.test_request_context():
        return assets.static_url(name)


def test_an_address_changes_with_the_content_only(app: Flask, shelf: Path) -> None:
    (shelf / "a.js").write_text("one")
    first = url(app, "a.js")
    assert first == url(app, "a.js")
    (shelf / "a.js").write_text("three")
    assert url(app, "a.js") != first


def test_a_stylesheet_changes_its_address_with_what_it_refers_to(app: Flask, shelf: Path) -> None:
    (shelf / "fonts" / "x.woff2").write_bytes(b"font")
    (shelf / "a.css").write_text('@font-face { src: url("fonts/x.woff2") }')
    sent = app.test_client().get(url(app, "a.css")).text
    found = re.search(r'url\("(fonts/x\.woff2\?v=\w+)"\)', sent)
    assert found
    font = app.test_client().get(f"/static/{found[1]}")
    assert (font.data, font.mimetype) == (b"font", "font/woff2")
    assert "immutable" in font.headers["Cache-Control"]


def test_an_imported_stylesheet_travels_inside_its_layer(app: Flask, shelf: Path) -> None:
    (shelf / "base.css").write_text('@charset "UTF-8";p{background:url("data:image/svg+xml,x")}')
    (shelf / "a.css").write_text(
        '@layer low, high;\n@import url("base.css") layer(low);\n@layer high { p { color: red } }'
    )
    sent = app.test_client().get(url(app, "a.css")).text
    assert '@layer low {p{background:url("data:image/svg+xml,x")}}' in sent
    assert "@import" not in sent
    assert "@charset" not in sent


def test_a_name_without_a_file_is_a_fault_of_ours(app: Flask) -> None:
    with pytest.raises(FileNotFoundError):
        url(app, "none.css")


@pytest.mark.parametrize("name", ["../db.py", "..%2fdb.py", "%2e%2e/db.py", "fonts/", "", "/etc/passwd", "a\x00.css"])
def test_only_files_of_the_folder_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code in (404, 308)


def test_text_is_packed_for_who_can_unpack_it(client: FlaskClient) -> None:
    plain = client.get("/static/look.css")
    packed = client.get("/static/look.css", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert brotli.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_fonts_and_libraries_come_with_their_licences() -> None:
    static = Path(assets.__file__).parent / "static"
    assert "SIL OPEN FONT LICENSE" in (static / "fonts" / "OFL.txt").read_text()
    assert "MIT License" in (static / "vendor" / "PICO-LICENSE.md").read_text()
    named = (static / "fonts" / "LICENCE.md").read_text()
    for font in (static / "fonts").glob("*.woff2"):
        family = re.sub(r"-\d00(-italic)?$", "", font.stem)
        assert family in named, font.name


def test_digits_of_one_width_are_there_for_tables() -> None:
    """Column figures align: the feature tnum gives ten digits of one width, in both weights."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    static = Path(assets.__file__).parent / "static"
    for weight in ("400", "600"):
        font: Any = TTFont(static / "fonts" / f"be-vietnam-pro-{weight}.woff2")
        table = font["GSUB"].table
        lookups = [
            index
            for record in table.FeatureList.FeatureRecord
            if record.FeatureTag == "tnum"
            for index in record.Feature.LookupListIndex
        ]
        mapping = table.LookupList.Lookup[lookups[0]].SubTable[0].mapping
        assert len(mapping) == 10
        assert len({font["hmtx"][name][0] for name in mapping.values()}) == 1


def test_a_first_page_is_light(app: Flask) -> None:
    """≤ 60 kB in ≤ 6 requests: the page, one stylesheet, one script, two weights, the word on the switch."""
    client = app.test_client()
    page = client.get("/huong-dan", headers={"Accept-Encoding": "br"})
    html = brotli.decompress(page.data).decode()
    linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', html)
    fonts = [f"/static/fonts/{name}.woff2" for name in ("be-vietnam-pro-400", "be-vietnam-pro-600", "khmer-label")]
    answers = [page, *(client.get(name, headers={"Accept-Encoding": "br"}) for name in [*linked, *fonts])]
    assert len(answers) <= 6
    assert sum(len(answer.data) for answer in answers) <= FIRST_PAGE
