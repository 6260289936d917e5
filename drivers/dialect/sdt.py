"""SDT frames of ID card readers, read along. Of an answer only its status is shown: its data may be a card's.

A request's data may be a frame for a card (61 FF), so it is masked as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from operator import xor
from typing import Any

from drivers.dialect.spoken import HIDDEN, Dialect, Said, Side
from drivers.framing import Cut
from drivers.id_card import sdt_codec as codec

REQUEST_LENGTH, REQUEST_CAP = 3, 0x0100
"""Length field of a request without data, and of the longest that is looked for."""
_HEAD = len(codec.PREAMBLE) + 2
_STATUSES = frozenset(map(int, codec.SW3))
_COMMANDS = {
    codec.SAM_RESET: "sdt-reset",
    codec.SAM_STATUS: "sdt-status",
    codec.SAM_ID: "sdt-sam-id",
    codec.FIND: "sdt-find",
    codec.SELECT: "sdt-select",
    codec.READ: "sdt-read",
    codec.READ_WITH_FINGERPRINT: "sdt-read",
    codec.NEWEST_ADDRESS: "sdt-newest-address",
    codec.BODY_NUMBER: "sdt-body-number",
}


def sdt(_options: Mapping[str, Any]) -> Dialect:
    """The dialect of ``sdt-reader``."""
    return _SDT


def _scan_request(unread: bytes) -> Cut:
    at = unread.find(codec.PREAMBLE)
    if at < 0:
        begun = re.search(rb"\xaa{1,3}\x96?\Z", unread)
        return Cut(begun.start() if begun else len(unread), 0)
    length = int.from_bytes(unread[at + 5 : at + 7], "big")
    if len(unread) < at + _HEAD:
        return Cut(at, 0)
    if not REQUEST_LENGTH <= length <= REQUEST_CAP:
        return Cut(at + _HEAD, 0)
    end = at + _HEAD + length
    if len(unread) < end:
        return Cut(at, 0)
    return Cut(at + _HEAD, 0) if reduce(xor, unread[at + 5 : end]) else Cut(at, end - at)


def _say_request(frame: bytes) -> Said:
    command = (frame[_HEAD], frame[_HEAD + 1])
    word = _COMMANDS.get(command, "sdt-request")
    personal = (_HEAD + 2, len(frame)) if len(frame) > _HEAD + REQUEST_LENGTH else (0, 0)
    return Said(word, {"command": f"{command[0]:02X} {command[1]:02X}"}, personal)


def _say_answer(frame: bytes) -> Said:
    counted = frame.index(codec.MARK) + len(codec.MARK)
    if frame[counted:] == codec.VENDOR_TIME_OUT:
        return Said("sdt-module-silent")
    data = counted + 5
    size = len(frame) - data - 1
    sw1, sw2, sw3 = frame[data - 3 : data]
    if sw1 or sw2 or sw3 not in _STATUSES:  # passed through from the card, or bytes were lost and this is data
        return Said("sdt-answer-data", {"status": HIDDEN, "size": size}, (data - 3, len(frame)))
    if not size:
        return Said("sdt-answer", {"status": f"{sw3:02X}"})
    return Said("sdt-answer-data", {"status": f"{sw3:02X}", "size": size}, (data, len(frame)))


_SDT = Dialect(
    Side(_scan_request, _say_request, _HEAD + REQUEST_CAP),
    Side(codec.scan, _say_answer, codec.FRAME_CAP),
    secret=True,
)
