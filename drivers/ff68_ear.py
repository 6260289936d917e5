"""Hears one device of the FF 68 family on a line shared with others, and tells a repeated frame from a second press."""

from __future__ import annotations

import asyncio
from collections import deque

from drivers.contract import STATUS_UNKNOWN, Silent, State, Transport
from drivers.deadline import Deadline
from drivers.ff68_frame import FRAME_CAP, Frame, decode, scan
from drivers.framing import Framer

ACKNOWLEDGE_SECONDS = 1.0
"""How long an acknowledgement may wait for the line; by then the device has repeated its frame."""
REPEAT_MS = 1000
"""A device says its frame three times, 0.3 s apart: the first may have been answered in vain and the second be lost.

Whoever presses the same key twice within this means it once.
"""
ECHO_SECONDS = 0.03
"""An RS-485 adapter that echoes does so at once; a device repeats only after its own time-out (80 ms and more)."""


class Ear:
    """Frames of one address. A press counts once: the device repeats it until it hears our answer."""

    def __init__(self, transport: Transport, address: int, repeat_seconds: float) -> None:
        self._transport = transport
        self._address = address
        self._repeat_seconds = repeat_seconds
        self._framer = Framer(scan, FRAME_CAP)
        self._frames: deque[Frame] = deque()
        self._last: Frame | None = None
        self._last_at = 0.0
        self._echo = b""
        self._echo_until = 0.0
        self._heard = False

    @property
    def garbled(self) -> int:
        """Bytes on the line that belonged to no frame of the family."""
        return self._framer.garbled

    def state(self) -> State:
        """These devices cannot be asked: unknown until one has been heard since the line was opened, then idle."""
        return State.of() if self._heard else State.of(STATUS_UNKNOWN)

    def start(self) -> None:
        """Forget what an earlier opening left."""
        self._framer.forget()
        self._frames.clear()
        self._last, self._echo, self._heard = None, b"", False

    async def next_frame(self) -> Frame:
        """The next frame of this address, repeats included. Waits for ever. Raises Gone."""
        while True:
            while self._frames:
                frame = self._frames.popleft()
                if frame.address == self._address and not self._is_echo(frame):
                    return frame
            self._frames += map(decode, self._framer.feed(await self._transport.read(None)))

    def is_new(self, frame: Frame) -> bool:
        """Whether this is a press of its own, and not the last one again."""
        self._heard = True
        return frame != self._last or _now() - self._last_at > self._repeat_seconds

    async def acknowledge(self, frame: Frame, answer: bytes) -> bool:
        """Answer ``frame`` as soon as the line is free. False when the line was not: the device will repeat.

        Only an answered frame is remembered, so that nothing is lost when we are stopped half way. Raises Gone.
        """
        deadline = Deadline.after(ACKNOWLEDGE_SECONDS)
        try:
            async with deadline.limit("the line is not free"), self._transport.turn():
                await self._transport.write(answer, deadline)
        except Silent:
            return False
        self.remember(frame)
        self._echo, self._echo_until = answer, _now() + 2 * self._transport.wire_time(len(answer)) + ECHO_SECONDS
        return True

    def remember(self, frame: Frame) -> None:
        """Take the same frame for a repeat until it has stayed away for the repeat time."""
        self._last, self._last_at = frame, _now()

    def _is_echo(self, frame: Frame) -> bool:
        echo, self._echo = self._echo, b""
        return frame.encode() == echo and _now() <= self._echo_until


def _now() -> float:
    return asyncio.get_running_loop().time()
