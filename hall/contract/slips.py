"""Whether a scanned slip is one that a kiosk of this hall has signed. The slip's three lines are device/slip.py's.

Counters and kiosks scan slips, and so do guides, whom the hall itself serves.

A scanner that types as a keyboard loses Chinese and may break the lines anywhere. What is signed before the ticket's
facts is one known sentence with the number in it, so it is said anew here: only the facts and the signature must have
come through whole.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from config.wording import say
from hall.contract import numbering
from hall.contract.commands import Refusal
from hall.contract.words import Service

ALGORITHM = "Ed25519"
LONGEST = 1000
"""Characters of a scan; a slip's code has some 200."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What a slip says of its ticket."""

    ticket: str
    digits: str
    service: str
    date: str


class SlipRefused(Exception):
    """This slip opens nothing. ``reason`` is a keyword of the wording room *refusal*."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason: Refusal = reason


def check(
    scanned: str, keys: Mapping[str, Sequence[str]], services: Sequence[Service], business_date: str = ""
) -> Slip:
    """The slip that was scanned, signed by one of its kiosk's ``keys`` (as in Welcome.slip_keys).

    Raises SlipRefused: ``slip-unreadable``, ``slip-not-signed``, ``slip-of-another-day``. A slip of a later date than
    ``business_date`` is good: its kiosk has heard of a new day that this box, being cut off, has not ("" for any).
    """
    facts, signature = _parts(scanned)
    slip = _slip(facts)
    kiosk = numbering.parse_ticket_id(slip.ticket).device
    if not _is_signed(_signed(slip, facts, services), signature, keys.get(kiosk, ())):
        raise SlipRefused("slip-not-signed")
    if slip.date < business_date:
        raise SlipRefused("slip-of-another-day")
    return slip


def _parts(scanned: str) -> tuple[str, bytes]:
    lines = [line.strip() for line in scanned[:LONGEST].splitlines()]
    facts = [line for line in lines if line.count("|") == 3]
    signatures = [line.removeprefix(f"{ALGORITHM}:") for line in lines if line.startswith(f"{ALGORITHM}:")]
    if len(facts) != 1 or len(signatures) != 1:
        raise SlipRefused("slip-unreadable")
    try:
        return facts[0], base64.b64decode(signatures[0] + "==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise SlipRefused("slip-unreadable") from error


def _slip(facts: str) -> Slip:
    slip = Slip(*facts.split("|"))
    try:
        numbering.parse_ticket_id(slip.ticket)
        numbering.parse(slip.digits, len(slip.service))
    except ValueError as error:
        raise SlipRefused("slip-unreadable") from error
    return slip


def _signed(slip: Slip, facts: str, services: Sequence[Service]) -> list[bytes]:
    """What may have been signed: the same facts under each letter that decorates a service here."""
    letters = sorted({service.letter for service in services} | {""})
    lines = (say("slip", "scan", number=numbering.label(letter, slip.digits)) for letter in letters)
    return [f"{line}\n{facts}".encode() for line in lines]


def _is_signed(texts: Sequence[bytes], signature: bytes, keys: Sequence[str]) -> bool:
    from cryptography.exceptions import InvalidSignature  # here: 8 MB that a counter needs at its first scan only
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    for key in keys:
        with suppress(ValueError):  # a key of another kind signs nothing here
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key))
            for text in texts:
                with suppress(InvalidSignature):
                    public.verify(signature, text)
                    return True
    return False
