"""A paper in the form that a printer takes."""

from __future__ import annotations

from device.papers.page import Paper
from device.papers.pdf import pdf
from device.papers.raster import raster
from drivers.contract import PDF, PWG_RASTER, Abilities, Document, Stock


def document(paper: Paper, abilities: Abilities, stock: Stock = "plain") -> Document:
    """The document to print; blocks for about a second, so in a thread. Raises ValueError, fonts.NoFont."""
    if PDF in abilities.formats:
        return Document(paper.name, PDF, pdf(paper), stock)
    if PWG_RASTER in abilities.formats and abilities.raster_dpi is not None:
        return Document(paper.name, PWG_RASTER, raster(paper, abilities.raster_dpi), stock)
    raise ValueError("the printer takes neither PDF nor PWG raster → use one that does (IPP Everywhere)")
