"""Alpha signs, read along: packets of seven bits or eight, and the one byte that a sign may answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drivers.dialect.spoken import Dialect, Said, Side
from drivers.gbk import plain
from drivers.window_display import alpha_sign_codec as codec


def alpha(options: Mapping[str, Any]) -> Dialect:
    """The dialect of ``alpha-sign``."""
    return _ANSWERED if options.get("answers") == "ack" else _UNANSWERED


def _say_packet(frame: bytes) -> Said:
    packet = codec.decode(frame)
    text = codec.text_of(packet.command)
    fields: dict[str, str | int] = {"address": packet.address}
    if text is None:
        return Said("display-request", {**fields, "command": packet.command[:2].hex(" ").upper()})
    return Said("display-text", {**fields, "text": plain(text)})


def _say_answer(frame: bytes) -> Said:
    """One byte: any frame may hold it, so whoever else may have said it comes first."""
    if codec.obeyed(frame):
        return Said("display-obeyed", {"address": _NOBODY}, vague=True)
    return Said("display-refused", {"address": _NOBODY, "error": f"{codec.NAK:02X}"}, vague=True)


_NOBODY = "–"
"""An answer does not tell whose it is."""
_PACKETS = Side(codec.scan_packet, _say_packet, codec.FRAME_CAP)
_UNANSWERED = Dialect(_PACKETS, None)
_ANSWERED = Dialect(_PACKETS, Side(codec.scan, _say_answer, codec.ANSWER_CAP))
