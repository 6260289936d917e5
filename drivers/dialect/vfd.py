"""Customer displays of two lines, read along: their commands; they have no address and never answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from drivers.dialect.spoken import Dialect, Said, Side
from drivers.window_display import vfd_2x20_codec as codec

_NOBODY = "–"


def vfd(options: Mapping[str, Any]) -> Dialect:
    """The dialect of ``vfd-2x20`` in its mode."""
    return _DIALECTS["epson" if options.get("mode") == "epson" else "cd5220"]


def _say(mode: codec.Mode, frame: bytes) -> Said:
    match codec.decode(frame, mode):
        case codec.Line(_, text):
            return Said("display-text", {"address": _NOBODY, "text": text.rstrip()})
        case codec.Clear():
            return Said("display-dark", {"address": _NOBODY})
        case _:
            return Said("display-request", {"address": _NOBODY, "command": frame.hex(" ").upper()})


def _dialect(mode: codec.Mode) -> Dialect:
    return Dialect(Side(partial(codec.scan, mode), partial(_say, mode), codec.FRAME_CAP), None)


_DIALECTS: dict[codec.Mode, Dialect] = {"cd5220": _dialect("cd5220"), "epson": _dialect("epson")}
