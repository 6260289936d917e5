"""Size and scale of an encoded image, within limits."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.contract import Garbled

MOST_PIXELS = 80_000_000
"""A3 at 600 dpi has 70 million."""
MOST_BYTES = 1 << 28
"""Of one encoded image; A3 at 600 dpi in colour has 209 million bytes before it is encoded."""


@dataclass(frozen=True, slots=True)
class Measure:
    """In pixels. ``dpi`` as the image itself says, None where it does not."""

    width: int
    height: int
    dpi: float | None


def measured(width: int, height: int, dpi: float | None) -> Measure:
    """The measure. Raises Garbled for an empty image and for one beyond MOST_PIXELS."""
    if not 0 < width * height <= MOST_PIXELS:
        raise Garbled(f"an image of {width} x {height} pixels")
    return Measure(width, height, dpi)
