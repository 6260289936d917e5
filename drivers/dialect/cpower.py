"""C-Power5200 cards, read along. Firmware up to 3.2 answers with a request's mark: seen from outside, a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drivers.contract import Garbled
from drivers.dialect.spoken import Dialect, Said, Side
from drivers.window_display import cpower5200_codec as codec
from drivers.window_display.cpower5200_network import Network

_TEXT_AT = 15
"""In the data of 7B: four bytes of length and packets, the sub-command, ten bytes of look."""


def cpower(options: Mapping[str, Any]) -> Dialect:
    """The dialect of ``cpower5200``."""
    if options.get("framing") != "network":
        return _CPOWER
    network = Network(length_order=options.get("length_order", "low-first"))
    return Dialect(
        Side(network.scan, lambda frame: _request(network.decode(frame)), codec.FRAME_CAP),
        Side(network.scan, lambda frame: _from_card(network.decode(frame)), codec.FRAME_CAP),
    )


def _request(heard: codec.Frame) -> Said:
    if heard.kind != codec.REQUEST:
        raise Garbled("not of the host")
    fields: dict[str, str | int] = {"address": heard.card, "command": f"{heard.command:02X}"}
    match heard.command, heard.data[:1]:
        case codec.POWER, b"\x01":
            return Said("display-ping", fields)
        case codec.POWER, _:
            return Said("display-power", fields)
        case codec.EXTERNAL_CALL, _ if heard.data[4:5] == bytes((codec.PURE_TEXT,)):
            return Said(
                "display-text", {**fields, "text": heard.data[_TEXT_AT:].rstrip(b"\0").decode("gbk", "replace")}
            )
    return Said("display-request", fields)


def _from_card(heard: codec.Frame) -> Said:
    """What comes from the card's side of the line is the card's, whatever its mark."""
    if heard.kind == codec.ANSWER and heard.command == codec.EXTERNAL_CALL and heard.mark:
        return Said("display-refused", {"address": heard.card, "error": heard.mark})
    return Said("display-obeyed", {"address": heard.card})


_CPOWER = Dialect(
    Side(codec.scan, lambda frame: _request(codec.decode(frame)), codec.FRAME_CAP),
    Side(codec.scan, lambda frame: _from_card(codec.decode(frame)), codec.FRAME_CAP),
)
