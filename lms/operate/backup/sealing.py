"""Encrypted and authenticated streams: the STREAM construction, as in age and Tink, over ChaCha20-Poly1305.

A file is MAGIC, a salt, a mark of the key, then chunks. Each chunk is sealed under a key of this file alone, with its
number and whether it is the last: a flipped bit, a chunk lost, moved, repeated or cut off does not open.
"""

from __future__ import annotations

import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lms.operate.backup import Refused

MAGIC = b"LHP-BACKUP-1\n"
SALT, MARK, CHUNK, TAG = 32, 8, 65_536, 16
DAMAGED = "The backup is damaged or was cut off: it does not open as it was written. Nothing was touched."


class Sealer:
    """A stream to write to; `close()` seals the last chunk. Without it, what was written does not open."""

    def __init__(self, out: BinaryIO, key: str) -> None:
        salt = os.urandom(SALT)
        self.cipher, mark = _derived(key, salt)
        self.head, self.out, self.waiting, self.number = MAGIC + salt + mark, out, bytearray(), 0
        out.write(self.head)

    def write(self, data: bytes) -> int:
        self.waiting += data
        while len(self.waiting) > CHUNK:
            self._seal(bytes(self.waiting[:CHUNK]), last=False)
            del self.waiting[:CHUNK]
        return len(data)

    def flush(self) -> None:
        """Chunks have one size; there is nothing to hurry."""

    def close(self) -> None:
        self._seal(bytes(self.waiting), last=True)
        self.waiting.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self.out.write(self.cipher.encrypt(_nonce(self.number, last), chunk, self.head))
        self.number += 1


class Opener:
    """The stream inside a sealed file. Gives out no byte that was not authenticated; raises `Refused`."""

    def __init__(self, source: BinaryIO, key: str) -> None:
        self.head = source.read(len(MAGIC) + SALT + MARK)
        salt, mark = self.head[len(MAGIC) : -MARK], self.head[-MARK:]
        if not self.head.startswith(MAGIC):
            raise Refused("This is not a backup made by `lms backup create`.")
        if len(salt) != SALT:
            raise Refused(DAMAGED)
        self.cipher, expected = _derived(key, salt)
        if mark != expected:
            raise Refused("The key does not fit: the backup was made with another one, or its start is damaged.")
        self.source, self.number, self.opened = source, 0, bytearray()
        self.ahead, self.ended = source.read(CHUNK + TAG), False

    def read(self, size: int = -1) -> bytes:
        while not self.ended and (size < 0 or len(self.opened) < size):
            self._open()
        data = bytes(self.opened if size < 0 else self.opened[:size])
        del self.opened[: len(data)]
        return data

    def finish(self) -> None:
        """Read to the sealed end: what was cut off behind the last member is found too."""
        while not self.ended:
            self._open()
            self.opened.clear()

    def _open(self) -> None:
        chunk, self.ahead = self.ahead, self.source.read(CHUNK + TAG)
        self.ended = not self.ahead
        try:
            self.opened += self.cipher.decrypt(_nonce(self.number, self.ended), chunk, self.head)
        except InvalidTag:
            raise Refused(DAMAGED) from None
        self.number += 1


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _derived(key: str, salt: bytes) -> tuple[ChaCha20Poly1305, bytes]:
    """The cipher of one file, and a mark by which a wrong key is told from damage."""
    derived = HKDF(SHA256(), 32 + MARK, salt, b"lms backup 1").derive(key.encode())
    return ChaCha20Poly1305(derived[:32]), derived[32:]
