"""What a file is, by its first bytes. The name and the extension are never asked."""

from __future__ import annotations

from lms.sheets.model import Refused

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
_WEB_PAGE = (b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<style", b"<meta")


def container_of(data: bytes) -> str:
    """ "zip", "ole" or "text"; refuses what is plainly something else."""
    if not data.strip(b"\0 \t\r\n"):
        raise Refused("empty")
    if data.startswith(ZIP):
        return "zip"
    if data.startswith(OLE):
        return "ole"
    _refuse_pictures(data)
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"%pdf-" in start:
        raise Refused("pdf")
    if start.startswith(b"{\\rtf"):
        raise Refused("word_document")
    if start.startswith(b"<svg"):
        raise Refused("picture")
    if start.startswith((*_WEB_PAGE, b"<?xml", b"mime-version:")):
        raise Refused("not_spreadsheet", found="web_page")
    return "text"


def _refuse_pictures(data: bytes) -> None:
    riff = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    phone_photo = data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")
    bitmap = data.startswith(b"BM") and data[6:10] == b"\0\0\0\0"
    if data.startswith(_PICTURES) or riff or phone_photo or bitmap:
        raise Refused("picture")


def kind_of_zip(names: set[str]) -> str:
    """ "xlsx" or "ods" from the names of the parts."""
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "word/document.xml" in names:
        raise Refused("word_document")
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    raise Refused("not_spreadsheet", found=_other_zip(names))


def _other_zip(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "xlsb"
    return "slides" if "ppt/presentation.xml" in names else "archive"
