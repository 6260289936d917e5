"""Text in the holding registers of a Modbus-RTU display (Modbus application protocol 1.1b3: 10, 03, exceptions).

    address | 10 | start u16 | registers u16 | bytes | text | CRC-16/MODBUS, low byte first         all else big-endian
    address | 10 | start u16 | registers u16 | CRC                                                  answer
    address | 03 | start u16 | registers u16 | CRC                                                  what stands there?
    address | 03 | bytes | text | CRC                                                               answer
    address | 90 or 83 | exception code | CRC                                                       refusal

Which registers, and the order of the two bytes in each, are the display's own: no common map exists. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.contract import Garbled
from drivers.framing import Cut, crc16_modbus
from drivers.gbk import coded

WRITE_REGISTERS, READ_REGISTERS = 0x10, 0x03
REFUSED = 0x80
"""Set in the function of an answer that is an exception."""
REGISTERS_CAP = 123
ANSWER_SIZE, EXCEPTION_SIZE = 8, 5
FRAME_CAP = 256
"""Longest frame there is; of ours, an answer with 123 registers has 251 bytes."""
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
class Held:
    """What stands in the registers asked for, as on the wire."""

    address: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Exceptional:
    """The display has not obeyed; the code is Modbus's own."""

    address: int
    code: int
    function: int = WRITE_REGISTERS


Answer = Written | Held | Exceptional


def laid_out(text: str, registers: int, order: Order = "high-first") -> bytes:
    """The text as it stands in the registers: GBK, filled up with spaces. Raises ValueError when it does not fit."""
    data = coded(text)
    if len(data) > registers * 2:
        raise ValueError(f"{len(data)} bytes of text, {registers} registers hold {registers * 2}")
    data = data.ljust(registers * 2, PAD)
    if order == "low-first":
        data = b"".join(data[at : at + 2][::-1] for at in range(0, len(data), 2))
    return data


def write_text(address: int, start: int, registers: int, text: str, order: Order = "high-first") -> bytes:
    """Function 10. Raises ValueError when the text does not fit."""
    data = laid_out(text, registers, order)
    return _with_crc(bytes((address, WRITE_REGISTERS)) + _place(start, registers) + bytes((len(data),)) + data)


def read_text(address: int, start: int, registers: int) -> bytes:
    """Function 03."""
    return _with_crc(bytes((address, READ_REGISTERS)) + _place(start, registers))


def held_size(registers: int) -> int:
    """Bytes of the answer to ``read_text``."""
    return 5 + registers * 2


def scan(unread: bytes) -> Cut:
    """The next answer whose CRC is right: RTU frames have no marks, so nothing else tells them from noise."""
    growing = max(0, len(unread) - EXCEPTION_SIZE + 1)
    for start in range(len(unread) - EXCEPTION_SIZE + 1):
        size = _size(unread[start + 1], unread[start + 2])
        frame = unread[start : start + size]
        if size and len(frame) < size:
            growing = min(growing, start)
        elif size and _sound(frame):
            return Cut(start, size)
    return Cut(growing, 0)


def decode(frame: bytes) -> Answer:
    """What ``scan`` cut out. Raises Garbled."""
    if len(frame) < EXCEPTION_SIZE or len(frame) != _size(frame[1], frame[2]) or not _sound(frame):
        raise Garbled(f"no answer: {frame.hex(' ')}")
    if frame[1] & REFUSED:
        return Exceptional(frame[0], frame[2], frame[1] & ~REFUSED)
    if frame[1] == READ_REGISTERS:
        return Held(frame[0], frame[3:-2])
    return Written(frame[0], int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big"))


def _size(function: int, octets: int) -> int:
    """Of an answer with this function and, for function 03, so many bytes; 0 when it is none."""
    if function == READ_REGISTERS:
        return 5 + octets if octets and octets % 2 == 0 and octets <= REGISTERS_CAP * 2 else 0
    sizes = {WRITE_REGISTERS: ANSWER_SIZE}
    return sizes.get(function, EXCEPTION_SIZE if function & ~REFUSED in (READ_REGISTERS, WRITE_REGISTERS) else 0)


def _place(start: int, registers: int) -> bytes:
    return start.to_bytes(2, "big") + registers.to_bytes(2, "big")


def _with_crc(body: bytes) -> bytes:
    return body + crc16_modbus(body).to_bytes(2, "little")


def _sound(frame: bytes) -> bool:
    return crc16_modbus(frame[:-2]) == int.from_bytes(frame[-2:], "little")
