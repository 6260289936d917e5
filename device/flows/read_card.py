"""Reading a card at a window: first the notice, then the card, then it is forgotten.

    announced ──read──▸ reading ──▸ read ──────────────┐
        ▲                  │                           ├──▸ over (forgotten)
        └─ (read again) ─ failed ◂─┘ an outcome in words ┘

Nothing is read that was not announced: who reads, why, for how long, and the way without a card stand on the page
first. What a card gives lives in one object in memory, for the page whose stream is open.

| what happens                                   | what becomes of the values                                    |
|------------------------------------------------|---------------------------------------------------------------|
| *done*, declined, canceled on the page         | forgotten; a card that is read meanwhile is thrown away       |
| the visit is closed, or another number called  | forgotten                                                     |
| the clerk signs out, or another signs in       | forgotten                                                     |
| ``keep_seconds`` after the reading             | forgotten, whether looked at or not                           |
| the page goes away, the daemon stops           | forgotten                                                     |
| a second reading begins at this window         | the first is forgotten                                        |
| the journal cannot note that a card was read   | thrown away unseen: *not-recorded*                            |
| the power goes                                 | gone with the memory                                          |
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from device.cell import Cell
from device.flows.card_readers import WAIT_SECONDS, Outcome, read_id_card, read_smart_card, smart_card_lies
from device.flows.card_values import Told
from device.journal import Data, Journal, JournalStopped
from device.supervise import Tasks
from device.watch import Watch
from hall.contract import Clerk, WindowState

READERS = ("id_card", "smart_card")
BUSY_SECONDS = 1.5
"""A reader that another window or a check holds for longer is busy: what was canceled here has let go of it by then."""
TAKE_SECONDS = 60.0
"""So long the page asks to take a card back."""


class Phase(StrEnum):
    """How far a reading is."""

    ANNOUNCED = "announced"
    READING = "reading"
    READ = "read"
    FAILED = "failed"
    OVER = "over"


class Why(StrEnum):
    """Why a reading is over."""

    DONE = "done"
    DECLINED = "declined"
    CANCELED = "canceled"
    VISIT_OVER = "visit-over"
    SIGNED_OUT = "signed-out"
    TIMED_OUT = "timed-out"
    PAGE_GONE = "page-gone"
    ANOTHER = "another-began"
    STOPPING = "stopping"


CardRefusal = Literal["not-signed-in", "nothing-held", "no-card-reader", "reading-over"]


@dataclass(slots=True, repr=False, eq=False)
class Reading:
    """One reading, known by an ``id`` that only its page has. ``told`` is None except while it may be looked at."""

    reader: str
    clerk: Clerk
    number: str
    visit: str
    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    phase: Phase = Phase.ANNOUNCED
    until: float = 0.0
    """When ``reading`` or ``read`` ends by itself, on the loop's clock."""
    outcome: Outcome | None = None
    told: Told | None = None
    why: Why | None = None
    lies: bool | None = None
    """Whether the card lies there; None where the reader cannot tell."""
    seen: bool = True
    """Whether its page is there."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class CardDesk:
    """The card readers of one window. ``watch`` changes with each step of a reading."""

    def __init__(
        self,
        window: int,
        readers: dict[str, Cell[Any]],
        journal: Journal,
        tasks: Tasks,
        standing: Callable[[], WindowState | None],
        news: Watch,
        keep_seconds: float,
    ) -> None:
        self.watch = Watch()
        self.keep_seconds = keep_seconds
        self._window = window
        self._readers = readers
        self._journal = journal
        self._tasks = tasks
        self._standing = standing
        self._news = news
        self._reading: Reading | None = None

    def there(self) -> list[str]:
        """The kinds of readers that stand ready here."""
        return [kind for kind, cell in self._readers.items() if cell.state.accepting]

    def announce(self, reader: str, clerk: Clerk) -> Reading | CardRefusal:
        """The notice goes up for whoever is at the window; nothing is read yet. An earlier reading is over."""
        state = self._standing()
        if state is None or state.clerk is None or state.clerk.staff_no != clerk.staff_no:
            return "not-signed-in"
        if state.held is None:
            return "nothing-held"
        if reader not in self.there():
            return "no-card-reader"
        self._end(self._reading, Why.ANOTHER)
        self._reading = Reading(reader, clerk, state.held.number, state.held.visit)
        return self._reading

    def read(self, id_: str, clerk: Clerk) -> CardRefusal | None:
        """Ask for the card, after the notice or again after it could not be read."""
        reading = self._found(id_, clerk)
        if reading is None or reading.phase not in (Phase.ANNOUNCED, Phase.FAILED):
            return "reading-over"
        reading.phase, reading.outcome = Phase.READING, None
        reading.until = _now() + WAIT_SECONDS
        self._tasks.start(f"window {self._window} card", self._work(reading))
        self.watch.changed()
        return None

    def show(self, id_: str, clerk: Clerk) -> list[dict[str, str]] | CardRefusal:
        """The whole values: the clerk has asked for them."""
        reading = self._found(id_, clerk)
        if reading is None or reading.told is None:
            return "reading-over"
        return reading.told.whole()

    def end(self, id_: str, clerk: Clerk, why: Why) -> None:
        """The page is done with it, or the citizen does not want it. One that is over stays so."""
        self._end(self._found(id_, clerk), why)

    def leave(self, reading: Reading) -> None:
        """The page is gone."""
        reading.seen = False
        self._end(reading, Why.PAGE_GONE)
        if self._reading is reading:
            self._reading = None

    def state(self, reading: Reading, today: str) -> dict[str, Any]:
        """What the page of this reading shows."""
        told = reading.told
        return {
            "reading": reading.id,
            "reader": reading.reader,
            "phase": reading.phase,
            "left_ms": int(1000 * max(0.0, reading.until - _now())) if reading.until else 0,
            "outcome": reading.outcome,
            "card": told.masked(today) if told else None,
            "why": reading.why,
            "lies": reading.lies,
        }

    async def run(self) -> None:
        """Forget when the visit or the clerk goes, for ever."""
        with self._news.watching() as changed:
            try:
                while True:
                    await changed.wait()
                    changed.clear()
                    self._look()
            finally:
                self._end(self._reading, Why.STOPPING)

    def _look(self) -> None:
        reading, state = self._reading, self._standing()
        if reading is None or reading.phase is Phase.OVER:
            return
        if state is None or state.clerk is None or state.clerk.staff_no != reading.clerk.staff_no:
            self._end(reading, Why.SIGNED_OUT)
        elif state.held is None or state.held.number != reading.number:
            self._end(reading, Why.VISIT_OVER)

    def _found(self, id_: str, clerk: Clerk) -> Reading | None:
        reading = self._reading
        if reading is None or reading.clerk != clerk or not secrets.compare_digest(reading.id.encode(), id_.encode()):
            return None
        return reading

    def _end(self, reading: Reading | None, why: Why) -> None:
        if reading is None or reading.phase is Phase.OVER:
            return
        reading.phase, reading.why, reading.told, reading.until = Phase.OVER, why, None, 0.0
        reading.ended.set()
        self.watch.changed()

    async def _work(self, reading: Reading) -> None:
        """One reading from the notice to the card's removal. Holds no value itself."""
        cell = self._readers[reading.reader]
        try:
            async with asyncio.timeout(BUSY_SECONDS):
                await cell.in_a_row.acquire()
        except TimeoutError:
            self._failed(reading, Outcome.READER_BUSY)
            return
        try:
            await self._read(reading, cell)
        finally:
            cell.in_a_row.release()
        if reading.phase is Phase.READ:
            await self._keep(reading)
        if reading.reader == "smart_card":
            await self._until_taken(reading, cell)

    async def _read(self, reading: Reading, cell: Cell[Any]) -> None:
        """Read, note that it was read, and only then show it."""
        ask = read_id_card if reading.reader == "id_card" else read_smart_card
        told = await ask(cell, lambda: reading.phase is Phase.READING)
        outcome = told if isinstance(told, Outcome) else Outcome.READ
        if reading.phase is not Phase.READING:
            outcome, told = Outcome.CANCELED, Outcome.CANCELED
        kind = "" if isinstance(told, Outcome) else told.kind
        try:
            await self._note(reading, outcome, kind)
        except JournalStopped:
            if outcome is Outcome.READ:
                self._failed(reading, Outcome.NOT_RECORDED)
                return
        if isinstance(told, Outcome):
            self._failed(reading, told)
        elif reading.phase is Phase.READING:
            reading.phase, reading.told, reading.until = Phase.READ, told, _now() + self.keep_seconds
            self.watch.changed()

    async def _note(self, reading: Reading, outcome: Outcome, kind: str) -> None:
        """That a card was read here, and nothing that stood on it. Raises JournalStopped."""
        data: Data = {"window": self._window, "reader": reading.reader, "card": kind, "outcome": str(outcome)}
        operator, post = reading.clerk.staff_no, reading.clerk.post
        await self._journal.record("card-read", data, operator=operator, post=post, visit=reading.visit)

    def _failed(self, reading: Reading, outcome: Outcome) -> None:
        if reading.phase is Phase.READING:
            reading.phase, reading.outcome, reading.until = Phase.FAILED, outcome, 0.0
            self.watch.changed()

    async def _keep(self, reading: Reading) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(reading.until):
                await reading.ended.wait()
        self._end(reading, Why.TIMED_OUT)

    async def _until_taken(self, reading: Reading, cell: Cell[Any]) -> None:
        """Tell the page whether the card lies there, as long as the page asks for it to be taken."""
        last = _now() + TAKE_SECONDS
        while reading.seen and reading.phase in (Phase.FAILED, Phase.OVER) and _now() < last:
            lies = await smart_card_lies(cell)
            if lies is not reading.lies:
                reading.lies = lies
                self.watch.changed()
            if not lies:
                return


def _now() -> float:
    return asyncio.get_running_loop().time()
