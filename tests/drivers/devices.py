"""Scripted devices for the far end of a Line. They know only as much of their protocol as the tests need."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from drivers import ff68_frame
from drivers.contract import Garbled
from drivers.ff68_frame import Frame
from drivers.framing import Framer
from drivers.window_display import onbon_bx5k_codec as onbon


def nowhere(data: bytes) -> None:
    raise AssertionError("this device is on no line")


class Printer:
    """Obeys real-time commands at once and the rest in sequence, ``print_seconds`` for each cut."""

    _COMMAND = re.compile(
        rb"\x10\x04([\x01-\x05])|(\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08)|(\x10\x05[\x01\x02])"
        rb"|\x1d\(H\x06\x0000(.{4})|(\x1dr\x01)|(\x1dV[AB]\x00)",
        re.DOTALL,
    )

    def __init__(self, print_seconds: float = 0.5) -> None:
        self.say: Callable[[bytes], None] = nowhere
        self.print_seconds = print_seconds
        self.marks = self.buffered = self.status = self.clears = True
        self.values = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
        self.at_cut: Callable[[], None] = lambda: None
        self.asked: list[int] = []
        self.cuts = 0
        self.cleared = 0
        self.heard = bytearray()
        self._tail = b""
        self._busy_until = 0.0

    def hear(self, data: bytes) -> None:
        self.heard += data
        pending, end = self._tail + data, 0
        for command in self._COMMAND.finditer(pending):
            end = command.end()
            self._obey(*command.groups())
        self._tail = pending[end:][-12:]

    def no_paper(self) -> None:
        self.values = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E}

    def open_cover(self) -> None:
        self.values = {1: 0x1A, 2: 0x16, 3: 0x12, 4: 0x12}

    def jam_cutter(self) -> None:
        self.values = {1: 0x1A, 2: 0x52, 3: 0x1A, 4: 0x12}

    def all_well(self) -> None:
        self.values = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}

    def _obey(
        self,
        n: bytes | None,
        clear: bytes | None,
        recover: bytes | None,
        mark: bytes | None,
        paper: bytes | None,
        cut: bytes | None,
    ) -> None:
        if n and self.status:
            self.asked.append(n[0])
            self.say(bytes((self.values.get(n[0], 0x12),)))
        elif clear and self.clears:
            self.cleared += 1
            self.say(b"\x37\x25\x00")
        elif cut:
            self.cuts += 1
            self._busy_until = asyncio.get_running_loop().time() + self.print_seconds
            self.at_cut()
        elif mark and self.marks:
            self._in_sequence(b"\x37\x22" + mark + b"\x00")
        elif paper and self.buffered:
            self._in_sequence(b"\x00")

    def _in_sequence(self, answer: bytes) -> None:
        loop = asyncio.get_running_loop()
        loop.call_at(max(loop.time(), self._busy_until), self._say_if_on_line, answer)

    def _say_if_on_line(self, answer: bytes) -> None:
        if self.values[1] == 0x12:
            self.say(answer)


class Card:
    """A display card: acknowledges what is addressed to it."""

    def __init__(self, address: int, think_seconds: float = 0.005) -> None:
        self.say: Callable[[bytes], None] = nowhere
        self.address = address
        self.think_seconds = think_seconds
        self.error = 0
        self.silent = self.echoing = self.wrong_checksum = False
        self.shown: list[bytes] = []
        self.garbled = 0
        self._framer = Framer(onbon.scan, onbon.FRAME_CAP)

    def hear(self, data: bytes) -> None:
        if self.echoing:
            self.say(data)
        for cut in self._framer.feed(data):
            try:
                frame = onbon.decode(cut)
            except Garbled:
                self.garbled += 1
                continue
            if frame.destination == self.address and not self.silent:
                self.shown.append(frame.data)
                asyncio.get_running_loop().call_later(self.think_seconds, self.answer)

    def answer(self) -> None:
        data = bytes((0xA0, 1 if self.error else 0, self.error, 0, 0))
        frame = onbon.encode(onbon.Frame(onbon.HOST, self.address, data))
        if self.wrong_checksum:
            frame = frame[:-2] + bytes((frame[-2] ^ 1,)) + frame[-1:]
        self.say(frame)


class Keys:
    """A caller or a pad: says a frame up to three times until it is answered."""

    RETRY_SECONDS = 0.3

    def __init__(self) -> None:
        self.say: Callable[[bytes], None] = nowhere
        self.heard = bytearray()
        self.told: list[Frame] = []
        self._framer = Framer(ff68_frame.scan, ff68_frame.FRAME_CAP)

    def hear(self, data: bytes) -> None:
        self.heard += data
        self.told += map(ff68_frame.decode, self._framer.feed(data))

    async def press(self, frame: Frame, answer: bytes | None = None) -> bool:
        """Whether the answer came within three tries."""
        for _ in range(3):
            del self.heard[:]
            self.say(frame.encode())
            await asyncio.sleep(self.RETRY_SECONDS)
            if (answer or frame.encode()) in self.heard:
                return True
        return False
