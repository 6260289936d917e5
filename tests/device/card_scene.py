"""A window with an ID card reader (simulated, in memory) and whoever wants to read at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from device.cell import Cell
from device.flows.read_card import CardDesk, Phase, Reading
from device.supervise import Tasks
from drivers.contract import State
from drivers.id_card.sdt import SdtReader, SdtSettings
from drivers.smart_card.pcsc import PcscReader, PcscSettings
from hall.contract import Fact
from simulators.id_card_reader.cards import CARDS
from tests.device.counter import CLERK, Counter, counter_of, held
from tests.drivers.id_card_device import BAUD, Reader
from tests.drivers.line import Line
from tests.drivers.memory_card import MemoryPort

KEEP_SECONDS = 120.0
FIELDS = {value for card in CARDS.values() for value in card.fields.values()}
VALUES = {value for value in FIELDS - {"长期"} if len(value) > 4 or not value.isascii()}
"""What stands on the cards of the simulated reader, but for what is too short to be sure of."""


class Listened(Reader):
    """Says when it has heard something."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = asyncio.Event()

    def hear(self, data: bytes) -> None:
        super().hear(data)
        self.heard.set()


class Cards:
    def __init__(self, counter: Counter, tasks: Tasks, folder: Path) -> None:
        self.counter = counter
        self.folder = folder
        self.tasks = tasks
        self.reader = Listened()
        self.line = Line(self.reader, baud=BAUD)
        self.port = MemoryPort()
        id_cell = Cell("cards", "sdt-reader", SdtReader(SdtSettings(), self.line), family="id_card")
        smart: Any = PcscReader(PcscSettings(), self.port)
        smart_cell = Cell("chips", "pcsc-reader", smart, family="smart_card")
        self.cells: dict[str, Cell[Any]] = {"id_card": id_cell, "smart_card": smart_cell}
        self.desk = self.new_desk(tasks)
        for cell in self.cells.values():
            tasks.start(cell.name, cell.run())
        tasks.start("card desk", self.desk.run())

    def new_desk(self, tasks: Tasks, window: int = 1) -> CardDesk:
        counter = self.counter
        return CardDesk(
            window,
            self.cells,
            counter.journal,
            tasks,
            lambda: counter.desk.state,
            counter.desk.watch,
            KEEP_SECONDS,
        )

    async def announced(self, reader: str = "id_card") -> Reading:
        reading = self.desk.announce(reader, CLERK)
        assert isinstance(reading, Reading), reading
        return reading

    async def reading(self, reader: str = "id_card") -> Reading:
        """The notice was shown, and nobody minds."""
        reading = await self.announced(reader)
        assert self.desk.read(reading.id, CLERK) is None
        return reading

    async def read(self, card: str = "resident") -> Reading:
        """A card laid down and read."""
        reading = await self.reading()
        await asyncio.sleep(1)
        self.reader.module.lay(card)
        await self.until(lambda: reading.phase is not Phase.READING)
        return reading

    async def until(self, true: Callable[[], object]) -> None:
        with self.desk.watch.watching() as changed:
            async with asyncio.timeout(60):
                while not true():
                    await changed.wait()
                    changed.clear()

    def state(self, reading: Reading, today: str = "2026-01-05") -> dict[str, Any]:
        return self.desk.state(reading, today)

    def lines(self, reading: Reading) -> dict[str, str]:
        """Line by line, as the page is told without asking for more."""
        return {each["key"]: each["text"] for each in self.state(reading)["card"]["values"]}

    async def asked(self, request: str) -> None:
        """Wait until the reader was asked this: it is in the middle of it."""
        async with asyncio.timeout(20):
            while request not in self.reader.asked:
                self.reader.heard.clear()
                await self.reader.heard.wait()

    def files(self) -> bytes:
        """All that is on disk."""
        return b"".join(file.read_bytes() for file in sorted(self.folder.rglob("*")) if file.is_file())

    def noted(self) -> list[Fact]:
        return self.counter.facts("card-read")


@asynccontextmanager
async def cards_of(folder: Path) -> AsyncIterator[Cards]:
    """A clerk at work, somebody before them, the reader ready."""
    async with counter_of(folder) as counter, Tasks() as tasks:
        cards = Cards(counter, tasks, folder)
        await counter.tell("serving", held=held("A1001"))
        for cell in cards.cells.values():
            with cell.watch.watching() as changed:
                async with asyncio.timeout(10):
                    while cell.state != State.of():
                        await changed.wait()
                        changed.clear()
        try:
            yield cards
        finally:
            tasks.stop()
