"""An internal authority for one test, and a certificate of it for `localhost`."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Files in `folder`: ca.pem, and site.pem with site.key as the proxy wants them."""

    def __init__(self, folder: Path) -> None:
        self.folder, key = folder, ec.generate_private_key(ec.SECP256R1())
        ours = _name("An invented authority")
        root = _builder(ours, ours, key).add_extension(x509.BasicConstraints(True, 0), critical=True)
        self.root = root.sign(key, hashes.SHA256())
        self._issue(key)
        (folder / "ca.pem").write_bytes(_pem(self.root))

    def _issue(self, key: ec.EllipticCurvePrivateKey) -> None:
        site = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        built = _builder(_name("localhost"), self.root.subject, site)
        made = built.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(key, hashes.SHA256())
        (self.folder / "site.pem").write_bytes(_pem(made) + _pem(self.root))
        plain = serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        (self.folder / "site.key").write_bytes(site.private_bytes(serialization.Encoding.PEM, form, plain))

    def trusted(self) -> ssl.SSLContext:
        """As of a machine that has been given ca.pem, and knows no other authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.folder / "ca.pem")
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    named = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    dated = named.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    return dated.serial_number(x509.random_serial_number())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
