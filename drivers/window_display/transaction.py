"""Request and answer where only the host talks unasked: echo, late answers, time (led-displays.md, bus rules).

A USB-485 adapter may repeat to us what it sends: those bytes are taken out. An answer that an earlier request has
caused may still be under way: it comes before a card can have read the new request, and is passed over. On a network,
where a request takes no time that could be reckoned with, a late answer is waited for once more before the next one,
and a datagram that comes twice has time to do so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

from drivers.contract import Silent, Transport
from drivers.deadline import Deadline
from drivers.framing import Framer, Scan

A = TypeVar("A")

STALE_SHARE = 0.8
"""An answer that comes before this share of the request's wire time has passed answers an earlier request."""
TWICE_SECONDS = 0.02
"""On a network: the second one of an answer that comes twice is close behind the first."""


class Echo:
    """Takes the bytes just sent out of what is heard, as long as they come first and whole."""

    def __init__(self, sent: bytes) -> None:
        self._sent = sent
        self._held = b""

    def without(self, heard: bytes) -> bytes:
        """What is no echo. Bytes that may still become one are held back."""
        held, self._held = self._held + heard, b""
        if not self._sent:
            return held
        if len(held) < len(self._sent) and self._sent.startswith(held):
            self._held = held
            return b""
        if held.startswith(self._sent):
            held = held[len(self._sent) :]
        self._sent = b""
        return held

    def rest(self) -> bytes:
        """What was held back and did not become an echo: an answer may begin like its request."""
        held, self._held, self._sent = self._held, b"", b""
        return held


class Transactions:
    """One display's requests. ``silence``: how many bytes' time the line must rest between an answer and a request."""

    def __init__(self, address: int, transport: Transport, scan: Scan, cap: int, silence: float = 0.0) -> None:
        self._address = address
        self._transport = transport
        self._framer = Framer(scan, cap)
        self._silence = silence
        self._garbled_before = 0
        self._heard_at = self._late_until = float("-inf")

    @property
    def dropped(self) -> int:
        """Bytes that came after the last request and were part of no frame."""
        return self._framer.garbled + len(self._framer) - self._garbled_before

    async def ask(
        self,
        request: bytes,
        understood: Callable[[bytes], A | None],
        *,
        answer_size: int,
        answer_seconds: float,
        deadline: Deadline,
    ) -> A:
        """The first frame that is ``understood`` (None: another's, pass over). Raises Gone, Silent, and what it raises.

        ``answer_size`` bytes and ``answer_seconds`` are what the answer takes beside the request itself.
        """
        async with self._transport.turn():
            await self._rest()
            self._transport.discard()
            self._framer.forget()
            self._garbled_before = self._framer.garbled
            echo = Echo(request)
            on_wire = self._transport.wire_time(len(request))
            earliest = asyncio.get_running_loop().time() + on_wire * STALE_SHARE
            limit = deadline.sooner(on_wire + self._transport.wire_time(answer_size) + answer_seconds)
            await self._transport.write(request, limit)
            while True:
                try:
                    heard = echo.without(await self._transport.read(limit))
                    self._heard_at = asyncio.get_running_loop().time()
                except Silent:
                    answer = _first(self._framer.feed(echo.rest()), understood, 0.0)
                    if answer is None:
                        self._late_until = asyncio.get_running_loop().time() + (0.0 if on_wire else answer_seconds)
                        raise Silent(f"display {self._address} does not answer") from None
                    return answer
                answer = _first(self._framer.feed(heard), understood, earliest)
                if answer is not None:
                    return answer

    def _twice(self) -> float:
        return 0.0 if self._transport.wire_time(1) else TWICE_SECONDS

    async def _rest(self) -> None:
        rested = self._heard_at + (self._transport.wire_time(1) * self._silence or self._twice())
        pause = max(rested, self._late_until) - asyncio.get_running_loop().time()
        if pause > 0:
            await asyncio.sleep(pause)


def _first(frames: Iterable[bytes], understood: Callable[[bytes], A | None], earliest: float) -> A | None:
    for frame in frames:
        if asyncio.get_running_loop().time() < earliest:
            continue
        answer = understood(frame)
        if answer is not None:
            return answer
    return None
