"""A box's lower half around a fake hall: journal, link and what rides on it, running until the block ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from device.clock import Clock
from device.journal import Journal
from device.supervise import Backoff, Tasks
from device.sync.commands import Commands
from device.sync.desired import Desired
from device.sync.directory import Lookup
from device.sync.downlink import Downlink
from device.sync.link import Link
from device.sync.reserve import Reserver
from device.sync.uplink import Uplink
from hall.contract import Reserve
from tests.device.fake_hall import NOW_MS, FakeHall
from tests.device.inline_writer import InlineWriter


@dataclass(frozen=True, slots=True)
class Scene:
    hall: FakeHall
    journal: Journal
    clock: Clock
    desired: Desired
    link: Link
    commands: Commands
    reserver: Reserver
    lookup: Lookup
    tasks: Tasks

    def reserve(self, ticket: str = "t1") -> Reserve:
        return Reserve(ticket=ticket, service="1", mode="demo", mono_ms=1, boot="boot-1")

    def start(self, *parts: str) -> None:
        """Start these long-lived parts: link, uplink, downlink, commands."""
        steady = [Backoff(draw=lambda: 1.0) for _ in range(2)]
        known = {
            "link": self.link.run,
            "uplink": Uplink(self.link, self.journal, self.clock, steady[0]).run,
            "downlink": Downlink(self.link, self.desired, steady[1]).run,
            "commands": self.commands.run,
            "directory": self.lookup.run,
        }
        if "link" in parts and "uplink" not in parts:
            parts = (*parts, "uplink")  # without it the hall is reached, but never up
        for part in parts:
            self.tasks.start(part, known[part]())


@asynccontextmanager
async def scene_of(folder: Path, hall: FakeHall, client: httpx.AsyncClient | None = None) -> AsyncIterator[Scene]:
    """Parts are built, none runs. Reopening the same folder is a restart of the box."""
    clock = Clock(wall_ms=lambda: NOW_MS - 5000, mono_ms=lambda: 1, boot_id="boot-1")
    journal = Journal.open(folder / "journal.db", "kiosk-1", clock, "demo", writer=InlineWriter)
    desired = Desired(journal)
    async with client or hall.client() as ready:
        link = Link(ready, journal, clock, desired, Backoff(draw=lambda: 1.0))
        commands = Commands(link, journal, desired, clock)
        try:
            async with Tasks() as tasks:
                yield Scene(hall, journal, clock, desired, link, commands, Reserver(link), Lookup(link, journal), tasks)
                tasks.stop()
        finally:
            await journal.close()
