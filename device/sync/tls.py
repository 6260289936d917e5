"""Mutual TLS with the hall, for a box that may not know the year."""

from __future__ import annotations

import ssl
from pathlib import Path

NO_CHECK_TIME = ssl.VerifyFlags(0x200000)
"""X509_V_FLAG_NO_CHECK_TIME (OpenSSL, x509_vfy.h). A box without RTC boots in 1970, when no certificate is valid yet:
it would never reach the hall that tells it the time. Whom the hall no longer wants is taken out of its settings."""


def trusting(ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """Believe this CA alone, at any time of the clock, and show this certificate."""
    context = ssl.create_default_context(cafile=str(ca))
    context.verify_flags |= NO_CHECK_TIME
    context.load_cert_chain(certificate, key)
    return context
