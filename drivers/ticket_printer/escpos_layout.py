"""A slip as one job of ESC/POS bytes: wrapping by width, Chinese text, image lines, codes, the cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from drivers.contract import Align, CompletionCode, Feed, QrCode, Refused, Remedy, Slip, SlipElement, TextLine
from drivers.dots import CELL, NoGlyph
from drivers.dots import raster as draw
from drivers.gbk import columns, plain
from drivers.ticket_printer import escpos_codec as codec

QR_CAP = 2953
"""Bytes in the largest QR code (version 40, level L)."""


@dataclass(frozen=True, slots=True)
class Paper:
    """``columns``: half hanzi a line, 48 on 80 mm, 32 on 58 mm. ``font``: asked first for what GBK lacks."""

    columns: int = 48
    font: str = ""
    qr_level: Literal["L", "M", "Q", "H"] = "L"
    cut: Literal["partial", "full"] = "partial"


@dataclass(frozen=True, slots=True)
class _Style:
    align: Align = "left"
    bold: bool = False
    width: int = 1
    height: int = 1


def encode(slip: Slip, paper: Paper) -> bytes:
    """The whole job up to and with the cut. Raises Refused (invalid_data) for what cannot be printed right."""
    style = _Style()
    parts = [codec.INITIALIZE, codec.CHINESE_ON]
    for element in slip:
        for wanted, body in _pieces(element, paper):
            parts += [_restyle(style, wanted), body]
            style = wanted
    parts += [_restyle(style, _Style()), codec.CUT_FULL if paper.cut == "full" else codec.CUT_PARTIAL]
    return b"".join(parts)


def wrap(text: str, width: int) -> list[str]:
    """Rows of at most ``width`` columns; a row that must break does so after its last space, if it has one."""
    rows = []
    for line in text.splitlines() or [""]:
        rest = plain(line)
        while columns(rest) > width:
            end = _fits(rest, width)
            space = rest.rfind(" ", 1, end + 1)
            if space > 0 and rest[end] != " " and rest[end].isascii():
                end = space
            rows.append(rest[:end].rstrip())
            rest = rest[end:].lstrip()
        rows.append(rest)
    return rows


def _fits(text: str, width: int) -> int:
    used = 0
    for index, character in enumerate(text):
        used += columns(character)
        if used > width:
            return max(index, 1)
    return len(text)


def _pieces(element: SlipElement, paper: Paper) -> Iterator[tuple[_Style, bytes]]:
    match element:
        case TextLine():
            for row in wrap(element.text, paper.columns // element.width):
                yield _row(row, element, paper)
        case QrCode():
            yield _Style(align="centre"), _qr(element, paper)
        case Feed():
            yield _Style(), codec.feed(element.lines)


def _row(row: str, line: TextLine, paper: Paper) -> tuple[_Style, bytes]:
    try:
        return _Style(line.align, line.bold, line.width, line.height), codec.text(row)
    except UnicodeEncodeError:
        return _Style(), _image(row, line, paper)


def _image(row: str, line: TextLine, paper: Paper) -> bytes:
    """The row as dots, its place on the line drawn with it: some printers align text only."""
    free = paper.columns - columns(row) * line.width
    left = {"left": 0, "centre": free // 2, "right": free}[line.align] * (CELL // 2)
    try:
        return codec.raster(draw(row, left, line.width, line.height, paper.font))
    except NoGlyph as lack:
        what = f"{lack}; install fonts-noto-cjk or name a font in the printer's options"
        raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION) from lack


def _qr(code: QrCode, paper: Paper) -> bytes:
    data = code.data.encode()
    if not 0 < len(data) <= QR_CAP or not 1 <= code.module <= 16:
        what = f"no QR code of {len(data)} bytes with modules of {code.module} dots"
        raise Refused(what, CompletionCode.INVALID_DATA, Remedy.NONE)
    return codec.qr(data, code.module, paper.qr_level)


def _restyle(now: _Style, wanted: _Style) -> bytes:
    parts = []
    if now.align != wanted.align:
        parts.append(codec.align(wanted.align))
    if now.bold != wanted.bold:
        parts.append(codec.bold(wanted.bold))
    if (now.width, now.height) != (wanted.width, wanted.height):
        parts += [codec.letter_size(wanted.width, wanted.height), codec.hanzi_size(wanted.width, wanted.height)]
    return b"".join(parts)
