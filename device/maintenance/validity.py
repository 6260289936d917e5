"""Until when a certificate is valid: read from its bytes, for a box that only wants this needs no cryptography (8 MB).

RFC 5280 §4.1: Certificate → tbsCertificate → version?, serialNumber, signature, issuer, validity → notBefore, notAfter.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

SEQUENCE, VERSION, UTC_TIME, GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18
DAY_MS = 86_400_000


class _Element(NamedTuple):
    tag: int
    content: bytes
    rest: bytes


def days_left(certificate: Path, now_ms: int) -> int | None:
    """Whole days from ``now_ms`` (UTC) on; negative once it has run out. None where there is none to be read."""
    return whole_days(ends_ms(certificate), now_ms)


def ends_ms(certificate: Path) -> int | None:
    """UTC, ms since 1970. None where there is none to be read."""
    try:
        return valid_until_ms(certificate.read_text("ascii"))
    except (OSError, ValueError):
        return None


def whole_days(until_ms: int | None, now_ms: int) -> int | None:
    """From now on until then; negative when that is past. None of none."""
    return None if until_ms is None else (until_ms - now_ms) // DAY_MS


def valid_until_ms(pem: str) -> int:
    """UTC, ms since 1970. Raises ValueError for what is no certificate."""
    begin = pem.find("-----BEGIN CERTIFICATE-----")
    end = pem.find("-----END CERTIFICATE-----")
    if begin < 0 or end < begin:
        raise ValueError("no certificate in PEM")
    der = ssl.PEM_cert_to_DER_cert(pem[begin : end + len("-----END CERTIFICATE-----")])
    rest = _open(_open(der))
    first = _element(rest)
    for _ in range(4 if first.tag == VERSION else 3):  # version, serial number, signature, issuer
        rest = _element(rest).rest
    not_before = _element(_open(rest))
    return _time(_element(not_before.rest))


def _open(data: bytes) -> bytes:
    element = _element(data)
    if element.tag != SEQUENCE:
        raise ValueError("no certificate: a sequence was expected")
    return element.content


def _element(data: bytes) -> _Element:
    """The first tag, length and value (X.690 §8.1)."""
    if len(data) < 2:
        raise ValueError("no certificate: it ends too early")
    tag, length, begin = data[0], data[1], 2
    if length & 0x80:
        begin += length & 0x7F
        length = int.from_bytes(data[2:begin], "big")
    if len(data) < begin + length:
        raise ValueError("no certificate: it ends too early")
    return _Element(tag, data[begin : begin + length], data[begin + length :])


def _time(element: _Element) -> int:
    """RFC 5280 §4.1.2.5: two digits of a year are 1950 to 2049."""
    text = element.content.decode("ascii")
    if element.tag == UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    elif element.tag != GENERALIZED_TIME:
        raise ValueError("no certificate: a time was expected")
    moment = datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)
