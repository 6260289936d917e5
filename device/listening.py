"""How a box listens: on loopback alone, under its own daemon's signals."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

LOOPBACK = "127.0.0.1"


class CannotListen(Exception):
    """The box's port is taken, or not ours to take."""


class Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the daemon stops its parts in its own order."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()
        """Set once it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def listen(port: int) -> socket.socket:
    """The box's socket on loopback. Raises CannotListen."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise CannotListen(f"{LOOPBACK}:{port}: {error.strerror}") from None
    return listener
