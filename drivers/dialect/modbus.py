"""Modbus-RTU, read along. Frames have no marks: their size follows from the function, their CRC tells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drivers.dialect.spoken import Dialect, Said, Side
from drivers.framing import Cut, Scan, crc16_modbus

READ, READ_INPUT, WRITE_ONE, WRITE = 0x03, 0x04, 0x06, 0x10
EXCEPTION = 0x80
FRAME_CAP = 256
LEAST = 4
_FIXED = 8
_FUNCTIONS = (READ, READ_INPUT, WRITE_ONE, WRITE)


def modbus(_options: Mapping[str, Any]) -> Dialect:
    """The dialect of ``modbus-text``."""
    return _MODBUS


def _request_size(head: bytes) -> int:
    """Of the frame that begins so; 0 when there is none."""
    if head[1] == WRITE:
        return 9 + head[6] if len(head) > 6 else _FIXED + 2
    return _FIXED if head[1] in _FUNCTIONS else 0


def _answer_size(head: bytes) -> int:
    if head[1] & EXCEPTION and head[1] & 0x7F in _FUNCTIONS:
        return 5
    if head[1] in (READ, READ_INPUT):
        return 5 + head[2]
    return _FIXED if head[1] in (WRITE_ONE, WRITE) else 0


def _scan(size_of: Callable[[bytes], int]) -> Scan:
    def scan(unread: bytes) -> Cut:
        growing = max(0, len(unread) - LEAST + 1)
        for start in range(len(unread) - LEAST + 1):
            size = size_of(unread[start : start + 7])
            frame = unread[start : start + size]
            if not size or size > FRAME_CAP:
                continue
            if len(frame) < size:
                growing = min(growing, start)
            elif crc16_modbus(frame[:-2]) == int.from_bytes(frame[-2:], "little"):
                return Cut(start, size)
        return Cut(growing, 0)

    return scan


def _say_request(frame: bytes) -> Said:
    fields = _place(frame)
    if frame[1] == WRITE:
        return Said("display-text", {**fields, "text": frame[7:-2].decode("gbk", "replace").rstrip()})
    return Said("modbus-read" if frame[1] in (READ, READ_INPUT) else "display-request", fields)


def _say_answer(frame: bytes) -> Said:
    fields = _place(frame)
    if frame[1] & EXCEPTION:
        return Said("display-refused", {**fields, "error": frame[2]})
    return Said("display-obeyed", fields)


def _place(frame: bytes) -> dict[str, str | int]:
    return {"address": frame[0], "command": f"{frame[1]:02X}"}


scan_answer = _scan(_answer_size)
"""Looks for a display's answer to any function of _FUNCTIONS."""
_MODBUS = Dialect(Side(_scan(_request_size), _say_request, FRAME_CAP), Side(scan_answer, _say_answer, FRAME_CAP))
