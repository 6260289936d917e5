"""A PIN as it stands in the settings: salted and stretched, so that the file does not give it away."""

from __future__ import annotations

import hashlib
import hmac
import os

NOBODY = f"scrypt:{'00' * 16}:{'00' * 32}"
"""Compared with when the name is unknown, so that both refusals take the same time."""


def hashed(pin: str, salt: bytes | None = None) -> str:
    """The line for the settings: ``scrypt:salt:hash`` in hex. Takes some 50 ms and 16 MB, on purpose."""
    salt = os.urandom(16) if salt is None else salt
    digest = hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
    return f"scrypt:{salt.hex()}:{digest.hex()}"


def matches(pin: str, line: str) -> bool:
    """Whether this PIN made that line."""
    salt = bytes.fromhex(line.split(":")[1])
    return hmac.compare_digest(hashed(pin, salt), line)
