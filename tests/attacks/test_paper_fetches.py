"""S27: even if a value of a certificate ever reached the page as markup, nothing outside our own files is opened."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pikepdf
import pytest
from markupsafe import Markup

from lms.certificates import page, pdf
from lms.certificates.paper import CertificatePaper
from lms.certificates.qr import qr_data_uri
from tests.certificates.papers import CHECK_URL, MADE_ON, PAPER, letters_of, printed, text_of

pytestmark = pytest.mark.attack("S27")
CANARY = "CHIM-TRONG-TEP"


class Elsewhere:
    """A server on this machine that notes what is asked of it; `/away` sends on to a file."""

    def __init__(self, file: Path) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(302 if self.path == "/away" else 200)
                self.send_header("Location", file.as_uri())
                self.end_headers()
                self.wfile.write(b"* { color: red }")

            def log_message(self, *_words: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    found = tmp_path / "secret.txt"
    found.write_text(CANARY)
    return found


@pytest.fixture
def elsewhere(secret: Path) -> Iterator[Elsewhere]:
    made = Elsewhere(secret)
    thread = Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


INSIDE = """<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='{file}'/></svg>">"""
MARKUP = {
    "a picture": '<img src="{url}/a.png">',
    "a picture that is a file": '<img src="{file}">',
    "a picture that is sent on": '<img src="{url}/away">',
    "a style sheet": '<link rel="stylesheet" href="{url}/a.css">',
    "an imported style": "<style>@import url({url}/b.css);</style>",
    "a font": '<style>@font-face {{ font-family: X; src: url({url}/x.woff2) }}</style><p style="font-family: X">x</p>',
    "a background": '<p style="background: url({url}/c.png); list-style: url({url}/d.png)">x</p>',
    "generated content": "<style>p::before {{ content: url({url}/e.png) }}</style><p>x</p>",
    "an attachment": '<link rel="attachment" href="{file}">',
    "an attached link": '<a rel="attachment" href="{file}">x</a>',
    "an attachment that is sent on": '<link rel="attachment" href="{url}/away">',
    "a frame": '<iframe src="{file}"></iframe><object data="{file}"></object><embed src="{url}/f.svg">',
    "a drawing with a picture": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}/g.png"/></svg>',
    "a drawing that uses a file": '<svg xmlns="http://www.w3.org/2000/svg"><use href="{file}#x"/></svg>',
    "a drawing inside an address": INSIDE,
    "another base": '<base href="{url}/"><img src="h.png">',
    "presentational hints": '<table background="{url}/i.png"><tr><td background="{file}">x</td></tr></table>',
}


def with_markup(monkeypatch: pytest.MonkeyPatch, markup: str) -> None:
    """As though the holder's name were not escaped."""
    words = page._words

    def unescaped(paper: CertificatePaper) -> dict[str, Any]:
        found = words(paper)
        return found | {"about_holder": Markup(f"{found['about_holder']}{markup}")}

    monkeypatch.setattr(page, "_words", unescaped)


def made(name: str, elsewhere: Elsewhere, secret: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    with_markup(monkeypatch, MARKUP[name].format(url=elsewhere.url, file=secret.as_uri()))
    try:
        return printed()
    except pdf.PaperTooFull:  # a frame or a table may not fit: refused is as good
        return b""


def holds(data: bytes) -> list[bytes]:
    """Everything of the file in which the canary could stand: attachments and every stream."""
    if not data:
        return []
    with pikepdf.open(io.BytesIO(data)) as document:
        streams = [thing for thing in document.objects if isinstance(thing, pikepdf.Stream)]
        read = [stream.read_bytes() for stream in streams if "/DCTDecode" not in str(stream.get("/Filter"))]
        return read + [file.get_file().read_bytes() for file in document.attachments.values()]


@pytest.mark.parametrize("name", MARKUP)
def test_nothing_is_fetched(name: str, elsewhere: Elsewhere, secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = made(name, elsewhere, secret, monkeypatch)
    assert elsewhere.asked == []
    assert not [part for part in holds(data) if CANARY.encode() in part]


def test_with_the_librarys_own_fetcher_it_would_be(
    elsewhere: Elsewhere, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the very same markup, with a fetcher that opens what it is asked for."""
    from weasyprint.urls import URLFetcher

    class Obliging(URLFetcher):  # type: ignore[misc]
        picture = ""

    monkeypatch.setattr(pdf, "our_files_only", lambda _: Obliging(allow_redirects=True))
    pdf._press.cache_clear()
    leaked = False
    try:
        for name in ("a picture", "a style sheet", "an attachment", "an attachment that is sent on"):
            with monkeypatch.context() as patched:
                leaked |= any(CANARY.encode() in part for part in holds(made(name, elsewhere, secret, patched)))
    finally:
        pdf._press.cache_clear()
    assert {"/a.png", "/a.css", "/away"} <= set(elsewhere.asked)
    assert leaked


@pytest.mark.attack("S28")
@pytest.mark.parametrize(
    "value",
    [
        "font-size: 99999999px; width: 1e308em",
        "<style>* { font-size: 1e9px; page-break-after: always }</style>",
        "data:image/svg+xml;base64," + "A" * 100,
        "url(file:///etc/passwd) " * 4,
        "}" * 80 + "{" * 80,
        "&#x0;&#xFFFFFFFF;&Tab;" * 7,
    ],
)
@pytest.mark.parametrize("field", ["holder_name", "course_title", "signer_name"])
def test_a_value_that_is_code_is_printed_as_words(field: str, value: str) -> None:
    """In the longest fields there are, within the time that a certificate may take."""
    before = time.process_time()
    assert value.replace(" ", "") in letters_of(printed(**{field: value}))
    assert time.process_time() - before < 30


def test_a_text_without_end_is_refused_in_time() -> None:
    before = time.process_time()
    with pytest.raises(pdf.PaperTooFull):
        printed(role_and_unit="cộng tác viên " * 2_000)
    assert time.process_time() - before < 30


def test_the_picture_of_one_paper_is_not_open_to_the_next() -> None:
    """The one `data:` address that may be read is the QR of the paper that is being made."""
    printed()
    fetcher = pdf._press().fetcher
    assert fetcher.picture == qr_data_uri(CHECK_URL)
    with pytest.raises(PermissionError):
        fetcher.fetch(qr_data_uri("https://xau.example/c/0"))
    assert "xau" not in text_of(pdf.render_pdf(PAPER, made_on=MADE_ON))
