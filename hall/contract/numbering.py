"""Numbers and names of tickets, pure. Digits alone name a ticket in the hall that day; the letter is decoration.

    hall, 001-999        code + 3 digits          1001
    a kiosk's own band   code + kiosk + 3 digits  15001   kiosk digit 1-9
    hall past 999        code + 0 + 4 digits      101000

The three differ in length, so that no two can be the same as long as all codes of a hall have one length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BAND_SIZE = 999
"""Numbers that one kiosk can give by itself for one service in one business day."""


@dataclass(frozen=True, slots=True)
class Number:
    """What digits say: whose number it is, and which."""

    code: str
    source: Literal["hall", "band"]
    kiosk: int
    """1-9 for a band; 0 for the hall's."""
    count: int


@dataclass(frozen=True, slots=True)
class TicketId:
    """A ticket's key: the fact *requested* that began it."""

    device: str
    journal: str
    seq: int

    def __str__(self) -> str:
        return f"{self.device}/{self.journal}/{self.seq}"


def ticket_id(device: str, journal: str, seq: int) -> str:
    """The key of the ticket whose *requested* is fact ``seq`` of this journal."""
    return str(TicketId(device, journal, seq))


def parse_ticket_id(text: str) -> TicketId:
    """Take a ticket's key apart. Raises ValueError."""
    device, journal, seq = text.split("/")
    if len(journal) != 16 or not seq.isdecimal() or seq.startswith("0"):
        raise ValueError(f"no ticket_id: {text!r}")
    return TicketId(device, journal, int(seq))


def band_digits(code: str, kiosk: int, count: int) -> str:
    """Digits of the ``count``-th number (1-999) of this kiosk's band. Raises ValueError outside of the band."""
    if not (1 <= kiosk <= 9 and 1 <= count <= BAND_SIZE):
        raise ValueError(f"kiosk {kiosk}, count {count}: not in a band")
    return f"{code}{kiosk}{count:03d}"


def label(letter: str, digits: str) -> str:
    """What is printed, shown and spoken: the service's letter before the digits."""
    return letter + digits


def bare(number: str) -> str:
    """The digits of a label."""
    return "".join(letter for letter in number if letter.isdecimal())


def parse(digits: str, code_length: int) -> Number:
    """Take digits apart; ``code_length`` is the hall's (1 or 2). Raises ValueError."""
    code, rest = digits[:code_length], digits[code_length:]
    if digits.isascii() and digits.isdecimal():
        if len(rest) == 3 and rest != "000":
            return Number(code, "hall", 0, int(rest))
        if len(rest) == 4 and rest[0] != "0" and rest[1:] != "000":
            return Number(code, "band", int(rest[0]), int(rest[1:]))
        if len(rest) == 5 and rest[0] == "0" and int(rest) >= 1000:
            return Number(code, "hall", 0, int(rest))
    raise ValueError(f"no number: {digits!r}")
