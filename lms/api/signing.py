"""Who made a package: a signature that can be checked without asking us again, on a phone that is offline.

ECDSA on P-256, which the browsers of old phones know. The key is drawn from LMS_SECRET_KEY, so that nothing more has
to be kept safe; whoever changes the one changes the other. Devices learn the new public key from /api/v1/keys, and
those of before, so that what they took along still verifies.
"""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from flask import current_app

from lms.api.package_files import CoursePackage
from lms.courses.files import sha256
from lms.keys import key_for

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256 (FIPS 186-4, D.1.2.3)."""
FORMAT = "lhp-package/1"


def statement(package: CoursePackage) -> bytes:
    """What is signed."""
    return f"{FORMAT}\n{package.course}\n{package.edition}\n{package.hash}\n".encode()


def sign(package: CoursePackage) -> dict[str, str]:
    """The same each time for the same package: the manifest's ETag covers it."""
    made = _private_key(_secret()).sign(statement(package), ECDSA(SHA256(), deterministic_signing=True))
    r, s = decode_dss_signature(made)
    value = b64encode(r.to_bytes(32) + s.to_bytes(32)).decode()
    return {"algorithm": "ES256", "key": _public_key(_secret())["kid"], "value": value}


def public_keys() -> list[dict[str, str]]:
    """That of new packages first, then those of before."""
    return [_public_key(secret) for secret in (_secret(), *(current_app.config["SECRET_KEY_FALLBACKS"] or ()))]


def _public_key(secret: str) -> dict[str, str]:
    """As a JSON Web Key; `kid` is drawn from the key itself."""
    numbers = _private_key(secret).public_key().public_numbers()
    x, y = (urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode() for number in (numbers.x, numbers.y))
    kid = sha256(f"{x}.{y}".encode())[:16]
    return {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid, "x": x, "y": y}


def _secret() -> str:
    secret: str = current_app.config["SECRET_KEY"]
    return secret


@lru_cache(maxsize=16)
def _private_key(secret: str) -> EllipticCurvePrivateKey:
    """48 bytes are drawn for a number of 32, so that no value is likelier than another (FIPS 186-4, B.4.1)."""
    drawn = key_for(secret, "lms course package", "sign", 48)
    return derive_private_key(int.from_bytes(drawn) % (ORDER - 1) + 1, SECP256R1())
