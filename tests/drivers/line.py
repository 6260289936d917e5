"""A line in memory, on virtual time: whole, byte by byte, lossy or delayed; it can be cut at any byte."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal, Protocol

from drivers.contract import Gone
from drivers.deadline import Deadline

Way = Literal["whole", "byte by byte", "lossy", "delayed"]
WAYS: tuple[Way, ...] = ("whole", "byte by byte", "lossy", "delayed")
LOSS = 0.2
DELAY = 0.05


class Device(Protocol):
    say: Callable[[bytes], None]

    def hear(self, data: bytes) -> None: ...


class Line:
    """A drivers.contract.Transport with a scripted device at its other end."""

    def __init__(self, device: Device, way: Way = "whole", *, baud: int = 9600, seed: int = 0) -> None:
        self._device = device
        self._way = way
        self._baud = baud
        self._random = random.Random(seed)
        self._unread = bytearray()
        self._heard = asyncio.Event()
        self._turn = asyncio.Lock()
        self._free = {"to": 0.0, "from": 0.0}
        self.gone: Gone | None = Gone("not open")
        self.plugged = True
        self.cut_after: int | None = None
        self.carried = 0
        self.written: list[bytes] = []
        self.first_write_at = -1.0
        self.opens = 0
        device.say = self.say

    async def open(self, deadline: Deadline) -> None:
        if not self.plugged:
            raise Gone("no such port")
        self.opens += 1
        self.gone = None
        self._unread.clear()
        self._heard.clear()

    async def write(self, data: bytes, deadline: Deadline) -> None:
        if self.gone is not None:
            fault = Gone(str(self.gone))
            fault.sent = False
            raise fault
        self.written.append(data)
        if self.first_write_at < 0:
            self.first_write_at = asyncio.get_running_loop().time()
        self._carry(data, "to", self._device.hear)

    async def read(self, deadline: Deadline | None) -> bytes:
        while not self._unread:
            if self.gone is not None:
                raise self.gone
            self._heard.clear()
            if deadline is None:
                await self._heard.wait()
            else:
                async with deadline.limit("no byte"):
                    await self._heard.wait()
        return self.discard()

    def discard(self) -> bytes:
        data = bytes(self._unread)
        self._unread.clear()
        return data

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        async with self._turn:
            yield

    def wire_time(self, count: int) -> float:
        return count * 10 / self._baud

    async def close(self) -> None:
        self._lose(Gone("closed"))

    def say(self, data: bytes) -> None:
        """The device speaks."""
        self._carry(data, "from", self._arrive)

    def unplug(self) -> None:
        self.plugged = False
        self._lose(Gone("unplugged"))

    def replug(self) -> None:
        self.plugged, self.cut_after = True, None

    def _carry(self, data: bytes, direction: str, sink: Callable[[bytes], None]) -> None:
        pieces = [data] if self._way in ("whole", "delayed") else [bytes((byte,)) for byte in data]
        loop = asyncio.get_running_loop()
        late = DELAY * self._random.random() if self._way == "delayed" else 0.0
        at = max(loop.time(), self._free[direction])
        for piece in pieces:
            at += self.wire_time(len(piece))
            if self._way != "lossy" or self._random.random() >= LOSS:
                loop.call_at(at + late, self._deliver, piece, sink)
        self._free[direction] = at + late

    def _deliver(self, piece: bytes, sink: Callable[[bytes], None]) -> None:
        if self.gone is not None and self.gone.args != ("closed",):
            return
        if self.cut_after is not None and self.carried + len(piece) > self.cut_after:
            piece = piece[: self.cut_after - self.carried]
            self.unplug()
        self.carried += len(piece)
        if piece:
            sink(piece)

    def _arrive(self, data: bytes) -> None:
        self._unread += data
        self._heard.set()

    def _lose(self, gone: Gone) -> None:
        self.gone = gone
        self._heard.set()
