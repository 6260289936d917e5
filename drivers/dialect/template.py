"""Displays whose frame is in the settings, read along by that frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from drivers.dialect.spoken import Dialect, Said, Side
from drivers.gbk import plain
from drivers.window_display import template_codec as codec

_NOBODY = "–"


def template(options: Mapping[str, Any]) -> Dialect:
    """The dialect of ``template-display``; a side whose frames have no end that a listener could know is left out."""
    after = len(_text(options, "after_letter").replace(" ", "")) // 2
    return Dialect(
        _side(
            lambda: codec.request(_text(options, "frame"), _kind(options, "checksum"), _text_bytes(options)),
            partial(_asked, after),
        ),
        _side(lambda: codec.answer(_text(options, "answer"), _kind(options, "answer_checksum")), _answered),
    )


def _side(build: Callable[[], codec.Template], say: Callable[[codec.Template, bytes], Said]) -> Side | None:
    try:
        frame = build()
    except ValueError:
        return None
    return Side(frame.scan, partial(say, frame), codec.FRAME_CAP) if frame.ends else None


def _asked(after: int, frame: codec.Template, heard: bytes) -> Said:
    address, text = frame.read(heard)
    said = plain(_letters(text, after).decode("gbk", "replace")).rstrip()
    return Said("display-text", {"address": _NOBODY if address is None else address, "text": said})


def _answered(frame: codec.Template, heard: bytes) -> Said:
    address, _ = frame.read(heard)
    return Said("display-obeyed", {"address": _NOBODY if address is None else address})


def _letters(text: bytes, after: int) -> bytes:
    """The text without what stands behind each of its letters."""
    letters, at = bytearray(), 0
    while at < len(text):
        size = 2 if text[at] & 0x80 else 1
        letters += text[at : at + size]
        at += size + after
    return bytes(letters)


def _text(options: Mapping[str, Any], name: str) -> str:
    return str(options.get(name, ""))


def _kind(options: Mapping[str, Any], name: str) -> codec.Kind:
    kind: codec.Kind = options.get(name, "none")
    return kind


def _text_bytes(options: Mapping[str, Any]) -> int:
    size = options.get("text_bytes", 0)
    return size if isinstance(size, int) else 0
