"""A number's digits: the service's code, then the hall's serial. Digits alone name a ticket that day (design §4)."""

from __future__ import annotations

LAST = 9999


class NumbersExhausted(Exception):
    """The hall has given 9999 numbers of one service today; kiosks go on from their bands."""


def digits_of(code: str, serial: int) -> str:
    """Code and 001–999; past that code, 0 where a kiosk's digit would stand, and 1000–9999.

    A kiosk's own band is code, its digit 1–9 and three digits: no two forms share length and digits.
    Raises NumbersExhausted past 9999.
    """
    if serial > LAST:
        raise NumbersExhausted(code)
    return f"{code}{serial:03}" if serial <= 999 else f"{code}0{serial:04}"


def serial_of(code: str, digits: str) -> int | None:
    """The hall's serial in a number's digits; None for a number of a kiosk's own band, or of another service."""
    rest = digits.removeprefix(code)
    is_halls = len(rest) == 3 or (len(rest) == 5 and rest[0] == "0")
    return int(rest) if is_halls and digits.startswith(code) else None


def bare(number: str) -> str:
    """The digits of a printed number: A1001 → 1001."""
    return "".join(sign for sign in number if sign.isascii() and sign.isdigit())
