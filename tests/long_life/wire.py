"""A way from an HTTP client to an ASGI application in this process, which can be cut, fall silent or lose answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Literal

import httpx

from device.supervise import Tasks

Line = Literal["up", "cut", "silent", "lossy"]


class Wire(httpx.AsyncBaseTransport):
    """``state`` is what the application finds in its scope. Calls run in the application's own tasks."""

    def __init__(self, **state: object) -> None:
        self.line: Line = "up"
        self.calls: set[Call] = set()
        self._state = state
        self._app: Any = None
        self._tasks: Tasks | None = None
        self._count = 0

    def connect(self, app: Any, tasks: Tasks) -> None:
        """From now on somebody answers."""
        self._app, self._tasks = app, tasks

    def disconnect(self) -> None:
        """Nobody does; what is under way breaks off."""
        self._app = self._tasks = None
        self.put("up")

    def put(self, line: Line) -> None:
        """What the line is like from now on; what is under way breaks off."""
        self.line = line
        for call in tuple(self.calls):
            call.break_off()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        app, tasks = self._app, self._tasks
        if app is None or tasks is None or self.line == "cut":
            raise httpx.ConnectError("nobody is there")
        if self.line == "silent":
            await asyncio.Event().wait()
        self._count += 1
        loses = self.line == "lossy" and self._count % 2 == 0
        call = Call(self, await request.aread())
        tasks.start("call", call.run(app, self._scope(request)))
        status, headers = await call.begun
        if loses:
            call.break_off()
            raise httpx.ReadError("the answer was lost")
        return httpx.Response(status, headers=headers, stream=call)

    def _scope(self, request: httpx.Request) -> dict[str, Any]:
        return {
            "type": "http",
            "method": request.method,
            "path": request.url.path,
            "raw_path": request.url.raw_path,
            "root_path": "",
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "server": (request.url.host, request.url.port),
            "client": ("127.0.0.1", 1),
            "http_version": "1.1",
            "asgi": {"version": "3.0"},
            "state": dict(self._state),
        }


class Call(httpx.AsyncByteStream):
    """One request on its way through the application, and its answer as it comes."""

    def __init__(self, wire: Wire, body: bytes) -> None:
        self.begun: asyncio.Future[tuple[int, list[tuple[bytes, bytes]]]] = asyncio.get_running_loop().create_future()
        self._wire = wire
        self._body: bytes | None = body
        self._gone = asyncio.Event()
        self._pieces: asyncio.Queue[bytes | httpx.TransportError | None] = asyncio.Queue()
        wire.calls.add(self)

    async def run(self, app: Any, scope: dict[str, Any]) -> None:
        try:
            await app(scope, self._receive, self._send)
        finally:
            self._wire.calls.discard(self)
            self.break_off()

    def break_off(self) -> None:
        """The client hears no more, and the application hears that it is gone."""
        if not self.begun.done():
            self.begun.set_exception(httpx.ReadError("cut off"))
            self.begun.exception()  # a client that has given up need not look
        self._pieces.put_nowait(httpx.ReadError("cut off"))
        self._gone.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            if isinstance(piece, httpx.TransportError):
                raise piece
            yield piece

    async def aclose(self) -> None:
        self._gone.set()

    async def _receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            if not self.begun.done():
                self.begun.set_result((message["status"], message["headers"]))
            return
        if message.get("body"):
            self._pieces.put_nowait(message["body"])
        if not message.get("more_body"):
            self._pieces.put_nowait(None)
