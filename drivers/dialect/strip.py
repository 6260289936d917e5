"""Strips ``A0 90``, read along: two-colour frames and their answers, single-colour frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drivers.dialect.spoken import Dialect, Said, Side
from drivers.framing import Cut, xor8
from drivers.window_display import strip_a090_codec as codec

HEAD_SIZE = 6
FRAME_CAP = HEAD_SIZE + codec.DATA_CAP + 1


def strip(options: Mapping[str, Any]) -> Dialect:
    """The dialect of ``strip-a090`` of either form."""
    return _SINGLE if options.get("form") == "single-colour" else _TWO_COLOUR


def _scan_request(unread: bytes) -> Cut:
    start = unread.find(codec.HEAD)
    if start < 0:
        return Cut(len(unread) - unread.endswith(codec.HEAD[:1]), 0)
    if len(unread) < start + HEAD_SIZE:
        return Cut(start, 0)
    length = int.from_bytes(unread[start + 4 : start + 6], "big")
    if length > codec.DATA_CAP:
        return Cut(start + 2, 0)
    end = start + HEAD_SIZE + length + 1
    if len(unread) < end:
        return Cut(start, 0)
    return Cut(start + 2, 0) if xor8(unread[start + 2 : end]) else Cut(start, end - start)


def _say_request(frame: bytes) -> Said:
    fields: dict[str, str | int] = {"address": frame[2], "command": f"{frame[3]:02X}"}
    if frame[3] not in (codec.SHOW, codec.SET_STORED):
        return Said("display-request", fields)
    return Said("display-text", {**fields, "text": _without_colours(frame[HEAD_SIZE:-1])})


def _without_colours(data: bytes) -> str:
    """Behind each letter stands the byte of its colour."""
    text = bytearray()
    at = 0
    while at < len(data):
        size = 2 if data[at] & 0x80 else 1
        text += data[at : at + size]
        at += size + 1
    return text.decode("gbk", "replace")


def _say_answer(frame: bytes) -> Said:
    return Said("display-obeyed", {"address": codec.answered_by(frame)})


def _scan_single(unread: bytes) -> Cut:
    for start, first in enumerate(unread):
        begins = bytes((first, 0xC0 + (((first - 0x80) & 0xC0) >> 2), codec.SINGLE))
        rest = unread[start:]
        if not rest.startswith(begins[: len(rest)]):
            continue
        end = rest.find(codec.SINGLE_END)
        if end >= 0:
            return Cut(start, end + 1)
        if len(rest) <= FRAME_CAP:
            return Cut(start, 0)
    return Cut(len(unread), 0)


def _say_single(frame: bytes) -> Said:
    text = frame[3:-1].decode("gbk", "replace")
    return Said("display-text", {"address": (frame[0] - 0x80) & 0xFF, "command": f"{codec.SINGLE:02X}", "text": text})


_TWO_COLOUR = Dialect(Side(_scan_request, _say_request, FRAME_CAP), Side(codec.scan, _say_answer, codec.FRAME_CAP))
_SINGLE = Dialect(Side(_scan_single, _say_single, FRAME_CAP), None)
