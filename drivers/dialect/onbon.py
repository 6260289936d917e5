"""Onbon's font and bitmap cards, read along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drivers.contract import Garbled
from drivers.dialect.spoken import Dialect, Said, Side
from drivers.window_display import onbon_bx5e_codec as bitmap
from drivers.window_display import onbon_bx5k_codec as font
from drivers.window_display.onbon_frame import HOST, Answer, Frame, scan

REQUEST_CAP = 1 << 17
"""A page of bitmaps; a card's memory holds no more."""
_AREA_SIZE = 27
_FIRST_AREA = 9
"""In the data of A3 06: the five bytes of every request, areas to delete, areas sent, length of the first."""


def font_card(_options: Mapping[str, Any]) -> Dialect:
    """The dialect of ``onbon-bx5k``."""
    return _FONT


def bitmap_card(_options: Mapping[str, Any]) -> Dialect:
    """The dialect of ``onbon-bx5e``."""
    return _BITMAP


def _say_to_font(frame: bytes) -> Said:
    heard = _from_host(font.decode(frame))
    fields: dict[str, str | int] = {"address": heard.destination, "command": heard.data[:2].hex(" ").upper()}
    match tuple(heard.data[:2]):
        case font.PING:
            return Said("display-ping", fields)
        case font.DYNAMIC_AREA if len(heard.data) > _FIRST_AREA + _AREA_SIZE:
            text = heard.data[_FIRST_AREA + _AREA_SIZE :].decode("gbk", "replace")
            return Said("display-text", {**fields, "text": text})
        case font.DYNAMIC_AREA:
            return Said("display-dark", fields)
    return Said("display-request", fields)


def _say_to_bitmap(frame: bytes) -> Said:
    heard = _from_host(bitmap.decode(frame))
    command = (heard.data[1], heard.data[2])
    fields: dict[str, str | int] = {"address": heard.destination, "command": heard.data[1:3].hex(" ").upper()}
    words = {
        bitmap.PING: "display-ping",
        bitmap.UPDATE_AREA: "display-dots",
        bitmap.DELETE_AREA: "display-dark",
    }
    return Said(words.get(command, "display-request"), fields)


def _from_host(frame: Frame) -> Frame:
    if frame.source != HOST or len(frame.data) < 3:
        raise Garbled("not of the host")
    return frame


def _answers(decode: Callable[[bytes], Frame], answer: Callable[[Frame], Answer]) -> Callable[[bytes], Said]:
    def say(frame: bytes) -> Said:
        heard = decode(frame)
        if heard.source == HOST:
            raise Garbled("not of a card")
        told = answer(heard)
        if told.accepted:
            return Said("display-obeyed", {"address": told.address})
        return Said("display-refused", {"address": told.address, "error": told.error})

    return say


_FONT = Dialect(
    Side(scan, _say_to_font, font.FRAME_CAP), Side(scan, _answers(font.decode, font.answer), font.FRAME_CAP)
)
_BITMAP = Dialect(
    Side(scan, _say_to_bitmap, REQUEST_CAP), Side(scan, _answers(bitmap.decode, bitmap.answer), bitmap.FRAME_CAP)
)
