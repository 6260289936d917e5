"""The far end of a network connection: a device that listens, and serves one host at a time."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from simulators.line import APART_SECONDS, PORT_BUFFER, SLOW_SECONDS, Receive

BROKEN = 0x81
"""Bits that change in a garbled byte, as on a simulated serial line."""


class TcpLine:
    """A listening socket. Whoever comes second waits unheard until the first one has left, as at most printers.

    ``unplug`` takes the device's power: nobody listens, and its host is cut off. ``cut-line`` swallows every byte.
    """

    byte_seconds = 0.0
    """A network takes no time."""

    def __init__(self, address: str, port: int) -> None:
        self.receive: Receive = lambda _byte, _at: None
        self.on_collision: Callable[[float], None] = lambda _at: None
        self.faults: set[str] = set()
        self.pair = False
        self._place = (address, port)
        self._loop = asyncio.get_running_loop()
        self._listener: socket.socket | None = None
        self._host: socket.socket | None = None
        self._out: deque[tuple[float, bytes]] = deque()
        self._out_until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def port(self) -> int:
        """Where it listens; once opened with port 0, the one it was given."""
        return self._place[1]

    @property
    def host(self) -> socket.socket | None:
        """The connection that is being served."""
        return self._host

    def open(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        family = socket.AF_INET6 if ":" in self._place[0] else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(self._place)
            listener.listen(1)
        except OSError:
            listener.close()
            raise
        self._listener, self._place = listener, (self._place[0], listener.getsockname()[1])
        self._loop.add_reader(listener, self._arrived)

    def close(self) -> None:
        """Listen no more and cut the host off; what was on its way is lost."""
        if self._listener is None:
            return
        self._hang_up()
        self._loop.remove_reader(self._listener)
        self._listener.close()
        self._listener = None

    def switch(self, fault: str, on: bool) -> None:
        """Switch one of simulators.line.FAULTS on or off."""
        (self.faults.add if on else self.faults.discard)(fault)
        if fault == "unplug":
            if on:
                self.close()
            elif self._listener is None:
                self.open()

    def send(self, data: bytes, at: float) -> float:
        """Say ``data``, not before ``at`` nor before what is still to be said; when its last byte leaves."""
        due = max(self._out_until, at) + (SLOW_SECONDS if "slow" in self.faults else 0.0)
        if "garble" in self.faults:
            data = bytes(byte ^ BROKEN for byte in data)
        pieces = [bytes((byte,)) for byte in data] if "byte-by-byte" in self.faults else [data]
        for piece in pieces:
            due += APART_SECONDS if len(pieces) > 1 else 0.0
            self._out.append((due, piece))
        self._out_until = due
        self._put()
        return due

    def _arrived(self) -> None:
        """Somebody connects."""
        if self._listener is None:
            return
        with suppress(BlockingIOError, ConnectionError):
            self._host, _ = self._listener.accept()
            self._host.setblocking(False)
            self._host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._loop.remove_reader(self._listener)
            self._loop.add_reader(self._host, self._hear)

    def _hear(self) -> None:
        if self._host is None:
            return
        try:
            data = self._host.recv(PORT_BUFFER)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hang_up()
        elif "cut-line" not in self.faults:
            for byte in data:
                self.receive(byte, self._loop.time())

    def _put(self) -> None:
        """Hand the host what is due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._out and self._out[0][0] <= self._loop.time():
            _, piece = self._out.popleft()
            if self._host is not None and "cut-line" not in self.faults:
                with suppress(OSError):  # nobody reads, or nobody is there any more: its end is heard by _hear
                    self._host.send(piece)
        if self._out:
            self._timer = self._loop.call_at(self._out[0][0], self._put)

    def _hang_up(self) -> None:
        """The host has left, or is cut off: what was for it is lost, and the next one is heard."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._out.clear()
        self._out_until = 0.0
        if self._host is None or self._listener is None:
            return
        self._loop.remove_reader(self._host)
        with suppress(OSError):
            self._host.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._host.close()
        self._host = None
        self._loop.add_reader(self._listener, self._arrived)
