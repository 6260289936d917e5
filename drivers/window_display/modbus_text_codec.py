"""Text in the holding registers of a Modbus-RTU display (Modbus application protocol 1.1b3: functions 10, exceptions).

    address | 10 | start u16 | registers u16 | bytes | text | CRC-16/MODBUS, low byte first         all else big-endian
    address | 10 | start u16 | registers u16 | CRC                                                  answer
    address | 90 | exception code | CRC                                                             refusal

Which registers, and the order of the two bytes in each, are the display's own: no common map exists. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.contract import Garbled
from drivers.framing import Cut, crc16_modbus
from drivers.gbk import coded

WRITE_REGISTERS, REFUSED = 0x10, 0x90
REGISTERS_CAP = 123
ANSWER_SIZE, EXCEPTION_SIZE = 8, 5
FRAME_CAP = 64
SILENT_CHARACTERS = 3.5
"""What ends a frame is silence: the next one begins no sooner (Modbus over serial line 1.02, §2.5.1.1)."""
PAD = b"\x20"

Order = Literal["high-first", "low-first"]


@dataclass(frozen=True, slots=True)
class Written:
    """The display has taken ``registers`` from ``start`` on."""

    address: int
    start: int
    registers: int


@dataclass(frozen=True, slots=True)
class Exceptional:
    """The display has not obeyed; the code is Modbus's own."""

    address: int
    code: int


Answer = Written | Exceptional


def write_text(address: int, start: int, registers: int, text: str, order: Order = "high-first") -> bytes:
    """Function 10 with the text as GBK, filled up with spaces. Raises ValueError when it does not fit."""
    data = coded(text)
    if len(data) > registers * 2:
        raise ValueError(f"{len(data)} bytes of text, {registers} registers hold {registers * 2}")
    data = data.ljust(registers * 2, PAD)
    if order == "low-first":
        data = b"".join(data[at : at + 2][::-1] for at in range(0, len(data), 2))
    place = start.to_bytes(2, "big") + registers.to_bytes(2, "big")
    return _with_crc(bytes((address, WRITE_REGISTERS)) + place + bytes((len(data),)) + data)


def scan(unread: bytes) -> Cut:
    """The next answer whose CRC is right: RTU frames have no marks, so nothing else tells them from noise."""
    for start in range(len(unread) - EXCEPTION_SIZE + 1):
        size = {WRITE_REGISTERS: ANSWER_SIZE, REFUSED: EXCEPTION_SIZE}.get(unread[start + 1], 0)
        if size and _sound(unread[start : start + size], size):
            return Cut(start, size)
    return Cut(max(0, len(unread) - ANSWER_SIZE + 1), 0)


def decode(frame: bytes) -> Answer:
    """What ``scan`` cut out. Raises Garbled."""
    if len(frame) == EXCEPTION_SIZE and frame[1] == REFUSED and _sound(frame, EXCEPTION_SIZE):
        return Exceptional(frame[0], frame[2])
    if len(frame) == ANSWER_SIZE and frame[1] == WRITE_REGISTERS and _sound(frame, ANSWER_SIZE):
        return Written(frame[0], int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big"))
    raise Garbled(f"no answer: {frame.hex(' ')}")


def _with_crc(body: bytes) -> bytes:
    return body + crc16_modbus(body).to_bytes(2, "little")


def _sound(frame: bytes, size: int) -> bool:
    return len(frame) == size and crc16_modbus(frame[:-2]) == int.from_bytes(frame[-2:], "little")
