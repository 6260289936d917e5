"""State pushed to a page: the whole state at once, then again after each change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from starlette.responses import StreamingResponse

from device.watch import Watch

PING_SECONDS = 15.0


class Streams:
    """All open event streams of the box; they end when the box stops."""

    def __init__(self) -> None:
        self._stopping = False
        self._open: set[asyncio.Event] = set()

    def stop(self) -> None:
        """End every stream now."""
        self._stopping = True
        for changed in self._open:
            changed.set()

    def respond(self, read: Callable[[], Any], watch: Watch) -> StreamingResponse:
        """Server-sent events ``state`` with what ``read`` gives, now and after each change that shows."""
        return StreamingResponse(self._events(read, watch), media_type="text/event-stream")

    async def _events(self, read: Callable[[], Any], watch: Watch) -> AsyncIterator[bytes]:
        last = b""
        with watch.watching() as changed:
            self._open.add(changed)
            try:
                while not self._stopping:
                    changed.clear()
                    body = msgspec.json.encode(read())
                    if body != last:
                        last = body
                        yield b"event: state\ndata: " + body + b"\n\n"
                    try:
                        async with asyncio.timeout(PING_SECONDS):
                            await changed.wait()
                    except TimeoutError:
                        yield b": ping\n\n"
            finally:
                self._open.discard(changed)
