"""A recording without what its recorder noted beside the voice: the place, the machine, the hour. Pure.

A phone may write where it was (safety: a reader may record at a shelter). The voice itself stays byte for byte.
"""

from __future__ import annotations

from lms.courses.media import M4A, MP3, kind_of

HOLDING = frozenset({b"moov", b"trak", b"mdia", b"moof", b"traf"})
NOTES = frozenset({b"udta", b"meta", b"uuid"})
HEAD = 8
ID3_HEAD, ID3_TAIL = 10, 128


def without_notes(data: bytes) -> bytes:
    """An M4A with its notes blanked out in place, so that no offset moves; an MP3 without its ID3 tags."""
    kind = kind_of(data)
    if kind == M4A:
        blank = bytearray(data)
        _blank(blank, 0, len(blank))
        return bytes(blank)
    return _without_id3(data) if kind == MP3 else data


def _blank(data: bytearray, start: int, end: int) -> None:
    at = start
    while at + HEAD <= end:
        size, name = int.from_bytes(data[at : at + 4]), bytes(data[at + 4 : at + HEAD])
        stop = end if size == 0 else at + size
        if size == 1 or stop > end or (size and size < HEAD):
            return  # 64-bit sizes hold the voice of hours; a box that lies about its size ends the look
        if name in NOTES:
            data[at + 4 : at + HEAD] = b"free"
            data[at + HEAD : stop] = bytes(stop - at - HEAD)
        elif name in HOLDING:
            _blank(data, at + HEAD, stop)
        at = stop


def _without_id3(data: bytes) -> bytes:
    while data[:3] == b"ID3" and len(data) > ID3_HEAD:
        size = 0
        for part in data[6:ID3_HEAD]:
            size = size << 7 | part & 0x7F
        data = data[ID3_HEAD + size :]
    return data[:-ID3_TAIL] if data[-ID3_TAIL:][:3] == b"TAG" else data
