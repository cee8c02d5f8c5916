"""Files of every kind that people upload as a spreadsheet, built in memory."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import msoffcrypto.format.ooxml as ooxml
import openpyxl
import xlwt

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def small_xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Họ và tên", "Năm sinh"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def raw_xlsx(sheet: str, *, strings: str | None = None, prolog: str = "") -> bytes:
    """An xlsx whose sheet XML is given; `prolog` stands before the root element."""
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": (
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Target="xl/workbook.xml"'
            f' Type="{_DOCUMENT}/officeDocument"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>'
            '<sheet name="DS" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Target="worksheets/sheet1.xml"'
            f' Type="{_DOCUMENT}/worksheet"/><Relationship Id="rId2" Target="sharedStrings.xml"'
            f' Type="{_DOCUMENT}/sharedStrings"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": (f'{prolog}<worksheet xmlns="{_MAIN}"><sheetData>{sheet}</sheetData></worksheet>'),
    }
    if strings is not None:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{strings}</sst>'
    return zipped(parts)


def zipped(parts: dict[str, str] | dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def encrypted_xlsx() -> bytes:
    stream = io.BytesIO()
    ooxml.OOXMLFile(io.BytesIO(small_xlsx())).encrypt("mat-khau", stream)
    return stream.getvalue()


def small_xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("DS")
    sheet.write(0, 0, "Họ và tên")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def encrypted_xls() -> bytes:
    """The record WriteAccess, which says nothing here, made a FilePass record."""
    return small_xls().replace(b"\x5c\x00\x70\x00", b"\x2f\x00\x70\x00", 1)


def ods(rows: str, *, table: str = "DS") -> bytes:
    names = " ".join(f'xmlns:{name}="{_OPEN}:{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="{table}">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<manifest:manifest xmlns:manifest="{_OPEN}:manifest:1.0"/>'
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def ods_cell(text: str, *, repeated: int = 1) -> str:
    return (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{repeated}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def docx() -> bytes:
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"})


def png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixel = zlib.compress(b"\x00\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def bomb() -> bytes:
    """About 300 kB that unpack to 300 MB."""
    return raw_xlsx(" " * 300_000_000)


def lying_bomb() -> bytes:
    """The directory and the local header say 100 bytes; unpacked it is 60 MB."""
    size = 60_000_000
    data = bytearray(raw_xlsx(" " * size))
    name = b"xl/worksheets/sheet1.xml"
    local = data.index(name) - 30
    central = data.rindex(name) - 46
    data[local + 22 : local + 26] = struct.pack("<I", 100)
    data[central + 24 : central + 28] = struct.pack("<I", 100)
    return bytes(data)
