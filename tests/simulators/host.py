"""The host's end of a simulated line, and everything a simulator says: to be awaited with a limit."""

from __future__ import annotations

import asyncio
import os
import termios
import tomllib
import tty
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from simulators.control import Event
from simulators.line import Line
from simulators.process import Emit, Station

LIMIT = 5.0
VECTORS = Path(__file__).parents[1] / "vectors"


def vectors(protocol: str, direction: str) -> list[dict[str, Any]]:
    with (VECTORS / f"{protocol}.toml").open("rb") as file:
        return [v for v in tomllib.load(file)["vector"] if v["direction"] == direction]


async def passed(at: float) -> None:
    """Until a moment of the line's own schedule, and what was due by then has happened."""
    then = asyncio.Event()
    asyncio.get_running_loop().call_at(at + 0.001, then.set)
    await then.wait()


async def quiet(line: Line, begun: float) -> None:
    """Until everything written at ``begun`` and everything sent has passed the line."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(LIMIT):  # a busy kernel takes its time to hand over what was written
        while line.quiet_since <= begun or loop.time() < line.quiet_since:
            await passed(max(line.quiet_since, loop.time()))


class Heard:
    """Events of a simulator, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._more = asyncio.Event()

    def emit(self, event: Event) -> None:
        self.events.append(event)
        self._more.set()

    def all(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["event"] == kind]

    async def next(self, kind: str, count: int = 1) -> Event:
        """The ``count``-th event of this kind."""
        async with asyncio.timeout(LIMIT):
            while len(self.all(kind)) < count:
                self._more.clear()
                await self._more.wait()
        return self.all(kind)[count - 1]


class Host:
    """A serial port: raw, set to a speed."""

    def __init__(self, link: Path, baud: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._fd = os.open(link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._fd)
        settings = termios.tcgetattr(self._fd)
        settings[4] = settings[5] = getattr(termios, f"B{baud}")
        termios.tcsetattr(self._fd, termios.TCSANOW, settings)
        self.received = bytearray()
        self.reads: list[tuple[float, bytes]] = []
        self._more = asyncio.Event()
        self._loop.add_reader(self._fd, self._readable)

    def close(self) -> None:
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1

    def write(self, data: bytes) -> float:
        """Hand over all of it; when that was."""
        at = self._loop.time()
        assert os.write(self._fd, data) == len(data)
        return at

    async def read(self, count: int) -> bytes:
        """Exactly so many bytes."""
        async with asyncio.timeout(LIMIT):
            while len(self.received) < count:
                self._more.clear()
                await self._more.wait()
        data = bytes(self.received[:count])
        del self.received[:count]
        return data

    def _readable(self) -> None:
        try:
            data = os.read(self._fd, 4096)
        except OSError:  # unplugged
            self._loop.remove_reader(self._fd)
            return
        self.reads.append((self._loop.time(), data))
        self.received += data
        self._more.set()


class Wired:
    """A simulator in this loop, a host at its line."""

    def __init__(self, line: Line, station: Station, heard: Heard, host: Host) -> None:
        self.line = line
        self.station = station
        self.heard = heard
        self.host = host

    def close(self) -> None:
        self.host.close()
        self.station.close()
        self.line.close()


@asynccontextmanager
async def wired(
    folder: Path, baud: int, build: Callable[[Line, Emit], Station], *, half_duplex: bool = False
) -> AsyncIterator[Wired]:
    heard = Heard()
    line = Line(folder / "port", baud, half_duplex=half_duplex)
    line.open()
    with closing(line):
        it = Wired(line, build(line, heard.emit), heard, Host(folder / "port", baud))
        with closing(it):
            yield it
