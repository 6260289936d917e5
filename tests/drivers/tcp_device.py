"""A scripted device that listens on a real socket: over a whole connection, in single bytes, lossy, late; it can
lose its power after any byte, or vanish without a word."""

from __future__ import annotations

import asyncio
import ctypes
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.drivers.line import DELAY, LOSS, Device, Way

APART = 0.001
"""Seconds between two pieces: a reader sees them apart."""
SO_ATTACH_FILTER = 26
DROP_EVERYTHING = struct.pack("HBBI", 0x06, 0, 0, 0)
"""One instruction of classic BPF: return 0 bytes of each packet (socket(7), linux/filter.h)."""


class TcpDevice:
    """Serves one host at a time; ``carried`` counts the bytes of both directions."""

    def __init__(self, device: Device, way: Way, seed: int) -> None:
        self._device = device
        self._way = way
        self._random = random.Random(seed)
        self._host: socket.socket | None = None
        self._listener = self._listen(0)
        self.port: int = self._listener.getsockname()[1]
        self.carried = 0
        self.cut_after: int | None = None
        self._free = 0.0
        self._sending: list[asyncio.TimerHandle] = []
        self._all = bytearray()
        self._more = asyncio.Event()
        device.say = self._say

    async def heard(self, part: bytes) -> None:
        """Until the device has heard this."""
        while part not in self._all:
            self._more.clear()
            await self._more.wait()

    def vanish(self) -> None:
        """As when the cable is pulled: what comes is lost on the way, and nobody says so."""
        assert self._host is not None
        program = ctypes.create_string_buffer(DROP_EVERYTHING)
        address = struct.pack("HL", 1, ctypes.addressof(program))
        self._host.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, address)

    def lose_power(self) -> None:
        """Nobody listens, and the host is cut off."""
        loop = asyncio.get_running_loop()
        for timer in self._sending:
            timer.cancel()
        for ours in (self._listener, self._host):
            if ours is not None and ours.fileno() >= 0:
                loop.remove_reader(ours)
                with suppress(OSError):
                    ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                ours.close()
        self._host = None

    def be_back(self) -> None:
        """Power is back."""
        self.cut_after = None
        self._listener = self._listen(self.port)
        self.start()

    def hang_up(self) -> None:
        """Close this connection in good order, and wait for the next."""
        assert self._host is not None
        asyncio.get_running_loop().remove_reader(self._host)
        self._host.close()
        self._host = None

    def stop_accepting(self) -> None:
        """Whoever comes now waits unheard."""
        asyncio.get_running_loop().remove_reader(self._listener)

    def start(self) -> None:
        asyncio.get_running_loop().add_reader(self._listener, self._arrived)

    @staticmethod
    def _listen(port: int) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(1)
        return listener

    def _arrived(self) -> None:
        self._host, _ = self._listener.accept()
        self._host.setblocking(False)
        self._host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asyncio.get_running_loop().add_reader(self._host, self._hear, self._host)

    def _hear(self, host: socket.socket) -> None:
        try:
            data = host.recv(4096)
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(host)
            host.close()
            if host is self._host:
                self._host = None
            return
        if heard := self._carried(data):
            self._device.hear(heard)
            self._all += heard
            self._more.set()

    def _say(self, data: bytes) -> None:
        pieces = [data] if self._way in ("whole", "delayed") else [bytes((byte,)) for byte in data]
        loop = asyncio.get_running_loop()
        at = max(loop.time(), self._free) + (DELAY * self._random.random() if self._way == "delayed" else 0.0)
        for piece in pieces:
            at += APART
            self._sending.append(loop.call_at(at, self._send, piece))
        self._free = at

    def _send(self, piece: bytes) -> None:
        piece = self._carried(piece)
        if self._host is not None and piece:
            with suppress(OSError):
                self._host.send(piece)

    def _carried(self, data: bytes) -> bytes:
        """What of it gets through; power goes with the byte after ``cut_after``."""
        if self._way == "lossy":
            data = bytes(byte for byte in data if self._random.random() >= LOSS)
        if self.cut_after is not None and self.carried + len(data) > self.cut_after:
            data = data[: self.cut_after - self.carried]
            self.lose_power()
        self.carried += len(data)
        return data


@asynccontextmanager
async def listening(device: Device, way: Way = "whole", seed: int = 0) -> AsyncIterator[TcpDevice]:
    it = TcpDevice(device, way, seed)
    it.start()
    try:
        yield it
    finally:
        it.lose_power()
