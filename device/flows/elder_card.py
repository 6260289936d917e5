"""A card laid on a kiosk's reader at its invitation: is its holder 65 or more? Then the page offers 长辈版.

    announced on the page ──begin──▸ reading ──▸ read ──▸ over (left, or ``FORGET_SECONDS`` later)
                                        └─────▸ failed ◂─ an outcome in words; begin again

Of the card one thing is looked at, the day of birth, and what is kept of it is one yes or no for the page in sight. The
rest is let go with the reading. Nothing of it is stored, printed, or told to the hall but that a card was read.

| what happens                                   | what becomes of the yes or no                                 |
|------------------------------------------------|---------------------------------------------------------------|
| the page leaves the view, or goes home         | forgotten; a card that is read meanwhile counts for nothing   |
| ``FORGET_SECONDS`` after the reading           | forgotten                                                     |
| the journal cannot note that a card was read   | never told: *not-recorded*                                    |
| the card has no day of birth, or no such day   | no: the page offers nothing, 长辈版 is one touch away all the |
| the hall has told no date yet                  | same                                                          |
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from device.cell import Cell
from device.flows.card_readers import Outcome, whole_id_card, whole_smart_card
from device.flows.card_values import SOCIAL_SECURITY
from device.flows.left_behind import CardBack
from device.journal import Data, Journal, JournalStopped
from device.supervise import Tasks
from device.watch import Watch
from drivers.contract import IdCard, SocialSecurityCard

ELDER_YEARS = 65
FORGET_SECONDS = 60.0
_NOTHING_LAY = frozenset({Outcome.NO_CARD, Outcome.CANCELED, Outcome.READER_LOST, Outcome.READER_BUSY})
"""Outcomes after which no card need be taken back."""


class Phase(StrEnum):
    """How far it is."""

    IDLE = "idle"
    READING = "reading"
    READ = "read"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class _Reading:
    """One invitation that was taken."""

    phase: Phase = Phase.READING
    outcome: Outcome | None = None
    elder: bool = False


class ElderCard:
    """The card reader of a kiosk. ``watch`` changes with each step."""

    def __init__(
        self, family: str, cell: Cell[Any], journal: Journal, tasks: Tasks, today: Callable[[], str], back: CardBack
    ) -> None:
        self.watch = Watch()
        self.family = family
        self._cell = cell
        self._journal = journal
        self._tasks = tasks
        self._today = today
        self._back = back
        self._reading: _Reading | None = None

    def state(self) -> dict[str, Any]:
        """What the page shows."""
        reading = self._reading
        return {
            "reader": self.family,
            "ready": self._cell.state.accepting,
            "phase": reading.phase if reading else Phase.IDLE,
            "outcome": reading.outcome if reading else None,
            "elder": reading.elder if reading else False,
        }

    def begin(self) -> bool:
        """The citizen has read the notice and takes the invitation. False while a card is waited for already."""
        if self._reading is not None and self._reading.phase is Phase.READING:
            return False
        self._reading = _Reading()
        self._tasks.start("kiosk card", self._work(self._reading))
        self.watch.changed()
        return True

    def leave(self) -> None:
        """The page has left it: what was found is forgotten."""
        self._reading = None
        self.watch.changed()

    async def _work(self, reading: _Reading) -> None:
        async with self._cell.in_a_row:
            kind, born, outcome = await self._look(lambda: self._reading is reading)
        if outcome not in _NOTHING_LAY:
            self._back.lies_there()
        if self._reading is not reading:
            outcome, kind = Outcome.CANCELED, ""
        try:
            data: Data = {"window": 0, "reader": self.family, "card": kind, "outcome": str(outcome)}
            await self._journal.record("card-read", data)
        except JournalStopped:
            outcome = Outcome.NOT_RECORDED
        if self._reading is not reading:
            return
        reading.elder = outcome is Outcome.READ and is_elder(born, self._today())
        reading.phase = Phase.READ if outcome is Outcome.READ else Phase.FAILED
        reading.outcome = None if outcome is Outcome.READ else outcome
        del born
        self.watch.changed()
        await asyncio.sleep(FORGET_SECONDS)
        if self._reading is reading:
            self.leave()

    async def _look(self, wanted: Callable[[], bool]) -> tuple[str, date | None, Outcome]:
        """Kind and day of birth; nothing else of the card leaves this function."""
        read = whole_id_card if self.family == "id_card" else whole_smart_card
        card = await read(self._cell, wanted)
        match card:
            case IdCard():
                return card.kind, card.born, Outcome.READ
            case SocialSecurityCard():
                return SOCIAL_SECURITY, card.born.reveal() if card.born else None, Outcome.READ
            case Outcome():
                return "", None, card
        return "", None, Outcome.NOT_SUPPORTED


def is_elder(born: date | None, today: str) -> bool:
    """Whether somebody born then has had the 65th birthday by this date; False where either is not known."""
    if born is None or not today:
        return False
    day = date.fromisoformat(today)
    had_birthday = (day.month, day.day) >= (born.month, born.day)
    return day.year - born.year - (not had_birthday) >= ELDER_YEARS
