"""A manager as systemd is one: a socket that daemons tell how they are."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIMIT_S = 20.0


class Manager:
    """What it was told, in order, as far as somebody has waited for it."""

    def __init__(self, folder: Path, speaking: socket.socket) -> None:
        self.address = str(folder / "notify")
        self.told: list[str] = []
        self._socket = speaking
        speaking.bind(self.address)
        speaking.setblocking(False)

    def environment(self, watchdog_s: float = 0.0) -> dict[str, str]:
        """As a service gets it."""
        watched = {"WATCHDOG_USEC": str(round(watchdog_s * 1_000_000))} if watchdog_s else {}
        return {"NOTIFY_SOCKET": self.address, **watched}

    async def until(self, line: str) -> None:
        """Wait until it is told this."""
        async with asyncio.timeout(LIMIT_S):
            while not self.told or self.told[-1] != line:
                self.told.append((await asyncio.get_running_loop().sock_recv(self._socket, 4096)).decode())


@contextmanager
def manager(folder: Path) -> Iterator[Manager]:
    """One that listens in this folder."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaking:
        yield Manager(folder, speaking)
