"""Cards that people lay down by mistake: they have numbers, and tell whoever watches when one is asked for."""

from __future__ import annotations

from functools import reduce
from operator import xor

from simulators.smart_card import chip
from simulators.smart_card.chip import Chip, Notice, Request

BANK_NUMBER = bytes.fromhex("62 00 00 00 00 00 00 00 01")
TRANSIT_NUMBER = bytes.fromhex("03 10 00 00 00 00 00 00 00 01")
CHIP_SERIAL = bytes.fromhex("00 01 90 00 01 01 00 2A")
UID = bytes.fromhex("19 00 01 01")
PUPI = bytes(4)
"""Of every resident identity card."""


class Applications(Chip):
    """A card of named applications, each of which tells its number when selected or asked."""

    def __init__(self, atr: bytes, names: tuple[bytes, ...], number: bytes, notice: Notice) -> None:
        super().__init__(notice)
        self.atr = atr
        self._names = names
        self._number = number

    def answer(self, raw: bytes) -> bytes:
        """Whoever fetches what SELECT found asks for the number that stands in it."""
        if raw[1:2] == b"\xc0":
            self.notice("number-asked")
        return super().answer(raw)

    def obey(self, asked: Request) -> bytes:
        """SELECT finds a name; READ RECORD and READ BINARY give the number away."""
        if asked.instruction == 0xA4:
            found = asked.p1 == 0x04 and asked.body in self._names
            return self.out(b"\x6f" + bytes((len(self._number),)) + self._number, asked) if found else chip.NO_FILE
        if asked.instruction in (0xB0, 0xB2, 0xA8):
            self.notice("number-asked")
            return self._number + chip.DONE
        return chip.UNKNOWN_INSTRUCTION


class Storage(Chip):
    """A storage card behind PC/SC part 3: it knows pseudo commands of its reader only."""

    atr = bytes.fromhex("3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 00 01 00 00 00 00 6A")

    def obey(self, asked: Request) -> bytes:
        """FF CA 00 00 asks for the UID."""
        if (asked.card_class, asked.instruction) == (0xFF, 0xCA):
            self.notice("uid-asked")
            return UID + chip.DONE
        return chip.UNKNOWN_INSTRUCTION


class IdentityCard(Chip):
    """A resident identity card as type B (smartcards.md §2). ``serial`` False: this reader gets no answer from it.

    ``info``: the last byte of its protocol info; its first four bits say that it is no ISO 14443-4 card.
    """

    def __init__(
        self, notice: Notice = lambda _what: None, *, serial: bool = True, batch: int = 0x0C, info: int = 0x80
    ) -> None:
        super().__init__(notice)
        about = bytes.fromhex("D1 03 86") + bytes((batch,)) + bytes.fromhex("00 80") + bytes((info,))
        self._atqb = b"\x50" + PUPI + about
        body = bytes.fromhex("88 80 01") + about + b"\x00"
        self.atr = b"\x3b" + body + bytes((reduce(xor, body),))
        self._serial = serial

    def radio(self, frame: bytes) -> bytes:
        """What it says to a reader's frame before any command, without the CRC; nothing to what it does not know."""
        if frame == bytes.fromhex("05 00 00"):
            return self._atqb
        return b"\x08" if frame == b"\x1d" + PUPI + bytes.fromhex("00 08 01 08") else b""

    def obey(self, asked: Request) -> bytes:
        """00 36 00 00 asks for the chip's serial, FF CA 00 00 gets the PUPI from the reader."""
        if (asked.card_class, asked.instruction) == (0xFF, 0xCA):
            self.notice("uid-asked")
            return PUPI + chip.DONE
        if asked.instruction == 0x36 and self._serial:
            return self.out(CHIP_SERIAL, asked)
        return chip.UNKNOWN_INSTRUCTION


def contactless(historical: bytes) -> bytes:
    """An ISO 14443-4 card's answer to reset (PC/SC part 3)."""
    body = bytes((0x80 | len(historical), 0x80, 0x01)) + historical
    return b"\x3b" + body + bytes((reduce(xor, body),))


BANK_ATR = bytes.fromhex("3B 6C 00 00 00 31 C0 71 D6 64 00 00 00 01 90 00")
DEBIT = bytes.fromhex("A0 00 00 03 33 01 01 01")
CREDIT = bytes.fromhex("A0 00 00 03 33 01 01 02")
T_UNION = bytes.fromhex("A0 00 00 06 32 01 01 05")
PAYMENT = b"1PAY.SYS.DDF01"


def bank(notice: Notice) -> Chip:
    """A debit card."""
    return Applications(BANK_ATR, (PAYMENT, DEBIT), BANK_NUMBER, notice)


def credit(notice: Notice) -> Chip:
    """A credit card."""
    return Applications(BANK_ATR, (PAYMENT, CREDIT), BANK_NUMBER, notice)


def transit(notice: Notice) -> Chip:
    """A T-Union card: it has the payment directory too."""
    atr = contactless(bytes.fromhex("00 00 00 00 00 00 00 00 00 00 01"))
    return Applications(atr, (PAYMENT, T_UNION), TRANSIT_NUMBER, notice)


def old_transit(notice: Notice) -> Chip:
    """A city's own card from before: no name that is known, a common answer to reset."""
    return Applications(contactless(b"\x00\x01"), (PAYMENT,), TRANSIT_NUMBER, notice)


def stranger(notice: Notice) -> Chip:
    """A card that nobody knows."""
    return Applications(bytes.fromhex("3B 65 00 00 9C 02 02 01 02"), (), b"", notice)
