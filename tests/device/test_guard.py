"""The door of the local API: who may come in, and what whoever is inside hears when the box stops."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from device.api.guard import LoopbackGuard
from tests.virtual_time import virtual

SCOPE: Scope = {"type": "http", "method": "POST", "headers": [(b"host", b"localhost:80")]}


async def receive() -> Message:
    return {"type": "http.request"}


class Room:
    """What is behind the door: begins an answer if it is to, and never ends."""

    def __init__(self, *, begins: bool) -> None:
        self.begins = begins
        self.entered = asyncio.Event()
        self.said: list[Message] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.begins:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        self.entered.set()
        await asyncio.Event().wait()

    async def send(self, message: Message) -> None:
        self.said.append(message)

    async def stopped(self) -> asyncio.Task[None]:
        guard = LoopbackGuard(self, 80, [])
        inside = asyncio.ensure_future(guard(SCOPE, receive, self.send))
        await self.entered.wait()
        inside.cancel()
        await asyncio.wait([inside])
        return inside


@virtual
async def test_whoever_is_not_answered_when_the_box_stops_is_told_so() -> None:
    room = Room(begins=False)
    assert not (await room.stopped()).cancelled()
    assert [message.get("status", message.get("body")) for message in room.said] == [503, b"this box is stopping"]


@virtual
async def test_an_answer_that_has_begun_breaks_off() -> None:
    room = Room(begins=True)
    assert (await room.stopped()).cancelled()
    assert [message["status"] for message in room.said] == [200]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(b"host", b"evil.example:80")], 421),
        ([(b"host", b"localhost:80"), (b"origin", b"http://evil.example")], 403),
    ],
)
@virtual
async def test_strangers_stay_outside(headers: list[tuple[bytes, bytes]], status: int) -> None:
    room = Room(begins=False)
    await LoopbackGuard(room, 80, [])({**SCOPE, "headers": headers}, receive, room.send)
    assert room.said[0]["status"] == status
    assert not room.entered.is_set()
