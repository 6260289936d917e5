"""A simulated ticket printer behind a gadget's pipes, with the two questions of its class."""

from __future__ import annotations

import asyncio
import random

from drivers.contract import PortQuestion
from simulators.control import Fault, Refill
from simulators.line import Receive
from simulators.printer.printer import Printer
from simulators.printer.tray import Tray
from simulators.printer.usb_port import Maker, port_status
from tests.drivers.line import DELAY, LOSS, Way
from tests.drivers.usb_bench import Gadget

OUT, IN = 0x03, 0x82
MM_PER_SECOND = 10_000.0


class UsbPrinter:
    """As ``simulators.printer``; ``asks``: it knows the questions of its class. A stopped printer takes no bytes."""

    def __init__(self, gadget: Gadget, way: Way = "whole", seed: int = 0, *, asks: bool = True) -> None:
        self.gadget = gadget
        self.receive: Receive = lambda _byte, _at: None
        self.faults: set[str] = set()
        self.maker = Maker(serial="HIL0001")
        self.asks = asks
        self.says_always: int | None = None
        self.stuck_when_stopped = False
        self.whole = 0
        """Slips that came out whole."""
        self._way = way
        self._random = random.Random(seed)
        self._loop = asyncio.get_running_loop()
        self._free = 0.0
        self._timers: list[asyncio.TimerHandle] = []
        self.printer = Printer(self, Tray(None, self._emit), self._emit, mm_per_second=MM_PER_SECOND)
        gadget.obey = self._obey
        gadget.answer = self._answer

    def open(self) -> None:
        """It is there."""

    def switch(self, fault: str, on: bool) -> None:
        """None of a line's."""

    def close(self) -> None:
        """Stop."""
        for timer in self._timers:
            timer.cancel()
        self.printer.close()

    def fault(self, name: str, on: bool = True) -> None:
        self.printer.do(Fault(name=name, on=on))
        self.gadget.held = self.stuck_when_stopped and self.printer.condition.offline

    def refill(self) -> None:
        self.printer.do(Refill())
        self.gadget.held = False

    def send(self, data: bytes, at: float) -> float:
        """Over the IN pipe."""
        pieces = [bytes((byte,)) for byte in data] if self._way in ("byte by byte", "lossy") else [data]
        due = max(at, self._free) + (DELAY * self._random.random() if self._way == "delayed" else 0.0)
        for piece in pieces:
            if self._way != "lossy" or self._random.random() >= LOSS:
                self._timers.append(self._loop.call_at(due, self.gadget.say, IN, piece))
        self._free = due
        return due

    def _obey(self, _pipe: int, data: bytes) -> None:
        self._loop.call_soon_threadsafe(self._hear, data)

    def _hear(self, data: bytes) -> None:
        for byte in data:
            self.receive(byte, self._loop.time())

    def _answer(self, request: int, _index: int) -> bytes | None:
        if not self.asks:
            return None
        if request == PortQuestion.DEVICE_ID.value:
            return self.maker.device_id()
        return port_status(self.printer.condition) if self.says_always is None else bytes((self.says_always,))

    def _emit(self, event: dict[str, object]) -> None:
        self.whole += event["event"] == "slip" and bool(event["complete"])
