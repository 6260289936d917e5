"""What a card seems to be, by its answer to reset and by what it lets be selected (smartcards.md §2, §3). Pure.

Of a card that is not for us nothing is read: a bank or transit card answers SELECT with data that may hold its number;
that answer is neither fetched nor kept, and no storage card is asked for its UID.
"""

from __future__ import annotations

from drivers.contract import UnsupportedKind
from drivers.smart_card.apdu import OK, SELECT, Command, Exchange, refused_or_found, transact

BY_NAME = 0x04

STORAGE = bytes.fromhex("80 4F 0C A0 00 00 03 06")
"""Historical bytes of a storage card (PC/SC part 3): category, length, the RID of PC/SC."""
IDENTITY_HEAD, IDENTITY = bytes.fromhex("3B 88 80 01"), bytes.fromhex("D1 03 86")
"""A type-B card's answer to reset (PC/SC part 3) with the application data of a resident identity card."""
TRANSIT_HEADS = (bytes.fromhex("3B 82 80 01"), bytes.fromhex("3B 8B 80 01"))
"""Beijing, Shanghai (pcsc-tools' list). Other contactless cards begin so too: a hint, asked last."""

APPLICATIONS = (
    (bytes.fromhex("A0 00 00 03 33 01 01 01"), UnsupportedKind.BANK),  # PBOC debit
    (bytes.fromhex("A0 00 00 03 33 01 01 02"), UnsupportedKind.BANK),  # PBOC credit
    (bytes.fromhex("A0 00 00 06 32 01 01 05"), UnsupportedKind.TRANSIT),  # T-Union; stands before PSE, which it has too
)
PAYMENT = b"1PAY.SYS.DDF01"
"""The payment system's directory; on a card with a transit card's answer to reset it proves no bank."""

CHIP_SERIAL = Command(0x36, 0x00, 0x00, le=8)
SERIAL_SIZE = 8


def is_storage(atr: bytes) -> bool:
    """Whether a storage card (MIFARE and the like) lies there: it has no commands for us."""
    return atr[4 : 4 + len(STORAGE)] == STORAGE


def is_identity(atr: bytes) -> bool:
    """Whether a resident identity card lies there."""
    return atr.startswith(IDENTITY_HEAD) and atr[4:7] == IDENTITY


def chip_serial() -> Exchange[bytes | None]:
    """The chip serial of a resident identity card; None when the card does not give it. Raises Garbled.

    Noughts alone are the card's PUPI, which every card has, and no serial.
    """
    answer = yield from transact(CHIP_SERIAL)
    if answer.status != OK or len(answer.data) != SERIAL_SIZE or not any(answer.data):
        return None
    return answer.data


def foreign_kind(atr: bytes) -> Exchange[UnsupportedKind]:
    """What a card that is no social-security card seems to be. Raises Garbled."""
    for name, kind in APPLICATIONS:
        if (yield from refused_or_found(_select(name))):
            return kind
    if atr.startswith(TRANSIT_HEADS):
        return UnsupportedKind.TRANSIT
    if (yield from refused_or_found(_select(PAYMENT))):
        return UnsupportedKind.BANK
    return UnsupportedKind.UNKNOWN


def _select(name: bytes) -> Command:
    return Command(SELECT, BY_NAME, 0x00, name)
