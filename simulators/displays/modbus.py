"""A display that shows what stands in its Modbus-RTU holding registers (led-displays.md §6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from simulators.displays.dots import Panel
from simulators.displays.kinds import Reply
from simulators.displays.text_panel import LinePanel, red
from simulators.line import SharedWire

WRITE_REGISTERS, READ_REGISTERS = 0x10, 0x03
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
_BROADCAST = 0
_SHORTEST, _LARGEST = 4, 256
_LEAST_PAUSE_SECONDS = 0.00175

Order = Literal["high-first", "low-first"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One RTU frame without its CRC; ``sound``: the CRC was right."""

    address: int
    function: int
    data: bytes
    sound: bool
    size: int


class RtuReader:
    """Frames end by their own length, begin after a silence of three and a half characters."""

    def __init__(self, line: SharedWire) -> None:
        self._line = line
        self._bytes = bytearray()
        self._last = 0.0

    def feed(self, byte: int, at: float) -> Frame | None:
        """Take one byte."""
        pause = max(_LEAST_PAUSE_SECONDS, 3.5 * self._line.byte_seconds)
        if at - self._last > pause + self._line.byte_seconds:
            self._bytes.clear()
        self._last = at
        self._bytes.append(byte)
        if len(self._bytes) > _LARGEST or len(self._bytes) != _size(self._bytes):
            return None
        raw = bytes(self._bytes)
        self._bytes.clear()
        return frame(raw)


def _size(raw: bytearray) -> int:
    """How long the frame that begins so is; 0 while nobody can know."""
    if len(raw) < 2:
        return 0
    if raw[1] in (0x0F, WRITE_REGISTERS):
        return 9 + raw[6] if len(raw) > 6 else 0
    return 8


def frame(raw: bytes) -> Frame:
    """What these bytes are."""
    sound = len(raw) >= _SHORTEST and crc(raw[:-2]) == raw[-2] | raw[-1] << 8
    return Frame(raw[0], raw[1], raw[2:-2], sound, len(raw))


def crc(data: bytes) -> int:
    """CRC-16/MODBUS, bit by bit."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


def said(body: bytes, *, wrong_checksum: bool = False) -> bytes:
    """An answer with its CRC."""
    value = crc(body) ^ (0x0101 if wrong_checksum else 0)
    return body + bytes((value & 0xFF, value >> 8))


class ModbusDisplay(LinePanel):
    """A display with this address, whose text stands in these registers; ``readable``: it tells what they hold."""

    def __init__(
        self, address: int, panel: Panel, start: int, registers: int, order: Order, *, readable: bool = True
    ) -> None:
        super().__init__(panel)
        self._address = address
        self._start = start
        self._order = order
        self._registers = [0x2020] * registers
        self._readable = readable

    def meant(self, frame: Frame) -> bool:
        """By its address, or by the broadcast's."""
        return frame.address in (self._address, _BROADCAST)

    def obey(self, frame: Frame, _at: float, *, alone: bool, spoil: bool) -> Reply:  # noqa: ARG002 - all have it
        """A frame with a wrong CRC has no answer, nor has a broadcast."""
        if not frame.sound:
            return Reply(garbled=True)
        reading = frame.function == READ_REGISTERS and self._readable
        exception = self._cannot_read(frame) if reading else self._write(frame)
        answer = bytes((self._address, frame.function)) + frame.data[:4]
        if reading and not exception:
            answer = bytes((self._address, READ_REGISTERS)) + self._read(frame)
        if exception:
            answer = bytes((self._address, frame.function | 0x80, exception))
        quiet = frame.address == _BROADCAST
        return Reply(b"" if quiet else said(answer, wrong_checksum=spoil), wrote=not exception and not reading)

    def overwrite(self, text: str) -> None:
        """Another program shows this; what does not fit is cut off."""
        raw = text.encode("gbk", "replace").ljust(len(self._registers) * 2)[: len(self._registers) * 2]
        self._registers = [int.from_bytes(raw[at : at + 2], self._byte_order) for at in range(0, len(raw), 2)]
        self._show()

    def _cannot_read(self, frame: Frame) -> int:
        """The exception code; 0 when these registers can be read."""
        if len(frame.data) != 4 or not 1 <= int.from_bytes(frame.data[2:4], "big") <= 125:
            return ILLEGAL_VALUE
        place = int.from_bytes(frame.data[0:2], "big") - self._start
        inside = place >= 0 and place + int.from_bytes(frame.data[2:4], "big") <= len(self._registers)
        return 0 if inside else ILLEGAL_ADDRESS

    def _read(self, frame: Frame) -> bytes:
        place, count = int.from_bytes(frame.data[0:2], "big") - self._start, int.from_bytes(frame.data[2:4], "big")
        words = self._registers[place : place + count]
        return bytes((count * 2,)) + b"".join(word.to_bytes(2, "big") for word in words)

    @property
    def _byte_order(self) -> Literal["big", "little"]:
        return "big" if self._order == "high-first" else "little"

    def _show(self) -> None:
        raw = b"".join(word.to_bytes(2, self._byte_order) for word in self._registers)
        self.write(red(raw.decode("gbk", "replace").rstrip()))

    def _write(self, frame: Frame) -> int:
        """The exception code; 0 when it was written."""
        if frame.function != WRITE_REGISTERS:
            return ILLEGAL_FUNCTION
        first, count = int.from_bytes(frame.data[0:2], "big"), int.from_bytes(frame.data[2:4], "big")
        values = frame.data[5:]
        if not 1 <= count <= 123 or len(values) != count * 2:
            return ILLEGAL_VALUE
        place = first - self._start
        if place < 0 or place + count > len(self._registers):
            return ILLEGAL_ADDRESS
        words = [int.from_bytes(values[at : at + 2], "big") for at in range(0, len(values), 2)]
        self._registers[place : place + count] = words
        self._show()
        return 0


class ModbusDisplays:
    """The kind of these displays: ``registers`` from ``start`` on hold the text."""

    def __init__(
        self, start: int = 0, registers: int = 16, order: Order = "high-first", *, readable: bool = True
    ) -> None:
        self._start = start
        self._registers = registers
        self._order: Order = order
        self._readable = readable

    def reader(self, line: SharedWire) -> RtuReader:
        """Their ear."""
        return RtuReader(line)

    def display(self, address: int, panel: Panel, _changed: Callable[[], None]) -> ModbusDisplay:
        """One of them."""
        return ModbusDisplay(address, panel, self._start, self._registers, self._order, readable=self._readable)
