"""The Unix socket to which a technician's terminal talks on the box itself: ``<data>/run/maintenance.sock``.

HTTP/1.1, ``POST /maintenance/VERB``. The folder is the service's own (0700) and so is the socket (0600); who is not
this user or root is refused as well by what the kernel says of the other end (SO_PEERCRED, unix(7)). No browser can
open a Unix socket, and a request that names an Origin is refused all the same.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from device.maintenance.refusal import Refusal
from device.maintenance.verbs import Verbs

log = structlog.get_logger()

FOLDER = "run"
NAME = "maintenance.sock"
PREFIX = "/maintenance/"
BODY_BYTES = 65_536
KEEP_ALIVE_S = 75
_CREDENTIALS = struct.Struct("3i")
"""struct ucred: pid, uid, gid."""

Message = dict[str, Any]


def socket_of(data: Path) -> Path:
    """Where the terminal of this box finds it."""
    return data / FOLDER / NAME


def answers(path: Path) -> bool:
    """Whether a box's program listens there just now."""
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(str(path))
        except OSError:
            return False
    return True


def may_ask(uid: int, own: int) -> bool:
    """Root, and the user whose box it is."""
    return uid in (0, own)


class TerminalSocket:
    """Serves the verbs. ``offered`` is set once the socket is there."""

    def __init__(self, verbs: Verbs, data: Path) -> None:
        self.path = socket_of(data)
        self.offered = asyncio.Event()
        self._verbs = verbs

    async def run(self) -> None:
        """Long-lived. A counter without this socket works all the same: a failure is logged, and no more."""
        try:
            await self.serve()
        except OSError as failure:
            log.warning("no maintenance socket", socket=str(self.path), what=str(failure))

    async def serve(self) -> None:
        """Serve for ever. Raises OSError where the socket cannot be made."""
        config = uvicorn.Config(
            self._app,
            interface="asgi3",
            proxy_headers=False,
            lifespan="off",
            access_log=False,
            log_config=None,
            http=_Protocol,
            ws="none",
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        config.load()
        state = ServerState()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.parent.chmod(0o700)
        with suppress(FileNotFoundError):
            self.path.unlink()
        protocol = partial(_Protocol, config=config, server_state=state, app_state={})
        server = await asyncio.get_running_loop().create_unix_server(protocol, str(self.path))
        try:
            self.path.chmod(0o600)
            self.offered.set()
            await asyncio.get_running_loop().create_future()
        finally:
            server.close()
            await _end(state)
            with suppress(OSError):
                self.path.unlink()

    async def _app(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        try:
            status, body = await self._answer(scope, receive)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: dict[str, Any], receive: Callable[[], Awaitable[Message]]) -> tuple[int, bytes]:
        pid, uid = scope["state"]["process"]
        if not may_ask(uid, os.geteuid()):
            raise Refusal(403, "not-yours")
        if any(name == b"origin" for name, _ in scope["headers"]):
            raise Refusal(403, "not-for-pages")
        if scope["method"] != "POST" or not scope["path"].startswith(PREFIX):
            raise Refusal(404, "no-such-verb", verb="–", verbs=f"POST {PREFIX}…")
        body = await _body(receive)
        return await self._verbs.do(scope["path"].removeprefix(PREFIX), body, pid or None)


class _Protocol(HttpToolsProtocol):
    """uvicorn's protocol, which puts into each request's state which process asks, and whose it is."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The kernel noted at connect(2) who that was; it stays the same."""
        super().connection_made(transport)
        asked = transport.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        pid, uid, _ = _CREDENTIALS.unpack(asked)
        self.app_state = {**self.app_state, "process": (pid, uid)}

    def connection_lost(self, exc: Exception | None) -> None:
        """The terminal is gone, and so is every timer that waited for it."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()


async def _body(receive: Callable[[], Awaitable[Message]]) -> bytes:
    body = b""
    while True:
        message = await receive()
        piece: bytes = message.get("body", b"")
        body += piece
        if len(body) > BODY_BYTES:
            raise Refusal(413, "too-long", bytes=BODY_BYTES)
        if not message.get("more_body"):
            return body


async def _end(state: ServerState) -> None:
    """What is under way is given up: the box stops."""
    running = tuple(state.tasks)
    for task in running:
        task.cancel()
    for connection in tuple(state.connections):
        connection.transport.abort()
    if running:
        await asyncio.wait(running)
