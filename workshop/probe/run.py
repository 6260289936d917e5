"""One probe, on this machine's ports or on simulated ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config.wording import say
from drivers.input_node import SimulatedDevices
from workshop.probe import elsewhere
from workshop.probe.block import ROOM
from workshop.probe.finding import Finding
from workshop.probe.line import BAUDS, Place
from workshop.probe.machine import Machine
from workshop.probe.plugged import everything, place, these
from workshop.probe.together import together
from workshop.simulated import BENCH, TYPING, press, simulators

PROGRESS_SECONDS = 1.0
PRESSES = ({"do": "press", "address": 1, "keys": "1,0,0,1,call"}, {"do": "grade", "address": 129, "grade": 4})

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to ask. No ``ports``: everything. ``listen_seconds``: for keys, on lines where nobody answered."""

    ports: tuple[str, ...] = ()
    bauds: tuple[int, ...] = BAUDS
    listen_seconds: float = 0.0
    language: str = "zh-CN"

    def places(self) -> list[Place]:
        """The ports as lines to ask. Raises ValueError, "what → remedy"."""
        return [place(port, self.bauds) for port in self.ports]


@dataclass(slots=True)
class _Asking:
    """Which ports are being asked now, told each second."""

    tell: Tell
    language: str
    now: dict[str, int | None] = field(default_factory=dict)

    def progress(self, port: str, baud: int | None) -> None:
        self.now[port.rpartition("/")[2]] = baud

    def done(self, port: str) -> None:
        self.now.pop(port.rpartition("/")[2], None)

    @asynccontextmanager
    async def told(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(self._run())
            try:
                yield
            finally:
                telling.cancel()

    async def _run(self) -> None:
        seconds = 0
        while True:
            await asyncio.sleep(PROGRESS_SECONDS)
            seconds += 1
            ports = ", ".join(port if baud is None else f"{port} {baud}" for port, baud in self.now.items())
            self.tell(say(ROOM, "asking", self.language, seconds=seconds, ports=ports))


async def probe(wanted: Wanted, machine: Machine, tell: Tell) -> list[Finding]:
    """Ask. ``tell`` is given a line each second. Raises ValueError, "what → remedy", for a port that cannot be one."""
    places, asking = wanted.places(), _Asking(tell, wanted.language)
    async with asking.told():
        if places:
            return await these(places, machine, asking, wanted.listen_seconds)
        return await everything(machine, asking, wanted.bauds, wanted.listen_seconds)


async def probe_simulated(wanted: Wanted, machine: Machine, tell: Tell) -> list[Finding]:
    """The same on simulators of our own, ended afterwards; somebody presses their keys. Raises NotStarted."""
    asking = _Asking(tell, wanted.language)
    async with simulators() as folder, asking.told():
        ports = [str(folder / name) for name in BENCH if name != TYPING]
        places = [place(port, wanted.bauds) for port in ports]
        async with asyncio.TaskGroup() as group:
            pressing = group.create_task(_press(folder / "pads.control"))
            try:
                found = await together(
                    [
                        these(places, machine, asking, wanted.listen_seconds),
                        elsewhere.keypads(SimulatedDevices(str(folder / f"{TYPING}-1")), at=folder / f"{TYPING}-1"),
                    ]
                )
            finally:
                pressing.cancel()
        return [finding for part in found for finding in part]


async def _press(control: Path) -> None:
    while True:
        for command in PRESSES:
            await asyncio.sleep(PROGRESS_SECONDS / 2)
            await press(control, command)
