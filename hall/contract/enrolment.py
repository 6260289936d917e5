"""How a machine becomes a box of the hall: a one-time code, a key made on the box, a certificate for it.

The code itself never travels. Box and hall prove to each other that they know it: a machine that only stands between
them learns neither the code nor a key, and cannot give the box another hall's authority. So the box needs no
certificate of the hall's beforehand, though the call is TLS like every other.

| call                 | who            | body   | answer   |
|----------------------|----------------|--------|----------|
| POST /enrol          | without a cert | Enrol  | Enrolled |
| POST /device/renew   | the box        | Renew  | Renewed  |

Refused with {"error": keyword, "detail": …}: ``wrong-code`` (or none, or run out: they sound alike), ``code-used``,
``too-many-tries``, ``bad-request``, ``no-authority`` (this hall's CA key is elsewhere: `yichuang ca sign`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from hall.contract.words import Strict, Struct

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Thirty-two, without I, O, 0 and 1, which look like others on a screen and on paper."""

LENGTH = 10
"""50 bits, each guess some 50 ms and 16 MB: nobody who overhears a proof finds the code while it lasts, or has all of
them reckoned beforehand."""


class Enrol(Strict, frozen=True, kw_only=True):
    """A machine asks to be the box ``name``. ``csr``: PEM, for the key it has made; ``proof`` of the code over all."""

    name: str
    csr: str
    nonce: str
    """Drawn for this call; 16 bytes in hex."""
    proof: str


class Enrolled(Struct, frozen=True, kw_only=True):
    """The box's certificate and the authority's, PEM. ``proof``: that the hall knows the code as well."""

    name: str
    certificate: str
    ca: str
    proof: str


class Renew(Strict, frozen=True, kw_only=True):
    """A box asks for its next certificate. ``csr``: PEM, for a new key."""

    csr: str


class Renewed(Struct, frozen=True, kw_only=True):
    """The next certificate, PEM; the one before it is good until the box renews again."""

    certificate: str


def new_code() -> str:
    """A code, as it is kept in nobody's file and shown once."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def shown(code: str) -> str:
    """As people read it: ABCDE-FGHJK."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def typed(text: str) -> str:
    """A code as somebody typed it, without dash and spaces, in capitals. Raises ValueError for what cannot be one."""
    code = "".join(text.split()).replace("-", "").upper()
    if len(code) != LENGTH or not set(code) <= set(LETTERS):
        raise ValueError(f"a code has {LENGTH} of the characters {LETTERS}")
    return code


def key_of(code: str, name: str) -> bytes:
    """What is known of a code by who keeps it: stretched, for this name alone. Takes some 50 ms and 16 MB."""
    return hashlib.scrypt(code.encode(), salt=f"yichuang enrol {name}".encode(), n=2**14, r=8, p=1, dklen=32)


def box_proof(key: bytes, name: str, nonce: str, csr: str) -> str:
    """That whoever sends this CSR knows the code."""
    return _proof(key, "box", name, nonce, csr)


def hall_proof(key: bytes, nonce: str, certificate: str, ca: str) -> str:
    """That whoever gives this certificate, and this authority, knows it too."""
    return _proof(key, "hall", nonce, certificate, ca)


def same(proof: str, expected: str) -> bool:
    """Compared in a time that tells nothing."""
    return hmac.compare_digest(proof.encode(), expected.encode())


def _proof(key: bytes, *parts: str) -> str:
    told = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()
