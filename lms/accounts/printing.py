"""A printed login card as a value: the QR names the account, the first code lets its holder choose a PIN once."""

from __future__ import annotations

from dataclasses import dataclass

import segno

from lms.accounts.operations import CardSecret


@dataclass(frozen=True)
class PrintedCard:
    name: str
    place: str
    code: str
    qr: str


def printed_card(name: str, place: str, secret: CardSecret, base_url: str) -> PrintedCard:
    return PrintedCard(name, place, secret.shown_code, qr_image(f"{base_url.rstrip('/')}/the/{secret.token}"))


def qr_image(text: str) -> str:
    """A data: address of an SVG, so that the page with the secret asks for no second file."""
    return segno.make(text, error="m", micro=False).svg_data_uri(border=2, scale=4, omitsize=True)
