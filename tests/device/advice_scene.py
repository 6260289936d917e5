"""A box with real cells and real drivers, the simulators at the far end of its lines, all in memory on virtual time.

The wire's faults are the simulator's own: its Line with a buffer in the place of a pty.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.box import load_box
from device.advice import advice_of
from device.advice.advising import Advising
from device.advice.known import KnownBox
from device.cell import Cell
from device.checkup import Level, check_health
from device.clock import Clock
from device.flows.show_call import DisplayKeeper
from device.hardware import Hardware, build_hardware
from drivers.contract import Gone
from drivers.deadline import Deadline
from hall.contract.maintenance import Advice
from simulators.control import AnyCommand, Event, Fault
from simulators.line import Line
from simulators.process import Station

STEP_SECONDS = 0.5
RENEW_SECONDS = 5.0
"""In a hall a minute: a fault comes to light when the text is sent anew."""
SETTLED_SECONDS = 5.0
"""By then every display shows its first text."""
LIMIT_SECONDS = 200.0
"""A text is sent anew after 60 s; a pad is asked after 10 s; a new card is looked for each 20 s."""

BOX = """\
[box]
name = "counter-1"
mode = "demo"
port = 8630
data = "data"

[hall]
url = "https://192.0.2.1:8610"
ca = "ca.pem"
certificate = "box.pem"
key = "box.key"

[[window]]
number = 1
[[window]]
number = 2
[[window]]
number = 3
[[window]]
number = 4
"""

Build = Callable[[Line, Callable[[Event], None]], Station]


class MemoryLine(Line):
    """The simulator's line without a pty. Its host is a drivers.contract.Transport."""

    def __init__(self, baud: int, *, pair: bool) -> None:
        super().__init__(Path("nowhere"), baud, half_duplex=pair)
        self._speed = baud
        self._from_host = bytearray()
        self.host = Host(self)
        self.plugged = False

    @property
    def baud(self) -> int:
        return self._speed

    def open(self) -> None:
        self._master, self.plugged = 1 << 20, True

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._in.clear()
        self._out.clear()
        self._master, self.plugged = -1, False
        self.host.lose(Gone("unplugged"))

    def write(self, data: bytes) -> None:
        self._from_host += data
        self._arrived()

    def _read(self, on: bool) -> None:
        """There is nothing to wait on: whoever writes here says so."""

    def _come(self) -> bytes:
        data, self._from_host = bytes(self._from_host), bytearray()
        return data

    def _go(self, data: bytes) -> None:
        self.host.hear(data)

    def _unread(self) -> bool:
        return bool(self.host.unread)


class Host:
    """The PC's end of a MemoryLine."""

    def __init__(self, line: MemoryLine) -> None:
        self._line = line
        self.unread = bytearray()
        self._heard = asyncio.Event()
        self._gone: Gone | None = Gone("not open")

    async def open(self, deadline: Deadline) -> None:
        if not self._line.plugged:
            raise Gone("no such port")
        self._gone = None
        self.unread.clear()

    async def write(self, data: bytes, deadline: Deadline) -> None:
        if self._gone is not None:
            raise self._gone
        self._line.write(data)

    async def read(self, deadline: Deadline | None) -> bytes:
        while not self.unread:
            if self._gone is not None:
                raise self._gone
            self._heard.clear()
            if deadline is None:
                await self._heard.wait()
            else:
                async with deadline.limit("no byte"):
                    await self._heard.wait()
        return self.discard()

    def discard(self) -> bytes:
        data = bytes(self.unread)
        self.unread.clear()
        return data

    def turn(self) -> Any:
        raise AssertionError("the bus gives turns")

    def wire_time(self, count: int) -> float:
        return count * self._line.byte_seconds

    async def close(self) -> None:
        self.lose(Gone("closed"))

    def hear(self, data: bytes) -> None:
        self.unread += data
        self._heard.set()

    def lose(self, gone: Gone) -> None:
        self._gone = gone
        self._heard.set()


@dataclass(frozen=True)
class Wired:
    """One kind of simulator on one line of the box. ``text``: what its displays are to show."""

    build: Build
    devices: str
    baud: int = 9600
    pair: bool = True
    port: str = "line-1"
    text: str = ""


class Bench:
    """A running box. ``station``: what stands at the far end of its line."""

    def __init__(self, hardware: Hardware, advising: Advising, station: Any) -> None:
        self.hardware = hardware
        self.advising = advising
        self.station = station

    def do(self, command: AnyCommand) -> None:
        self.station.do(command)

    def fault(self, name: str, on: bool = True, address: int | None = None) -> None:
        self.do(Fault(name, on, address))

    def cell(self, name: str) -> Cell[Any]:
        return next(cell for cell in self.hardware.cells if cell.name == name)

    def advice(self) -> list[Advice]:
        """Of its devices: the disk and the clock of whatever runs this test are not looked at."""
        return [each for each in self.advising.advice() if each.device]

    async def says(self, fault: str, device: str) -> Advice:
        """The advice of this fault that names this device, as the first of several or as one that it takes along."""

        def said() -> Advice | None:
            here = [each for each in self.advice() if each.fault == fault]
            return next((each for each in here if device in (each.device, *each.also)), None)

        await self.until(lambda: said() is not None)
        advice = said()
        assert advice is not None
        return advice

    async def well(self) -> None:
        await self.until(lambda: not self.advice())

    async def until(self, holds: Callable[[], bool]) -> None:
        waited = 0.0
        while not holds():
            assert waited < LIMIT_SECONDS, [(each.device, each.fault, each.also) for each in self.advice()]
            await asyncio.sleep(STEP_SECONDS)
            waited += STEP_SECONDS

    async def check(self, device: str, level: Level = Level.EXTERNAL) -> None:
        """A technician's check, as the verb carries it out."""
        cell = self.cell(device)
        self.advising.checks.checked(cell, await check_health(cell, level))


@asynccontextmanager
async def bench(wired: Wired, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    """The box at work, every device of its line well or at least open."""
    line = MemoryLine(wired.baud, pair=wired.pair)
    monkeypatch.setattr("device.hardware.transport_for", lambda _port, _baud: lambda: line.host)
    text = f'[[line]]\nname = "line-1"\nport = "{wired.port}"\nsimulated = true\n'
    if "/" not in wired.port and ":" not in wired.port:
        text += f"baud = {wired.baud}\n"

    def begin() -> tuple[Any, Any]:
        line.open()
        return line, wired.build(line, lambda _: None)

    async with running(folder, text + wired.devices, begin, wired.text) as it:
        yield it


@asynccontextmanager
async def running(
    folder: Path, more: str, begin: Callable[[], tuple[Any, Any]], text: str = ""
) -> AsyncIterator[Bench]:
    """``begin`` gives the line, open, and its station; ``more``: lines and devices of the box's settings."""
    file = folder / "box.toml"
    file.write_text(BOX + more, encoding="utf-8")
    loaded = load_box(file)
    hardware = build_hardware(loaded)
    line, station = begin()
    advising = Advising(loaded, hardware, Clock(), None, None)
    works = [*(bus.run for bus in hardware.buses.values()), *(cell.run for cell in hardware.cells)]
    works += advising.long_lived.values()
    if text:
        keepers = [DisplayKeeper(cell, RENEW_SECONDS) for cell in hardware.cells if cell.family == "window_display"]
        for number, keeper in enumerate(keepers, 1):
            keeper.want(text.format(number))
        works += [keeper.run for keeper in keepers]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work()) for work in works]
            it = Bench(hardware, advising, station)
            await it.until(lambda: all("link-lost" not in cell.state.keywords() for cell in hardware.cells))
            await asyncio.sleep(SETTLED_SECONDS)
            yield it
            for task in tasks:
                task.cancel()
    finally:
        station.close()
        line.close()


def every_word(advice: Advice) -> list[str]:
    return [text for texts in (advice.what, advice.mend, advice.until) for text in texts.values()]


def spoken(box: KnownBox) -> list[tuple[str, str]]:
    return [(each.device, each.fault) for each in advice_of(box)]


__all__: Sequence[str] = ("Bench", "MemoryLine", "Wired", "bench", "every_word", "running", "spoken")
