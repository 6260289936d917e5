"""The files of a box's key and certificate: replaced by the next ones, never there by halves.

Both may stand in one file (as `yichuang enrol` writes them): then one rename replaces them. Where they are two, the
next pair is written beside them first; a power cut between the two renames is mended at the next start.
"""

from __future__ import annotations

import re
import ssl
from datetime import UTC, datetime
from pathlib import Path

from config.durable import sync_folder, write_durably

_TIME = rb"(?:\x17\x0d(\d{12})|\x18\x0f(\d{14}))Z"
_VALIDITY = re.compile(rb"\x30[\x1e-\x22]" + _TIME + _TIME)
"""Validity, a SEQUENCE of two UTCTime or GeneralizedTime (RFC 5280 §4.1.2.5); the first one in a certificate."""
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def put(certificate_file: Path, key_file: Path, certificate: str, key: str) -> None:
    """Replace both, durably. Raises OSError; what stood there stands then."""
    if certificate_file == key_file:
        write_durably(certificate_file, (key + certificate).encode("ascii"))
        return
    write_durably(_next(key_file), key.encode("ascii"))
    write_durably(_next(certificate_file), certificate.encode("ascii"))
    _take(certificate_file)
    _take(key_file)


def finish(certificate_file: Path, key_file: Path) -> None:
    """At a start: what a power cut left of a replacement. The certificate is renamed first, so a key alone is its."""
    if certificate_file == key_file or not _next(key_file).exists():
        return
    if not _next(certificate_file).exists() and _belong(certificate_file, _next(key_file)):
        _take(key_file)
    else:
        _next(certificate_file).unlink(missing_ok=True)
        _next(key_file).unlink()


def lifetime(file: Path) -> tuple[datetime, datetime]:
    """From when until when the certificate in this file is meant to be used. Raises OSError, ValueError."""
    pem = _PEM.search(file.read_text(encoding="ascii"))
    dates = _VALIDITY.search(ssl.PEM_cert_to_DER_cert(pem[0])) if pem else None
    if dates is None:
        raise ValueError("no certificate")
    return _date(dates[1] or dates[2]), _date(dates[3] or dates[4])


def _date(text: bytes) -> datetime:
    full = text.decode("ascii")
    if len(full) == 12:  # UTCTime: 50 to 99 are of the last century
        full = ("19" if full >= "50" else "20") + full
    return datetime.strptime(full, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _belong(certificate_file: Path, key_file: Path) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate_file, key_file)
    except (OSError, ssl.SSLError):
        return False
    return True


def _next(file: Path) -> Path:
    return file.with_name(f"{file.name}.next")


def _take(file: Path) -> None:
    _next(file).replace(file)
    sync_folder(file.parent)
