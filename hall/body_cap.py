"""No caller fills the hall's memory: a body of people's calls is read up to a length, whoever sends it.

The framework reads a body whole before anybody looks who is calling, and the port is open to the hall's whole network.
"""

from __future__ import annotations

from typing import Any

from hall.device_api import Message, Receive, Scope, Send

PEOPLES_BYTES = 65_536
"""A notice has some 600 bytes, the longest list of boxes some thousand."""


class TooLong(Exception):
    """More than the call may carry."""


class BodyCap:
    """Refuses with 413 what is longer, at the first byte too many."""

    def __init__(self, app: Any, most: int = PEOPLES_BYTES) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        heard, begun = 0, False

        async def counted() -> Message:
            nonlocal heard
            message = await receive()
            heard += len(message.get("body", b""))
            if heard > self._most:
                raise TooLong
            return message

        async def noted(message: Message) -> None:
            nonlocal begun
            if heard > self._most and not begun:
                raise TooLong  # the framework takes the first one for a broken body, and would say so
            begun = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except TooLong:
            if begun:
                raise
            await _refuse(send, self._most)


async def _refuse(send: Send, most: int) -> None:
    body = b'{"detail":"at most %d bytes"}' % most
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
