"""A slip as one job of ESC/POS bytes: wrapping by width, Chinese text, image lines, codes, the cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from drivers.contract import Align, CompletionCode, Feed, QrCode, Refused, Remedy, Slip, SlipElement, TextLine
from drivers.dots import CELL, NoGlyph, Raster
from drivers.dots import raster as draw
from drivers.gbk import columns, plain
from drivers.ticket_printer import escpos_codec as codec
from drivers.ticket_printer import escpos_commands as some
from drivers.ticket_printer import qr

BAND_ROWS = 240
"""Rows of dots in one command: clones have small buffers (protocols/ticket-printers.md §5: at most 256 to 960)."""
LINES_TO_CUTTER = 6
"""What a head without GS V 65 and 66 is fed before the cut: 12 mm and more."""
LINE_GAP = 6
"""Dots between two lines of 24: standard line spacing is 30."""
RING_MS = 200

Cut = Literal["partial", "full", "partial-at-once", "full-at-once"]


@dataclass(frozen=True, slots=True)
class Paper:
    """``columns``: half hanzi a line, 48 on 80 mm, 32 on 58 mm. ``font``: asked first for what is drawn here.

    The rest is what differs from head to head: see EscPosSettings.
    """

    columns: int = 48
    font: str = ""
    qr_level: Literal["L", "M", "Q", "H"] = "L"
    cut: Cut = "partial"
    text: Literal["gbk", "image"] = "gbk"
    qr: Literal["printer", "image"] = "printer"
    image: Literal["gs-v", "gs-l"] = "gs-v"
    hanzi: Literal["fs-!", "fs-w"] = "fs-!"
    code_system: int | None = None
    black_mark: bool = False
    bell: Literal["none", "drawer", "buzzer"] = "none"

    @property
    def dots(self) -> int:
        """Dots that the head reaches."""
        return self.columns * (CELL // 2)


@dataclass(frozen=True, slots=True)
class _Style:
    align: Align = "left"
    bold: bool = False
    width: int = 1
    height: int = 1


def encode(slip: Slip, paper: Paper, first: bytes = b"") -> bytes:
    """The whole job up to and with the cut. Raises Refused (invalid_data) for what cannot be printed right.

    ``first`` goes right after ESC @, which undoes what was set before it.
    """
    style = _Style()
    parts = [codec.INITIALIZE, first, codec.CHINESE_ON]
    if paper.code_system is not None:
        parts.append(some.code_system(paper.code_system))
    for element in slip:
        for wanted, body in _pieces(element, paper):
            parts += [_restyle(style, wanted, paper), body]
            style = wanted
    parts += [_restyle(style, _Style(), paper), _end(paper)]
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
            yield _qr(element, paper)
        case Feed():
            yield _Style(), codec.feed(element.lines)


def _row(row: str, line: TextLine, paper: Paper) -> tuple[_Style, bytes]:
    try:
        if paper.text == "gbk" or not row:
            return _Style(line.align, line.bold, line.width, line.height), codec.text(row)
    except UnicodeEncodeError:
        pass
    return _Style(), _image(row, line, paper)


def _image(row: str, line: TextLine, paper: Paper) -> bytes:
    """The row as dots, its place on the line drawn with it: some printers align text only."""
    free = paper.columns - columns(row) * line.width
    left = {"left": 0, "centre": free // 2, "right": free}[line.align] * (CELL // 2)
    try:
        return _dots(_apart(draw(row, left, line.width, line.height, paper.font), paper), paper)
    except NoGlyph as lack:
        what = f"{lack}; install fonts-noto-cjk or name a font in the printer's options"
        raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION) from lack


def _apart(line: Raster, paper: Paper) -> Raster:
    """Where every line is an image, they stand as far apart as lines of text do."""
    gap = LINE_GAP if paper.text == "image" else 0
    return Raster(line.width_bytes, line.rows + gap, line.data + bytes(gap * line.width_bytes))


def _qr(code: QrCode, paper: Paper) -> tuple[_Style, bytes]:
    """The code in modules as large as asked for, or as the paper has room for."""
    data = code.data.encode()
    wanted = code.module if 1 <= code.module <= 16 else 0
    module = qr.module_that_fits(len(data), paper.qr_level, wanted, paper.dots)
    if not module:
        what = f"no QR code of {len(data)} bytes with modules of {code.module} dots on {paper.dots}"
        raise Refused(what, CompletionCode.INVALID_DATA, Remedy.NONE)
    if paper.qr == "printer":
        return _Style(align="centre"), codec.qr(data, module, paper.qr_level)
    left = (paper.dots - qr.side(len(data), paper.qr_level) * module) // 2
    return _Style(), _dots(qr.dots_of(data, module, paper.qr_level, left), paper)


def _dots(image: Raster, paper: Paper) -> bytes:
    """Dots in bands that a small buffer holds."""
    command = codec.raster if paper.image == "gs-v" else some.graphics
    bands = []
    for top in range(0, image.rows, BAND_ROWS):
        rows = min(BAND_ROWS, image.rows - top)
        data = image.data[top * image.width_bytes : (top + rows) * image.width_bytes]
        bands.append(command(Raster(image.width_bytes, rows, data)))
    return b"".join(bands)


def _end(paper: Paper) -> bytes:
    cuts = {
        "partial": codec.CUT_PARTIAL,
        "full": codec.CUT_FULL,
        "partial-at-once": some.CUT_PARTIAL_AT_ONCE,
        "full-at-once": some.CUT_FULL_AT_ONCE,
    }
    bells = {"none": b"", "drawer": some.drawer_pulse(0, RING_MS, RING_MS), "buzzer": some.buzz(2, 2)}
    # With 00 and 01 the cutter falls where the paper stands: unfed, the last lines stay behind for the next citizen.
    feed = codec.feed(LINES_TO_CUTTER) if paper.cut.endswith("at-once") and not paper.black_mark else b""
    mark = some.BLACK_MARK if paper.black_mark else b""
    return mark + feed + cuts[paper.cut] + bells[paper.bell]


def _restyle(now: _Style, wanted: _Style, paper: Paper) -> bytes:
    parts = []
    if now.align != wanted.align:
        parts.append(codec.align(wanted.align))
    if now.bold != wanted.bold:
        parts.append(codec.bold(wanted.bold))
    if (now.width, now.height) != (wanted.width, wanted.height):
        parts.append(codec.letter_size(wanted.width, wanted.height))
        if paper.hanzi == "fs-w":
            parts.append(some.hanzi_double(min(wanted.width, wanted.height) > 1))
        else:
            parts.append(codec.hanzi_size(wanted.width, wanted.height))
    return b"".join(parts)
