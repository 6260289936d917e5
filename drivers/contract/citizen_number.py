"""The number on a card: layout and check digit (GB 11643, ISO 7064 MOD 11-2; protocols/idcard-sdt.md §8). Pure.

A region code stays with a person though its county is renamed or gone, so only the province is looked at. python-stdnum
rejects the numbers of Hong Kong, Macao, Taiwan residents and of foreigners, which all stand at our windows.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from drivers.contract.id_card import CardKind

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
"""By the remainder of the weighted sum by 11."""
PROVINCES = frozenset({*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)})
PROVINCES |= {71, 81, 82, 83}
RESIDENCE_PERMIT_REGIONS = ("810000", "820000", "830000")


class Fault(StrEnum):
    """What is wrong with a number; it never quotes it."""

    FORM = "form"
    CHECK_DIGIT = "check-digit"
    REGION = "region"
    BIRTH = "birth"


def check_digit(first_17: str) -> str:
    """The 18th character for 17 digits."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_17, strict=True))
    return CHECK_DIGITS[total % 11]


def fault(number: str, kind: CardKind | None = None) -> Fault | None:
    """What is wrong with a number as it stands on this kind of card (None: on any of 18 characters); None: nothing.

    A small x is read as X. The old numbers of 15 digits are no longer valid and of no right form.
    """
    number = number.upper()
    if kind is CardKind.FOREIGNER_2017:
        return None if _is_permit_of_2017(number) else Fault.FORM
    if len(number) != 18 or not _digits(number[:17]) or not (_digits(number[17]) or number[17] == "X"):
        return Fault.FORM
    if check_digit(number[:17]) != number[17]:
        return Fault.CHECK_DIGIT
    if kind is CardKind.FOREIGNER_2023 or (kind is None and number[0] == "9"):
        return None if number[0] == "9" else Fault.REGION  # the inner digits are in no source twice
    return _fault_inside(number, kind)


def is_male(number: str) -> bool:
    """What the 17th digit of a sound number of GB 11643 says: odd for a man."""
    return int(number[16]) % 2 == 1


def _fault_inside(number: str, kind: CardKind | None) -> Fault | None:
    if int(number[:2]) not in PROVINCES:
        return Fault.REGION
    if kind is CardKind.HK_MACAO_TAIWAN and number[:6] not in RESIDENCE_PERMIT_REGIONS:
        return Fault.REGION
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return Fault.BIRTH
    return None


def _is_permit_of_2017(number: str) -> bool:
    letters, digits = number[:3], number[3:]
    return len(number) == 15 and letters.isascii() and letters.isalpha() and _digits(digits)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()
