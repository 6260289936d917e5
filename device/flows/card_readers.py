"""One card from one reader: what it told, or in a word why not.

| the reader                                            | becomes             |
|-------------------------------------------------------|---------------------|
| gave a card                                           | read                |
| saw none in time                                      | no-card             |
| saw none, the card last read may lie there still      | lies-still          |
| Refused, remedy clear; a smart card: user_error       | torn                |
| Refused, remedy clear, invalid_data                   | rejected            |
| gave a card that is not for us: bank, transit …       | not-supported       |
| gave an identity card's chip and nothing of its text  | needs-id-reader     |
| Gone, Silent, Garbled                                 | reader-lost         |
| Refused, any other remedy                             | reader-faulty       |
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from functools import partial

from device.cell import Cell
from device.flows.card_values import Told, told
from drivers.contract import (
    Card,
    ChipSerial,
    CompletionCode,
    DeviceFault,
    IdCard,
    IdCardReader,
    NoCard,
    Refused,
    Remedy,
    SmartCardReader,
    UnsupportedCard,
    UnsupportedKind,
)
from drivers.deadline import Deadline

WAIT_SECONDS = 20.0
"""How long a person is waited for (as in a technician's check)."""
READ_SECONDS = 20.0
"""For reading the slowest card with the most patient settings, once it is found."""
LOOK_SECONDS = 1.0
"""A reader of smart cards is asked in such pieces, so that it is soon free when nobody wants the card any more."""

Wanted = Callable[[], bool]


class Outcome(StrEnum):
    """How a reading ended."""

    READ = "read"
    NO_CARD = "no-card"
    LIES_STILL = "lies-still"
    TORN = "torn"
    REJECTED = "rejected"
    NOT_SUPPORTED = "not-supported"
    NEEDS_ID_READER = "needs-id-reader"
    READER_LOST = "reader-lost"
    READER_FAULTY = "reader-faulty"
    READER_BUSY = "reader-busy"
    CANCELED = "canceled"
    NOT_RECORDED = "not-recorded"


async def read_id_card(cell: Cell[IdCardReader], wanted: Wanted) -> Told | Outcome:
    """Wait for an identity card and read it. It cannot be told whether the card was taken afterwards."""
    card = await whole_id_card(cell, wanted)
    return card if isinstance(card, Outcome) else told(card) or Outcome.NOT_SUPPORTED


async def whole_id_card(cell: Cell[IdCardReader], wanted: Wanted) -> IdCard | Outcome:
    """All that an identity card gives: for whoever takes one thing of it and lets the rest go at once."""
    try:
        card = await cell.do(partial(_id_card, wanted), WAIT_SECONDS + READ_SECONDS)
    except DeviceFault as fault:
        return _why_not(fault)
    if isinstance(card, NoCard):
        return Outcome.LIES_STILL if card.may_lie else Outcome.NO_CARD
    return card


async def _id_card(wanted: Wanted, reader: IdCardReader, deadline: Deadline) -> IdCard | NoCard:
    limit = deadline.sooner(WAIT_SECONDS + reader.reading_seconds())
    return await reader.read_card(limit, wanted=wanted)


async def read_smart_card(cell: Cell[SmartCardReader], wanted: Wanted) -> Told | Outcome:
    """Wait for a card to be put in and read it."""
    card = await whole_smart_card(cell, wanted)
    return card if isinstance(card, Outcome) else told(card) or _not_for_us(card)


async def whole_smart_card(cell: Cell[SmartCardReader], wanted: Wanted) -> Card | Outcome:
    """All that a card gives, of whatever kind it is."""
    until = asyncio.get_running_loop().time() + WAIT_SECONDS
    try:
        while not await cell.do(lambda reader, deadline: reader.wait_for_card(deadline), LOOK_SECONDS):
            if not wanted() or asyncio.get_running_loop().time() >= until:
                return Outcome.NO_CARD
        if not wanted():
            return Outcome.NO_CARD
        return await cell.do(lambda reader, deadline: reader.read_card(deadline), READ_SECONDS)
    except DeviceFault as fault:
        return _why_not(fault)


async def smart_card_lies(cell: Cell[SmartCardReader]) -> bool:
    """Whether a card lies there; answers as soon as it is taken, within a second. A lost reader holds none."""
    try:
        return not await cell.do(lambda reader, deadline: reader.wait_for_removal(deadline), LOOK_SECONDS)
    except DeviceFault:
        return False


def _not_for_us(card: Card) -> Outcome:
    identity = isinstance(card, UnsupportedCard) and card.kind is UnsupportedKind.RESIDENT_IDENTITY
    return Outcome.NEEDS_ID_READER if identity or isinstance(card, ChipSerial) else Outcome.NOT_SUPPORTED


def _why_not(fault: DeviceFault) -> Outcome:
    if not isinstance(fault, Refused):
        return Outcome.READER_LOST
    if fault.code is CompletionCode.USER_ERROR:
        return Outcome.TORN
    if fault.remedy is Remedy.CLEAR:
        return Outcome.REJECTED if fault.code is CompletionCode.INVALID_DATA else Outcome.TORN
    return Outcome.READER_FAULTY
