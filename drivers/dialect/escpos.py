"""ESC/POS, read along: commands by their known lengths, answers by their fixed bits.

Text is shown: a slip holds nothing of a person (design, privacy), and who reads along holds the paper too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from drivers.dialect.spoken import Dialect, Said, Side
from drivers.framing import Cut
from drivers.ticket_printer import escpos_codec as codec

COMMAND_CAP = 1 << 17
"""Bytes of the longest image that is taken for one."""
DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D

_PARAMETERS: dict[int, dict[int, int]] = {
    DLE: {0x04: 1, 0x05: 1},
    ESC: {
        **dict.fromkeys(b"@2im", 0),
        **dict.fromkeys(b"aEdJ3!tM-{ RVG=", 1),
        **dict.fromkeys(b"c$\\B", 2),
        **dict.fromkeys(b"p", 3),
    },
    FS: {**dict.fromkeys(b"&.", 0), **dict.fromkeys(b"!WC-", 1), **dict.fromkeys(b"S", 2)},
    GS: {**dict.fromkeys(b"\x0c", 0), **dict.fromkeys(b"!arIBbHfhw", 1), **dict.fromkeys(b"LWP", 2)},
}
"""Introducer → second byte → how many bytes follow it."""
_CLEAR = codec.CLEAR_BUFFERS
_TEXT = re.compile(rb"[^\x00-\x1f]+")
_NAMES = {DLE: "DLE", ESC: "ESC", FS: "FS", GS: "GS"}
_WORDS = {
    b"\x10\x04": "printer-ask-status",
    b"\x10\x05": "printer-recover",
    b"\x10\x14": "printer-recover",
    b"\x1b@": "printer-initialize",
    b"\x1bp": "printer-bell",
    b"\x1bB": "printer-bell",
    b"\x1da": "printer-automatic-status",
    b"\x1dr": "printer-ask-paper",
    b"\x1dI": "printer-ask-identity",
    b"\x1dV": "printer-cut",
    b"\x1dv": "printer-image",
}


def escpos(_options: Mapping[str, Any]) -> Dialect:
    """The dialect of ``escpos``."""
    return _ESCPOS


def _scan_command(unread: bytes) -> Cut:
    """The next command or run of text: whatever stands there is one, known or not."""
    if text := _TEXT.match(unread):
        return Cut(0, text.end())
    if unread[0] not in _PARAMETERS:
        return Cut(0, 1)
    size = _command_size(unread)
    return Cut(0, size if 0 < size <= len(unread) else 0)


def _command_size(unread: bytes) -> int:
    """Of the command that begins here; 0 while nobody can know."""
    if len(unread) < 2:
        return 0
    match unread[0], unread[1]:
        case 0x1D, 0x28:  # GS ( x pL pH
            return 5 + int.from_bytes(unread[3:5], "little") if len(unread) > 4 else 0
        case 0x1D, 0x76:  # GS v 0 m xL xH yL yH
            if len(unread) < 8:
                return 0
            return 8 + int.from_bytes(unread[4:6], "little") * int.from_bytes(unread[6:8], "little")
        case 0x1D, 0x56:  # GS V m, and n where m is a letter
            return (4 if unread[2] >= 0x41 else 3) if len(unread) > 2 else 0
        case 0x10, 0x14:
            return len(_CLEAR) if unread[2:3] == _CLEAR[2:3] else 5 if len(unread) > 2 else 0
    return 2 + _PARAMETERS[unread[0]].get(unread[1], 0)


def _say_command(command: bytes) -> Said:
    if command[0] >= 0x20:
        return Said("printer-text", {"text": command.decode("gb18030", "replace")})
    if command[0] == 0x0A:
        return Said("printer-line")
    if command[0] not in _NAMES:
        return Said("printer-control", {"byte": f"{command[0]:02X}"})
    second = chr(command[1]) if 0x21 <= command[1] <= 0x7E else f"{command[1]:02X}"
    name = f"{_NAMES[command[0]]} {second}"
    if command[:3] == b"\x1d(k":
        return Said("printer-qr", {"command": name})
    if command[:3] == b"\x1d(H":
        return Said("printer-ask-printed", {"command": name})
    if command[:3] == b"\x1d(L":
        return Said("printer-image", {"command": name})
    parameters = command[2:6].hex(" ").upper()
    return Said(_WORDS.get(command[:2], "printer-command"), {"command": name, "parameters": parameters})


def _scan_answer(unread: bytes) -> Cut:
    return Cut(0, 1) if unread[0] in codec.FLOW else codec.scan(unread)


def _say_answer(frame: bytes) -> Said:
    if frame[0] in codec.FLOW:
        return Said("printer-go-on" if codec.FLOW[frame[0]].go else "printer-wait")
    match codec.answer(frame):
        case codec.Status(value):
            return Said("printer-status", {"status": f"{value:02X}"})
        case codec.AutomaticStatus() as status:
            keywords = " ".join(sorted(reason.keyword for reason in status.reasons())) or "idle"
            return Said("printer-says", {"keywords": keywords})
        case codec.Buffered(value):
            return Said("printer-paper", {"status": f"{value:02X}"})
        case codec.PrintComplete(mark):
            return Said("printer-printed", {"mark": mark})
        case codec.Cleared():
            return Said("printer-cleared")
        case codec.Info(text):
            return Said("printer-identity", {"text": text})
    return Said("printer-offline")


_ESCPOS = Dialect(Side(_scan_command, _say_command, COMMAND_CAP), Side(_scan_answer, _say_answer, codec.BLOCK_CAP))
