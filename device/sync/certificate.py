"""A box's key, the request for its certificate, and whether what came back is ours. Loaded once a year: 8 MB."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key that never leaves this box."""
    return ec.generate_private_key(ec.SECP256R1())


def request_for(name: str, key: ec.EllipticCurvePrivateKey) -> str:
    """The certificate request of this key, PEM."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode("ascii")


def key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    """The key, PEM: for its file alone."""
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode("ascii")


def fits(key: ec.EllipticCurvePrivateKey, certificate: str, name: str) -> bool:
    """Whether this certificate (PEM) is for this key and this box."""
    try:
        made = x509.load_pem_x509_certificate(certificate.encode("ascii"))
    except ValueError:
        return False
    names = [part.value for part in made.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return names == [name] and made.public_key() == key.public_key()


def issued_by(certificate: str, ca: str) -> bool:
    """Whether this authority made it (both PEM)."""
    try:
        authority = x509.load_pem_x509_certificate(ca.encode("ascii"))
        x509.load_pem_x509_certificate(certificate.encode("ascii")).verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def names(certificate: bytes, host: str) -> bool:
    """Whether this certificate (DER) bears the name or address ``host``: no box could believe it otherwise."""
    try:
        told = x509.load_der_x509_certificate(certificate)
        borne = told.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    dns = {name.lower() for name in borne.get_values_for_type(x509.DNSName)}
    return host.lower() in dns | {str(address) for address in borne.get_values_for_type(x509.IPAddress)}
