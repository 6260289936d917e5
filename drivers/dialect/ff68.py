"""Callers and rating keypads of the FF 68 family, read along."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from drivers.caller import ff68_codec as caller
from drivers.dialect.spoken import Dialect, Said, Side
from drivers.ff68_frame import FRAME_CAP, decode, scan
from drivers.framing import Cut, sum8
from drivers.rating_keypad import ff68_codec as keypad

KEYPADS_FROM = 0x80
_RECEIVED = re.compile(rb"\x68\x02\x02\x68(.)\x01(.)\x16", re.DOTALL)
_RECEIVED_SIZE = 8


def ff68(_options: Mapping[str, Any]) -> Dialect:
    """The dialect of ``ff68-caller`` and ``ff68-keypad``."""
    return _FF68


def _scan_host(unread: bytes) -> Cut:
    """Frames of the family, and a keypad's acknowledgement, which has no FF before it."""
    cut = scan(unread)
    for match in _RECEIVED.finditer(unread):
        if match.start() < cut.garbage and match[2][0] == sum8(match[1] + b"\x01"):
            return Cut(match.start(), _RECEIVED_SIZE)
    begun = unread.rfind(b"\x68\x02", max(0, len(unread) - _RECEIVED_SIZE + 1), cut.garbage)
    if begun < 0 and unread.endswith(b"\x68") and cut.garbage == len(unread):
        begun = len(unread) - 1
    return Cut(begun, 0) if not cut.frame and begun >= 0 else cut


def _say_host(frame: bytes) -> Said:
    if frame[0] != 0xFF:
        return Said("pad-received", {"address": frame[4]})
    heard = decode(frame)
    fields: dict[str, str | int] = {"address": heard.address, "command": f"{heard.command:02X}"}
    if heard.address >= KEYPADS_FROM:
        if heard.command == keypad.STARS and len(heard.data) == 1:
            return Said("pad-stars", {**fields, "stars": heard.data[0]})
        return Said("pad-frame", fields, vague=True)
    match heard.command, len(heard.data):
        case caller.SHOW, 1 if heard.data[0] < 2:
            return Said("caller-succeeded" if heard.data[0] else "caller-failed", fields)
        case caller.SHOW, size if size:
            digits, _, waiting = heard.data.partition(bytes((caller.SEPARATOR,)))
            return Said("caller-number", {**fields, "digits": _digits(digits), "waiting": _digits(waiting)})
    return Said("caller-echo", fields) if caller.press(heard) else Said("pad-frame", fields, vague=True)


def _say_device(frame: bytes) -> Said:
    heard = decode(frame)
    fields: dict[str, str | int] = {"address": heard.address, "command": f"{heard.command:02X}"}
    if heard.address >= KEYPADS_FROM:
        grade = keypad.grade(heard)
        return Said("pad-frame", fields, vague=True) if grade is None else Said("pad-grade", {**fields, "grade": grade})
    press = caller.press(heard)
    if press is None or heard.command != caller.PRESS:
        return Said("pad-frame", fields, vague=True)
    return Said("caller-press", {**fields, "key": press.key, "digits": press.digits})


def _digits(raw: bytes) -> str:
    return "".join(str(value % 10) for value in raw)


_FF68 = Dialect(Side(_scan_host, _say_host, FRAME_CAP), Side(scan, _say_device, FRAME_CAP))
