"""A paper as PDF: its letters embedded, only those it uses; the same paper gives the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import segno

from device.papers.fonts import runs
from device.papers.page import Bar, Code, Mark, Paper, Text, width

if TYPE_CHECKING:
    from fpdf import FPDF

NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""A PDF has a moment of its own; ours must not differ from one printing to the next."""
PRODUCER = "Yichuang"


def pdf(paper: Paper) -> bytes:
    """The document. Takes about a second of one core, so in a thread. Raises fonts.NoFont."""
    from fpdf import FPDF  # here: half a second, for boxes that print pages

    made = FPDF(format="A4")
    made.set_auto_page_break(False)
    made.set_creation_date(NO_TIME)
    made.set_producer(PRODUCER)
    made.set_title(paper.name)
    made.set_lang("zh-CN")
    for page in paper.pages:
        made.add_page()
        for mark in page:
            _put(made, mark)
    return bytes(made.output())


def _put(made: FPDF, mark: Mark) -> None:
    match mark:
        case Bar():
            made.rect(mark.x, mark.y, mark.width, mark.height, style="F")
        case Code():
            squares = segno.make(mark.data, error="M", micro=False).matrix
            side = mark.side / len(squares)
            for row, line in enumerate(squares):
                for column, dark in enumerate(line):
                    if dark:
                        made.rect(mark.x + column * side, mark.y + row * side, side, side, style="F")
        case Text():
            x = mark.x
            for face, piece in runs(mark.text, mark.bold):
                if face.name not in made.fonts:
                    made.add_font(face.name, fname=face.file, collection_font_number=face.index)
                made.set_font(face.name, size=mark.size)
                made.text(x, mark.y, piece)
                x += width(piece, mark.size)
