"""A scripted device that takes datagrams: whole, each twice, a fifth of them lost, late and out of order."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from tests.drivers.line import DELAY, LOSS, Device

UdpWay = Literal["whole", "doubled", "lossy", "delayed"]
UDP_WAYS: tuple[UdpWay, ...] = ("whole", "doubled", "lossy", "delayed")


class UdpDevice:
    """Answers whoever spoke last. ``swallow``: so many of the next datagrams, either way, are lost."""

    def __init__(self, device: Device, way: UdpWay, seed: int) -> None:
        self._device = device
        self._way = way
        self._random = random.Random(seed)
        self._host: Any = None
        self._socket = self._listen(0)
        self.port: int = self._socket.getsockname()[1]
        self.swallow = 0
        self._sending: list[asyncio.TimerHandle] = []
        device.say = self._say

    def lose_power(self) -> None:
        """Nobody listens."""
        for timer in self._sending:
            timer.cancel()
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()

    def be_back(self) -> None:
        """Power is back."""
        self._socket = self._listen(self.port)
        self.start()

    def start(self) -> None:
        asyncio.get_running_loop().add_reader(self._socket, self._hear)

    def send(self, data: bytes) -> None:
        """To the host, now."""
        self._socket.sendto(data, self._host)

    @staticmethod
    def _listen(port: int) -> socket.socket:
        ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        ours.bind(("127.0.0.1", port))
        return ours

    def _hear(self) -> None:
        data, self._host = self._socket.recvfrom(65_535)
        for _ in range(self._copies()):
            self._device.hear(data)

    def _say(self, data: bytes) -> None:
        late = DELAY * self._random.random() if self._way == "delayed" else 0.0
        for _ in range(self._copies()):
            self._sending.append(asyncio.get_running_loop().call_later(late, self._send, data))

    def _send(self, data: bytes) -> None:
        if self._socket.fileno() >= 0:
            self._socket.sendto(data, self._host)

    def _copies(self) -> int:
        if self.swallow:
            self.swallow -= 1
            return 0
        if self._way == "doubled":
            return 2
        return 0 if self._way == "lossy" and self._random.random() < LOSS else 1


@asynccontextmanager
async def taking_datagrams(device: Device, way: UdpWay = "whole", seed: int = 0) -> AsyncIterator[UdpDevice]:
    it = UdpDevice(device, way, seed)
    it.start()
    try:
        yield it
    finally:
        it.lose_power()
