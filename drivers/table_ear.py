"""Hears the keys of one serial pad whose bytes are a table in the settings."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from drivers.contract import STATUS_UNKNOWN, Silent, State, Transport
from drivers.deadline import Deadline
from drivers.framing import Framer
from drivers.key_table import KeyTable

GAP_SECONDS = 0.1
"""A message's bytes come together: after such a silence its rest is not to be expected any more."""
ANSWER_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """One key: the bytes that came and their meaning in the table; ``again``: the same key within the repeat time."""

    message: bytes
    meaning: str
    again: bool


class Ear:
    """Keys of one table, in order. There is no checksum: a byte that noise made is a key where the table has it."""

    def __init__(self, transport: Transport, table: KeyTable, repeat_seconds: float) -> None:
        self._transport = transport
        self._table = table
        self._repeat_seconds = repeat_seconds
        self._framer = Framer(table.scan, table.cap)
        self._messages: deque[bytes] = deque()
        self._heard_at = 0.0
        self._last, self._last_at = b"", 0.0
        self._heard = False

    @property
    def garbled(self) -> int:
        """Bytes that belonged to no key."""
        return self._framer.garbled

    def state(self) -> State:
        """These pads cannot be asked: unknown until one has been heard since the line was opened, then idle."""
        return State.of() if self._heard else State.of(STATUS_UNKNOWN)

    def start(self) -> None:
        """Forget what an earlier opening left."""
        self._framer.forget()
        self._messages.clear()
        self._last, self._heard = b"", False

    async def next_stroke(self) -> Stroke:
        """The next key. Waits for ever. Raises Gone."""
        while not self._messages:
            data = await self._transport.read(None)
            now = asyncio.get_running_loop().time()
            if now - self._heard_at > GAP_SECONDS:
                self._framer.forget()
            self._heard_at = now
            self._messages += self._framer.feed(data)
        self._heard = True
        return self._stroke(self._messages.popleft())

    async def say(self, message: bytes, deadline: Deadline) -> None:
        """Send it as soon as the line is free. Raises Gone, Silent."""
        async with deadline.limit("the line is not free"), self._transport.turn():
            await self._transport.write(message, deadline)

    async def answer(self, message: bytes) -> None:
        """Send it if there is anything to send; a pad that hears nothing says its key again. Raises Gone."""
        if message:
            try:
                await self.say(message, Deadline.after(ANSWER_SECONDS))
            except Silent:
                return

    def _stroke(self, message: bytes) -> Stroke:
        now = asyncio.get_running_loop().time()
        again = message == self._last and now - self._last_at < self._repeat_seconds
        if not again:
            self._last, self._last_at = message, now
        return Stroke(message, self._table.meaning(message), again)
