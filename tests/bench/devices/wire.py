"""A simulator as a process, its control socket, and a real serial port that counts what it carries."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from drivers.deadline import Deadline
from drivers.transport import SerialTransport, Settings
from simulators.demo.processes import Child
from simulators.demo.stage import connects, until_holds

Event = dict[str, Any]
EVENT_SECONDS = 10.0


class Simulated:
    """One simulator and whoever listens at its control socket. ``port``: the link to its pty."""

    def __init__(self, port: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.port = port
        self._reader = reader
        self._writer = writer

    def do(self, command: str, **fields: object) -> None:
        """Ask something of it: press, lay-card, fault."""
        self._writer.write(json.dumps({"do": command, **fields}).encode() + b"\n")

    async def until(self, holds: Callable[[Event], bool]) -> Event:
        """The next event that this holds for. Raises TimeoutError."""
        async with asyncio.timeout(EVENT_SECONDS):
            while line := await self._reader.readline():
                event: Event = json.loads(line)
                if "event" in event and holds(event):
                    return event
        raise ConnectionError("the simulator has ended")


@asynccontextmanager
async def simulated(folder: Path, kind: str, *arguments: str) -> AsyncIterator[Simulated]:
    """A simulator by its own command line, listened to. Raises NotReady, DiedAtStart."""
    port, control = folder / "port", folder / "control"  # short: a socket's path has 107 bytes at most
    places = ["--link", str(port), "--control", str(control)]
    child = Child(kind, ["simulate", kind, *places, *arguments], folder / "log")
    await child.start()
    try:
        await until_holds(child, lambda: connects(control))
        reader, writer = await asyncio.open_unix_connection(control)
        try:
            yield Simulated(port, reader, writer)
        finally:
            writer.close()
    finally:
        await child.stop()


class CountingPort:
    """A drivers.contract.Transport: the real serial one, and how many bytes went each way."""

    def __init__(self, port: Path, baud: int) -> None:
        self._port = SerialTransport(Settings(str(port), baud))
        self.sent = self.heard = 0

    @property
    def carried_seconds(self) -> float:
        """What all that was carried takes on the wire, one byte after the other."""
        return self._port.wire_time(self.sent + self.heard)

    def forget(self) -> None:
        """Count from here."""
        self.sent = self.heard = 0

    async def open(self, deadline: Deadline) -> None:
        """Open the port. Raises Gone, Silent."""
        await self._port.open(deadline)

    async def write(self, data: bytes, deadline: Deadline) -> None:
        """Hand all of ``data`` to the line. Raises Gone, Silent."""
        self.sent += len(data)
        await self._port.write(data, deadline)

    async def read(self, deadline: Deadline | None) -> bytes:
        """At least one byte. Raises Gone, Silent."""
        data = await self._port.read(deadline)
        self.heard += len(data)
        return data

    def discard(self) -> bytes:
        """What has arrived unread."""
        return self._port.discard()

    def turn(self) -> AbstractAsyncContextManager[None]:
        """The right to talk."""
        return self._port.turn()

    def wire_time(self, count: int) -> float:
        """Seconds that ``count`` bytes take."""
        return self._port.wire_time(count)

    async def close(self) -> None:
        """Release the port."""
        await self._port.close()
