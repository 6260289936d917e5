"""Hears the keys of one keypad that types: each press once, by name, whichever column it comes from."""

from __future__ import annotations

from collections import deque

from drivers import evdev_record as event
from drivers.contract import Transport
from drivers.framing import Framer


class Ear:
    """Key names out of event records."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._framer = Framer(event.scan, event.CAP)
        self._keys: deque[str] = deque()

    @property
    def garbled(self) -> int:
        """Bytes that belonged to no record."""
        return self._framer.garbled

    def start(self) -> None:
        """Forget what an earlier opening left."""
        self._framer.forget()
        self._keys.clear()

    async def next_key(self) -> str:
        """The next key pressed. Waits for ever. Raises Gone."""
        while not self._keys:
            for raw in self._framer.feed(await self._transport.read(None)):
                if name := event.pressed(event.decode(raw)):
                    self._keys.append(name)
        return self._keys.popleft()
