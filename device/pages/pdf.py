"""Pages to one PDF, each JPEG in it byte by byte, each page as large as its paper."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import img2pdf  # type: ignore[import-untyped]

from device.pages.fault import NotDone, Why
from device.pages.messages import MOST_PAGES, Document, Page, Sheet

POINTS_PER_INCH = 72.0
MM_PER_INCH = 25.4
LEAST_POINTS, MOST_POINTS = 3.0, 14400.0
"""Sides of a PDF page (PDF 1.7, annex C)."""


def bind(pages: Sequence[Page]) -> Document:
    """The document, the same bytes every time: it holds no date. Raises NotDone for no page and for too many.

    A page whose dots an inch nobody knows, or which no PDF page could hold, is fitted into A4.
    """
    if not pages:
        raise NotDone(Why.NO_PAGE)
    if len(pages) > MOST_PAGES:
        raise NotDone(Why.TOO_MANY, str(MOST_PAGES))
    sizes = iter([size_points(page) for page in pages])

    def layout(_width: int, _height: int, _dpi: tuple[float, float]) -> tuple[float, float, float, float]:
        # Asked once a picture, in their order. What a JPEG says of its own density is whole dots, or nothing.
        width, height = next(sizes)
        return width, height, width, height

    # Upright already: an orientation that is no number from 1 to 8 would be an error here. The engine of pikepdf
    # writes an /ID that changes with the clock's second, also without dates.
    pdf = img2pdf.convert(
        [page.jpeg for page in pages],
        layout_fun=layout,
        nodate=True,
        rotation=img2pdf.Rotation.none,
        engine=img2pdf.Engine.internal,
    )
    return Document(pdf, hashlib.sha256(pdf).hexdigest(), tuple(page.sha256 for page in pages))


def size_points(page: Page) -> tuple[float, float]:
    """Width and height of the paper in points."""
    if page.dpi:
        size = (page.width / page.dpi * POINTS_PER_INCH, page.height / page.dpi * POINTS_PER_INCH)
        if min(size) >= LEAST_POINTS and max(size) <= MOST_POINTS:
            return size
    long, short = (mm / MM_PER_INCH * POINTS_PER_INCH for mm in Sheet.A4.mm)
    wide, high = (long, short) if page.width > page.height else (short, long)
    scale = min(wide / page.width, high / page.height)
    return page.width * scale, page.height * scale
