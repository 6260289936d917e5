"""The hall's own certificate authority: who belongs to the hall, and as what."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from config.signed import settings_key as public_part
from hall.clock import utc_now

ROLES = ("box", "observer", "technician", "hall", "counter")
"""``counter``: what a box shows to the clerks' PCs paired with it; a server's, for one address."""

SERVERS = ("hall", "counter")

LOOPBACK = ("localhost", "127.0.0.1")
"""Where the hall's own command lines ask it: its certificate bears them, whatever else it bears."""

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
    write_new(folder / "ca.pem", certificate.public_bytes(serialization.Encoding.PEM))


def issue(folder: Path, name: str, role: str, days: int, addresses: Sequence[str] = ()) -> None:
    """``name.pem`` and ``name.key`` beside the authority's. Raises FileExistsError, FileNotFoundError.

    ``addresses``: other names and addresses by which a server is called.
    """
    authority = Authority(folder / "ca.pem", folder / "ca.key")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.certify(key.public_key(), name, role, days, addresses)
    _write_key(folder / f"{name}.key", key)
    write_new(folder / f"{name}.pem", _pem(certificate))


class BadRequest(Exception):
    """A certificate request that is none, is not signed by its own key, or is for another name."""


class Authority:
    """The CA with its key. Raises OSError, and ValueError or TypeError for files that are not its own."""

    def __init__(self, certificate: Path, key: Path) -> None:
        loaded = serialization.load_pem_private_key(key.read_bytes(), None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{key.name} is not a key that init made")
        self._key = loaded
        self._ca = x509.load_pem_x509_certificate(certificate.read_bytes())
        if self._ca.public_key() != loaded.public_key():
            raise ValueError(f"{key.name} is not the key of {certificate.name}")

    @property
    def pem(self) -> str:
        """The authority's own certificate."""
        return _pem(self._ca).decode("ascii")

    def sign(self, csr: str, name: str, role: str, days: int) -> Signed:
        """A certificate for this request; ``name`` and ``role`` are ours to say. Raises BadRequest."""
        certificate = self.certify(requested(csr, name), name, role, days)
        return Signed(_pem(certificate).decode("ascii"), f"{certificate.serial_number:X}")

    def certify(
        self, key: ec.EllipticCurvePublicKey, name: str, role: str, days: int, addresses: Sequence[str] = ()
    ) -> x509.Certificate:
        """A certificate for this key."""
        return _certificate(self._ca, self._key, key, name, role, days, addresses)


class Signed(NamedTuple):
    """A certificate, PEM, and its serial in hex."""

    certificate: str
    serial: str


def requested(csr: str, name: str) -> ec.EllipticCurvePublicKey:
    """The key that a request (PEM) is for. Raises BadRequest."""
    try:
        request = x509.load_pem_x509_csr(csr.encode("ascii"))
        key, signed = request.public_key(), request.is_signature_valid
        names = [str(part.value) for part in request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadRequest("no certificate request") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise BadRequest("a box's key is ECDSA on P-256")
    if not signed:
        raise BadRequest("the request is not signed by its own key")
    if names != [name]:
        raise BadRequest(f"the request is not for {name}")
    return key


def named_in(csr: str) -> str:
    """The name that a request is for. Raises BadRequest."""
    try:
        names = x509.load_pem_x509_csr(csr.encode("ascii")).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError as error:
        raise BadRequest("no certificate request") from error
    if len(names) != 1:
        raise BadRequest("the request names nobody")
    return str(names[0].value)


def _certificate(
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePublicKey,
    name: str,
    role: str,
    days: int,
    addresses: Sequence[str],
) -> x509.Certificate:
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, role), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    purposes = [] if role == "counter" else [ExtendedKeyUsageOID.CLIENT_AUTH]
    if role in SERVERS:  # the hall is a client too: `yichuang hall absent` speaks with its certificate
        purposes.append(ExtendedKeyUsageOID.SERVER_AUTH)
    builder = (
        _builder(subject, ca.subject, key, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
    )
    if role in SERVERS:
        called = [*(LOOPBACK if role == "hall" else ()), name, *addresses]
        builder = builder.add_extension(_called(called), critical=False)
    return builder.sign(ca_key, hashes.SHA256())


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


def _called(names: Sequence[str]) -> x509.SubjectAlternativeName:
    """By these names and addresses, each once."""
    return x509.SubjectAlternativeName([_general(name) for name in dict.fromkeys(names)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_key(file: Path, key: Key) -> None:
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_new(file, pem)


def write_new(file: Path, data: bytes) -> None:
    """Only its owner may read it, from its first byte on."""
    file.touch(mode=0o600, exist_ok=False)
    file.write_bytes(data)
