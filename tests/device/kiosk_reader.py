"""A kiosk's own card reader (simulated, in memory), and what is done with a card on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from device.cell import Cell
from device.clock import Clock
from device.flows.elder_card import ElderCard
from device.flows.left_behind import CardBack
from device.journal import Journal
from device.supervise import Tasks
from device.watch import Watch
from drivers.contract import State
from drivers.id_card.sdt import SdtReader, SdtSettings
from drivers.smart_card.pcsc import PcscReader, PcscSettings
from hall.contract import Fact
from tests.device.inline_writer import InlineWriter
from tests.drivers.id_card_device import BAUD, Reader
from tests.drivers.line import Line
from tests.drivers.memory_card import MemoryPort

NOW_MS = 1_700_000_000_000


class KioskReader:
    def __init__(self, folder: Path, family: str, tasks: Tasks) -> None:
        self.folder = folder
        self.today = "2026-11-23"
        clock = Clock(wall_ms=lambda: NOW_MS, mono_ms=lambda: 1, boot_id="boot-1")
        self.journal = Journal.open(folder / "journal.db", "kiosk-1", clock, "demo", writer=InlineWriter)
        self.reader, self.port = Reader(), MemoryPort()
        sdt, smart = SdtReader(SdtSettings(), Line(self.reader, baud=BAUD)), PcscReader(PcscSettings(), self.port)
        driver: Any = sdt if family == "id_card" else smart
        self.cell: Cell[Any] = Cell("reader", family, driver, family=family)
        self.back = CardBack(family, self.cell, self.journal)
        self.card = ElderCard(family, self.cell, self.journal, tasks, lambda: self.today, self.back)
        self.watch = Watch()
        for watch in (self.card.watch, self.back.watch, self.cell.watch):
            watch.feeds(self.watch)
        for name, work in (("cell", self.cell.run), ("back", self.back.run)):
            tasks.start(name, work())

    async def until(self, true: Callable[[], object]) -> None:
        with self.watch.watching() as changed:
            async with asyncio.timeout(90):
                while not true():
                    await changed.wait()
                    changed.clear()

    async def phase(self, phase: str) -> dict[str, Any]:
        await self.until(lambda: self.card.state()["phase"] == phase)
        return self.card.state()

    def told(self, *kinds: str) -> list[Fact]:
        facts = [msgspec.json.decode(raw, type=Fact) for _, raw in self.journal.unsent(0, 100)]
        return [fact for fact in facts if fact.kind in kinds]

    def files(self) -> bytes:
        return b"".join(file.read_bytes() for file in sorted(self.folder.rglob("*")) if file.is_file())


@asynccontextmanager
async def kiosk_reader(folder: Path, family: str = "id_card") -> AsyncIterator[KioskReader]:
    async with Tasks() as tasks:
        kiosk = KioskReader(folder, family, tasks)
        await kiosk.until(lambda: kiosk.cell.state == State.of())
        try:
            yield kiosk
        finally:
            tasks.stop()
            await kiosk.journal.close()
