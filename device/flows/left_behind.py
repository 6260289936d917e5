"""What somebody may leave at a kiosk: a card in its reader, a slip in the printer's mouth.

| the reader                       | the card lies there                      | … no longer                          |
|----------------------------------|------------------------------------------|--------------------------------------|
| tells whether a card lies in it  | after a reading, until it says otherwise | the reader says so, or is lost       |
| finds a card once a placement    | after a reading, as far as anybody knows | somebody at the page says so: nobody |
| (identity cards)                 |                                          | else can                             |

A card that lies there for LEFT_S is told as *card-left*, a slip after SLIP_S as *slip-left*; both, and only then, as
*taken* in the end. Until then the page asks for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

from device.cell import Cell
from device.flows.card_readers import smart_card_lies
from device.flows.patience import until_written
from device.journal import Data, Journal
from device.watch import Watch
from drivers.contract import MEDIA_NOT_TAKEN

LEFT_S = 30.0
SLIP_S = 15.0
"""So long a slip waits in the mouth for a hand that is busy."""


class CardBack:
    """请取回身份证, until it is gone. ``sees``: the reader itself tells whether a card lies there."""

    def __init__(self, family: str, cell: Cell[Any], journal: Journal) -> None:
        self.watch = Watch()
        self.lies = False
        self.left = False
        """It has lain there for so long that a guide has to come."""
        self.sees = family == "smart_card"
        self._family = family
        self._cell = cell
        self._journal = journal

    def lies_there(self) -> None:
        """A reading is over: the card has to be taken back."""
        self.lies = True
        self.watch.changed()

    def taken(self) -> None:
        """Somebody says that it is gone. A reader that sees for itself is believed instead."""
        if not self.sees:
            self._is_gone()

    async def run(self) -> None:
        """Long-lived."""
        with self.watch.watching() as changed:
            while True:
                while not self.lies:
                    await changed.wait()
                    changed.clear()
                if not await self._gone(changed, LEFT_S):
                    self.left = True
                    self.watch.changed()
                    await self._tell("card-left")
                    await self._gone(changed, None)
                    await self._tell("card-taken")

    async def _gone(self, changed: asyncio.Event, limit_s: float | None) -> bool:
        """Wait for it; whether it was in time."""
        loop = asyncio.get_running_loop()
        until = None if limit_s is None else loop.time() + limit_s
        while self.lies:
            if until is not None and loop.time() >= until:
                return False
            if self.sees:
                if not await smart_card_lies(self._cell):
                    self._is_gone()
                continue
            try:
                async with asyncio.timeout_at(until):
                    await changed.wait()
            except TimeoutError:
                continue
            changed.clear()
        return True

    def _is_gone(self) -> None:
        if self.lies:
            self.lies = self.left = False
            self.watch.changed()

    async def _tell(self, kind: str) -> None:
        data: Data = {"reader": self._family}
        await until_written(partial(self._journal.record, kind, data))


class SlipBack:
    """小票还在出票口, as printers with a sensor there tell it (``media-not-taken``)."""

    def __init__(self, cells: Sequence[Cell[Any]], journal: Journal) -> None:
        self.watch = Watch()
        self.lies = False
        """It has lain there for SLIP_S."""
        self._cells = cells
        self._journal = journal
        self._stir = Watch()
        for cell in cells:
            cell.watch.feeds(self._stir)

    def _seen(self) -> bool:
        return any(MEDIA_NOT_TAKEN.keyword in cell.state.keywords() for cell in self._cells)

    async def run(self) -> None:
        """Long-lived."""
        with self._stir.watching() as changed:
            while True:
                await self._until(changed, seen=True)
                try:
                    async with asyncio.timeout(SLIP_S):
                        await self._until(changed, seen=False)
                except TimeoutError:
                    await self._left(changed)

    async def _left(self, changed: asyncio.Event) -> None:
        newest = self._journal.newest_ticket()
        data: Data = {"ticket": newest.ticket if newest else ""}
        self._lie(yes=True)
        await until_written(partial(self._journal.record, "slip-left", data))
        await self._until(changed, seen=False)
        self._lie(yes=False)
        await until_written(partial(self._journal.record, "slip-taken", data))

    def _lie(self, *, yes: bool) -> None:
        self.lies = yes
        self.watch.changed()

    async def _until(self, changed: asyncio.Event, *, seen: bool) -> None:
        while self._seen() != seen:
            changed.clear()
            if self._seen() != seen:
                await changed.wait()
