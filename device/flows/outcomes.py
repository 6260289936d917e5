"""What became of a slip is told, however long the journal cannot write: its number must not stand *issued* for ever.

| the disk is full                        | what it becomes                                                  |
|-----------------------------------------|------------------------------------------------------------------|
| when the slip is out                    | *printed* as soon as there is room; its citizen is told at once  |
| and the power goes before there is room | *doubtful* (power-cut) at the next start                         |
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial

from device.flows.patience import until_written
from device.journal import Data, Journal, JournalStopped


class Outcomes:
    """Outcomes of tickets on their way into the journal, in order."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._owed: deque[tuple[str, Data, str]] = deque()
        self._news = asyncio.Event()

    async def tell(self, kind: str, data: Data, ticket: str) -> None:
        """Journal it now, or, when nothing can be written, as soon as something can."""
        try:
            await self._journal.record(kind, data, visit=ticket)
        except JournalStopped:
            self._owed.append((kind, data, ticket))
            self._news.set()

    async def run(self) -> None:
        """Long-lived: write what is owed."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._owed:
                kind, data, ticket = self._owed[0]
                await until_written(partial(self._journal.record, kind, data, visit=ticket))
                self._owed.popleft()
