"""One line with its devices: who may talk, who hears what.

Every device on the line gets a tap, a transport of its own. Incoming bytes go to all taps: each driver's codec
picks its own frames out, so callers, keypads and displays of different protocols can share one RS-485 pair.

Turns go by who asked first. A device that has stopped answering costs its whole time-out each time it is looked for:
it comes when nobody else waits, or when so much time has passed that it takes no more than its share of the line.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Literal

from device.turns import Turns
from drivers.contract import AskablePort, Gone, PortQuestion, Silent, Transport
from drivers.deadline import Deadline

UNREAD_CAP = 16_384
"""Bytes a tap keeps for a driver that does not read; older ones are dropped, as a UART's buffer would."""

Way = Literal["to-device", "from-device"]
Onlooker = Callable[[Way, bytes, float], None]
"""Told what passes, and when (the loop's seconds). Must neither wait nor raise."""

PATIENCE_SECONDS = 5.0
"""For so long a question that can wait lets everybody go first who asks meanwhile."""

SILENT_TURNS = 3
"""One that has not answered so often is taken to be off: a lost byte or two are the line's doing."""


class Bus:
    """Owns the port of one line; opens it for the first tap and closes it after the last."""

    def __init__(self, name: str, port: Callable[[], Transport], quiet_seconds: float) -> None:
        self.name = name
        self._port = port
        self._quiet_seconds = quiet_seconds
        self._transport: Transport | None = None
        self._opening = asyncio.Lock()
        self._turns = Turns()
        self._talking: tuple[Tap, asyncio.Task[object] | None] | None = None
        self._opened = asyncio.Event()
        self._listening: set[Tap] = set()
        self._onlookers: set[Onlooker] = set()
        self._last_talker: Tap | None = None
        self._silent_from = 0.0
        self.heard_at: float | None = None
        """When the last byte came (the loop's seconds); None: never."""

    def tap(self) -> Tap:
        """A transport for one more device on this line."""
        return Tap(self)

    async def run(self) -> None:
        """Carry incoming bytes to the taps, for ever."""
        while True:
            await self._opened.wait()
            transport = self._transport
            if transport is None:
                self._opened.clear()
                continue
            try:
                data = await transport.read(None)
            except Gone as gone:
                await self._lost(transport, gone)
                continue
            self._busy_for(0.0)
            self.heard_at = asyncio.get_running_loop().time()
            self._overhear("from-device", data)
            self._whose(self.heard_at)
            for tap in tuple(self._listening):
                tap.hear(data)

    async def join(self, tap: Tap, deadline: Deadline) -> None:
        """Let ``tap`` hear; the first one opens the port. Raises Gone, Silent."""
        async with deadline.limit(f"line {self.name} is not free"), self._opening:
            if self._transport is None:
                transport = self._port()
                await transport.open(deadline)
                self._transport = transport
                self._opened.set()
            self._listening.add(tap)

    async def leave(self, tap: Tap) -> None:
        """The last tap to leave closes the port."""
        self._listening.discard(tap)
        if not self._listening and self._transport is not None:
            transport, self._transport = self._transport, None
            await transport.close()

    async def write(self, tap: Tap, data: bytes, deadline: Deadline) -> None:
        """Put bytes on the line. Raises Gone, Silent."""
        if self._transport is None or tap not in self._listening:
            gone = Gone(f"line {self.name} is closed")
            gone.sent = False
            raise gone
        self._overhear("to-device", data)  # before its answer can come
        await self._transport.write(data, deadline)
        self._last_talker = tap
        self._busy_for(self._transport.wire_time(len(data)))

    @asynccontextmanager
    async def turn(self, tap: Tap, patience: float = 0.0) -> AsyncIterator[None]:
        """The line to oneself, after the silence that devices need between frames for different addresses.

        ``patience``: seconds for which others who ask go first. Who has it may ask for it again: a cell takes the turn
        for a whole verb, and the driver in it for each exchange.
        """
        asking = tap, asyncio.current_task()
        if self._talking == asking:
            yield
            return
        loop = asyncio.get_running_loop()
        await self._turns.take(loop.time() + patience + tap.owes(len(self._listening)))
        try:
            self._talking = asking
            if self._last_talker is not tap:
                pause = self._silent_from + self._quiet_seconds - loop.time()
                if pause > 0:
                    await asyncio.sleep(pause)
            with tap.talking():
                yield
        finally:
            self._talking = None
            self._turns.give_back()

    @contextmanager
    def overheard(self, onlooker: Onlooker) -> Iterator[None]:
        """Tell ``onlooker`` all that passes, as long as the block lasts."""
        self._onlookers.add(onlooker)
        try:
            yield
        finally:
            self._onlookers.discard(onlooker)

    async def ask_port(self, question: PortQuestion, deadline: Deadline) -> bytes | None:
        """What the port itself answers; None where there is none that could. Raises Gone, Silent."""
        transport = self._transport
        return await transport.ask_port(question, deadline) if isinstance(transport, AskablePort) else None

    def wire_time(self, count: int) -> float:
        """Seconds that ``count`` bytes take on this line."""
        return self._transport.wire_time(count) if self._transport is not None else 0.0

    def _overhear(self, way: Way, data: bytes) -> None:
        if self._onlookers:
            at = asyncio.get_running_loop().time()
            for onlooker in tuple(self._onlookers):
                onlooker(way, data, at)

    def _whose(self, at: float) -> None:
        """Bytes are the device's that is talked with, or that has the line to itself; others' nobody can tell."""
        if self._talking is not None:
            self._talking[0].answered_at = at
        if len(self._listening) == 1:
            for tap in self._listening:
                tap.heard_at = at

    def _busy_for(self, seconds: float) -> None:
        self._silent_from = max(self._silent_from, asyncio.get_running_loop().time() + seconds)

    async def _lost(self, transport: Transport, gone: Gone) -> None:
        if self._transport is transport:
            self._transport = None
            for tap in tuple(self._listening):
                tap.lose(gone)
            self._listening.clear()
            await transport.close()


class Tap:
    """One device's ear and voice on a line (a drivers.contract.Transport)."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._unread = bytearray()
        self._heard = asyncio.Event()
        self._gone: Gone | None = Gone("not open")
        self._unanswered = False
        """Whether a read of this turn has waited in vain."""
        self.answered_at: float | None = None
        """When the last byte of this turn came."""
        self.heard_at: float | None = None
        """When the device's own last byte came (the loop's seconds); None: never, or nobody can tell."""
        self._silent_turns = 0
        self._last_seconds = 0.0

    async def open(self, deadline: Deadline) -> None:
        """Join the line. Raises Gone, Silent."""
        await self._bus.join(self, deadline)
        self._unread.clear()
        self._heard.clear()
        self._gone = None

    async def write(self, data: bytes, deadline: Deadline) -> None:
        """Put bytes on the line. Raises Gone, Silent."""
        await self._bus.write(self, data, deadline)

    async def read(self, deadline: Deadline | None) -> bytes:
        """At least one byte; None waits for ever. Raises Gone, Silent."""
        while not self._unread:
            if self._gone is not None:
                raise self._gone
            self._heard.clear()
            if deadline is None:
                await self._heard.wait()
            else:
                await self._hear_by(deadline)
        return self.discard()

    async def _hear_by(self, deadline: Deadline) -> None:
        try:
            async with deadline.limit(f"no byte on line {self._bus.name}"):
                await self._heard.wait()
        except Silent:
            self._unanswered = True
            raise

    def discard(self) -> bytes:
        """Take what has arrived unread."""
        data = bytes(self._unread)
        self._unread.clear()
        return data

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The right to talk."""
        async with self._bus.turn(self):
            yield

    @asynccontextmanager
    async def patient_turn(self) -> AsyncIterator[None]:
        """The same for what nobody waits for: it comes when nobody else asks, or has waited long."""
        async with self._bus.turn(self, PATIENCE_SECONDS):
            yield

    @contextmanager
    def talking(self) -> Iterator[None]:
        """A turn: how long it takes, and whether it ends without an answer that was waited for."""
        loop = asyncio.get_running_loop()
        begun, self._unanswered, self.answered_at = loop.time(), False, None
        try:
            yield
        finally:
            self._last_seconds = loop.time() - begun
            self._silent_turns = self._silent_turns + 1 if self._unanswered else 0
            if self.answered_at is not None and not self._unanswered:
                self.heard_at = self.answered_at

    def owes(self, devices: int) -> float:
        """Seconds for which the others go first: what one of so many devices leaves them for the turn that it had."""
        return self._last_seconds * (devices - 1) if self._silent_turns >= SILENT_TURNS else 0.0

    async def ask_port(self, question: PortQuestion, deadline: Deadline) -> bytes | None:
        """Beside the bytes (drivers.contract.AskablePort). Raises Gone, Silent."""
        return await self._bus.ask_port(question, deadline)

    def wire_time(self, count: int) -> float:
        """Seconds that ``count`` bytes take."""
        return self._bus.wire_time(count)

    async def close(self) -> None:
        """Leave the line; a waiting read ends with Gone."""
        self.lose(Gone("closed"))
        await self._bus.leave(self)

    def hear(self, data: bytes) -> None:
        """Bytes arrived on the line."""
        self._unread += data
        del self._unread[:-UNREAD_CAP]
        self._heard.set()

    def lose(self, gone: Gone) -> None:
        """The line is no more."""
        self._gone = gone
        self._heard.set()
