"""A picture made so small that a technician's terminal can show it."""

from __future__ import annotations

from PIL import Image

from device.pages.messages import Shrunk
from device.pages.picture import open_picture


def shrink(data: bytes, columns: int, rows: int) -> Shrunk:
    """Grey, upright, in its own proportions, of ``columns`` × ``rows`` dots at most. Raises NotDone."""
    image = Image.fromarray(open_picture(data).dots).convert("L")
    scale = min(columns / image.width, rows / image.height, 1.0)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    small = image.resize(size, Image.Resampling.BOX)
    return Shrunk(small.width, small.height, small.tobytes())
