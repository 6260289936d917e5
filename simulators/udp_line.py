"""The far end of UDP: a device that listens for datagrams and answers to whoever spoke last."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from simulators.line import APART_SECONDS, SLOW_SECONDS, Receive
from simulators.tcp_line import BROKEN

LONGEST = 65_535


class UdpLine:
    """A socket of datagrams. ``unplug``: nobody listens; ``cut-line``: every datagram is lost on its way."""

    byte_seconds = 0.0
    """A network takes no time."""

    def __init__(self, address: str, port: int) -> None:
        self.receive: Receive = lambda _byte, _at: None
        self.on_collision: Callable[[float], None] = lambda _at: None
        self.faults: set[str] = set()
        self.pair = False
        self._place = (address, port)
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        self._host: Any = None
        self._timers: set[asyncio.TimerHandle] = set()

    @property
    def port(self) -> int:
        """Where it listens; once opened with port 0, the one it was given."""
        return self._place[1]

    def open(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        family = socket.AF_INET6 if ":" in self._place[0] else socket.AF_INET
        ours = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            ours.bind(self._place)
        except OSError:
            ours.close()
            raise
        self._socket, self._place = ours, (self._place[0], ours.getsockname()[1])
        self._loop.add_reader(ours, self._hear)

    def close(self) -> None:
        """Listen no more; what was on its way is lost."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def switch(self, fault: str, on: bool) -> None:
        """Switch one of simulators.line.FAULTS on or off."""
        (self.faults.add if on else self.faults.discard)(fault)
        if fault == "unplug":
            if on:
                self.close()
            elif self._socket is None:
                self.open()

    def send(self, data: bytes, at: float) -> float:
        """Say ``data`` in one datagram, not before ``at``; when its last byte leaves."""
        due = at + (SLOW_SECONDS if "slow" in self.faults else 0.0)
        if "garble" in self.faults:
            data = bytes(byte ^ BROKEN for byte in data)
        pieces = [bytes((byte,)) for byte in data] if "byte-by-byte" in self.faults else [data]
        for piece in pieces:
            due += APART_SECONDS if len(pieces) > 1 else 0.0
            timer = self._loop.call_at(due, self._put, piece, self._host)
            self._timers = {waiting for waiting in self._timers if waiting.when() > self._loop.time()} | {timer}
        return due

    def _hear(self) -> None:
        if self._socket is None:
            return
        with suppress(OSError):
            data, self._host = self._socket.recvfrom(LONGEST)
            for byte in data if "cut-line" not in self.faults else b"":
                self.receive(byte, self._loop.time())

    def _put(self, piece: bytes, host: Any) -> None:
        if self._socket is not None and host is not None and "cut-line" not in self.faults:
            with suppress(OSError):  # nobody listens there any more
                self._socket.sendto(piece, host)
