"""Readers of cards. Of a card is told what kind of one it is, and nothing that stands on it."""

from __future__ import annotations

import asyncio
from typing import Any

from device.cell import Cell
from device.trials.finding import ASK_SECONDS, LOOK_AGAIN_SECONDS, PERSON_SECONDS, Outcome, Trace
from drivers.contract import CARD_PRESENT, CardKind, IdCard, IdCardReader
from drivers.deadline import Deadline

READ_SECONDS = 20.0
"""For reading the slowest card with the most patient settings."""


async def smart_card(cell: Cell[Any], interactive: bool, trace: Trace) -> Outcome:
    """Somebody puts a card in; it is not read."""
    if not interactive:
        return Outcome.NOT_SUPPORTED
    try:
        async with asyncio.timeout(PERSON_SECONDS):
            while CARD_PRESENT not in cell.state.reasons:
                state = await cell.do(lambda reader, deadline: reader.poll(deadline), ASK_SECONDS)
                if CARD_PRESENT in state.reasons:
                    break
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
    except TimeoutError:
        return Outcome.NOBODY_CAME
    trace.found["card"] = "present"
    return Outcome.SOUND


async def id_card(cell: Cell[Any], interactive: bool, trace: Trace) -> Outcome:
    """Somebody lays a card on it; it is read whole, and forgotten at once: such a reader sees a card only by that."""
    if not interactive:
        return Outcome.NOT_SUPPORTED
    kind = await cell.do(_kind, PERSON_SECONDS + READ_SECONDS)
    if kind is None:
        return Outcome.NOBODY_CAME
    trace.found["card"] = str(kind)
    return Outcome.SOUND


async def _kind(reader: IdCardReader, deadline: Deadline) -> CardKind | None:
    """Nothing else of the card leaves this function. Raises one of the four."""
    card = await reader.read_card(deadline.sooner(PERSON_SECONDS + reader.reading_seconds()))
    return card.kind if isinstance(card, IdCard) else None
