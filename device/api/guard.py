"""Only this box's own pages may press: Host and Origin are checked before anything is read."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.pages import security_headers


class LoopbackGuard:
    """Refuses requests that name another host (DNS rebinding) and posts that come from another origin."""

    def __init__(self, app: ASGIApp, port: int, frame_ancestors: list[str]) -> None:
        self._app = app
        self._hosts = {f"127.0.0.1:{port}".encode(), f"localhost:{port}".encode()}
        self._origins = {b"http://" + host for host in self._hosts}
        self._headers = security_headers(frame_ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        if headers.get(b"host") not in self._hosts:
            await _refuse(send, 421, b"this box answers as 127.0.0.1 only")
        elif scope["method"] != "GET" and origin is not None and origin not in self._origins:
            await _refuse(send, 403, b"only this box's own pages may press")
        else:
            await self._pass_on(scope, receive, self._with_headers(send))

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The server cancels what is not answered in time when it stops: its page then asks again, and is answered."""
        begun = False

        async def note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, note)
        except asyncio.CancelledError:
            if begun:
                raise
            await _refuse(send, 503, b"this box is stopping")

    def _with_headers(self, send: Send) -> Send:
        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        return add


async def _refuse(send: Send, status: int, body: bytes) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": body})
