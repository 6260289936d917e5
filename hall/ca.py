"""The hall's own certificate authority: who belongs to the hall, and as what."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from config.signed import settings_key as public_part
from hall.clock import utc_now

ROLES = ("box", "observer", "hall")

CA_DAYS = 3650

EARLY = timedelta(days=2)
"""Certificates are valid from before they are made: a box may have no clock of its own."""

Key = ec.EllipticCurvePrivateKey | Ed25519PrivateKey


def init(folder: Path) -> None:
    """A new authority: ``ca.pem`` and ``ca.key``. Raises FileExistsError rather than overwrite one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Yichuang hall CA")])
    certificate = (
        _builder(name, name, key.public_key(), CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(ca=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    _write_key(folder / "ca.key", key)
    _write_new(folder / "ca.pem", certificate.public_bytes(serialization.Encoding.PEM))


def issue(folder: Path, name: str, role: str, days: int) -> None:
    """``name.pem`` and ``name.key`` beside the authority's. Raises FileExistsError, FileNotFoundError."""
    ca_key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
        raise TypeError("ca.key is not a key that init made")
    ca = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, role), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    purposes = [ExtendedKeyUsageOID.CLIENT_AUTH]
    if role == "hall":  # a client as well: `yichuang hall absent` speaks to the hall with its own certificate
        purposes.append(ExtendedKeyUsageOID.SERVER_AUTH)
    builder = (
        _builder(subject, ca.subject, key.public_key(), days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
    )
    if role == "hall":
        builder = builder.add_extension(_addresses(name), critical=False)
    _write_key(folder / f"{name}.key", key)
    _write_new(folder / f"{name}.pem", builder.sign(ca_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def slip_key(file: Path) -> None:
    """A kiosk's key to sign its slips with: Ed25519, PEM. Raises FileExistsError."""
    _write_key(file, Ed25519PrivateKey.generate())


def settings_key(file: Path) -> str:
    """A hall's key to sign settings for its boxes with; the line for their settings. Raises FileExistsError."""
    key = Ed25519PrivateKey.generate()
    _write_key(file, key)
    return f'settings_key = "{public_part(key)}"'


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = utc_now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _addresses(name: str) -> x509.SubjectAlternativeName:
    here: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    try:
        own: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        own = x509.DNSName(name)
    return x509.SubjectAlternativeName([*here, own] if own not in here else here)


def _write_key(file: Path, key: Key) -> None:
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write_new(file, pem)


def _write_new(file: Path, data: bytes) -> None:
    """Only its owner may read it, from its first byte on."""
    file.touch(mode=0o600, exist_ok=False)
    file.write_bytes(data)
