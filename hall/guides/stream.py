"""The page's line to the hall: the whole state at once, after each change, and a beat while nothing changes.

A tablet that walks out of the radio's reach hears nothing, and its browser says nothing of it for minutes: the beat
comes often enough for the page to say within 5 s that it has lost the hall.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Protocol

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hall.downlink import Line
from hall.hall import Hall

BEAT_S = 1.5

GATHER_S = 0.25
"""What happens within this time is told at once."""

_encode = msgspec.json.Encoder().encode


class Drawn(Protocol):
    """What a page shows, as it stands."""

    async def now(self) -> dict[str, Any]:
        """All of it."""


class Told(Response):
    """Server-sent events ``state`` and ``beat`` until the tablet goes, the hall stops, or it begins another life."""

    def __init__(self, hall: Hall, board: Drawn) -> None:
        super().__init__(media_type="text/event-stream")
        self._hall = hall
        self._board = board

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """A line of the downlink's own, so that it ends with it."""
        hall = self._hall
        line = hall.downlink.connect((), ())
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async with asyncio.TaskGroup() as group:
            gone = group.create_task(_until_gone(receive))
            gone.add_done_callback(lambda _: hall.downlink.disconnect(line))
            telling = group.create_task(self._tell(line))
            async for event in line.events():
                await send({"type": "http.response.body", "body": event, "more_body": True})
            gone.cancel()
            telling.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _tell(self, line: Line) -> None:
        last, stirred = b"", asyncio.Event()
        self._hall.stirred.add(stirred)
        try:
            while True:
                stirred.clear()
                body = _encode(await self._board.now())
                if body != last:
                    last = body
                    now_ms = self._hall.clock.now_ms()
                    line.put(b'event: state\ndata: {"now_ms":%d,"board":%b}\n\n' % (now_ms, body))
                else:
                    line.put(b"event: beat\ndata:\n\n")
                with suppress(TimeoutError):
                    async with asyncio.timeout(BEAT_S):
                        await stirred.wait()
                    await asyncio.sleep(GATHER_S)
        finally:
            self._hall.stirred.discard(stirred)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
