"""Bytes from a camera, a scanner or a file to dots, checked before they are trusted; and dots to JPEG."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from device.pages.fault import NotDone, Why
from device.pages.messages import MOST_BYTES

Dots: TypeAlias = NDArray[np.uint8]
"""Rows of dots: grey (height, width), or RGB (height, width, 3)."""

MOST_PIXELS = 40_000_000
"""A4 at 600 dpi has 34.8 million; a picture of a few kB may say it has a thousand times as many."""
LEAST_SIDE = 64
FORMATS = ("JPEG", "PNG", "PPM")
"""What cameras and scanners give. Pillow knows forty more, none of which anybody has to parse here."""
QUALITY = 85
"""Of a JPEG that has to be made anew (protocols/document-scanners.md §5)."""

SOI, EOI, SOS, DHT = b"\xff\xd8", b"\xff\xd9", 0xDA, 0xC4


@dataclass(frozen=True, slots=True)
class Picture:
    """An upright picture. ``jpeg`` is what was given, where it can be kept and bound as it is."""

    dots: Dots
    jpeg: bytes | None


def open_picture(data: bytes) -> Picture:
    """Decode the whole picture and turn it upright. Raises NotDone: not a picture, torn, too large or too small.

    Torn is what ends before its end. What lacks a piece of its middle decoders fill up with grey; the drivers of
    scanners and cameras notice that.
    """
    if len(data) > MOST_BYTES:
        raise NotDone(Why.TOO_LARGE)
    whole = not data.startswith(SOI) or _ends(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise NotDone(Why.TOO_LARGE) from None
    except Exception:  # Pillow lets through whatever its formats raise on odd bytes
        raise NotDone(Why.NOT_A_PICTURE if whole else Why.TORN) from None
    with image:
        if image.width * image.height > MOST_PIXELS:
            raise NotDone(Why.TOO_LARGE)
        if min(image.size) < LEAST_SIDE:
            raise NotDone(Why.TOO_SMALL)
        try:
            image.load()
            dots = _dots(ImageOps.exif_transpose(image))
            kept = whole and _can_be_kept(image, data)
        except Exception:  # as above; what could be opened and not read to its end is torn
            raise NotDone(Why.TORN) from None
    if not whole:  # decoders give grey for what is missing, without an error
        raise NotDone(Why.TORN)
    return Picture(dots, data if kept else None)


def encode(dots: Dots, dpi: float | None) -> bytes:
    """A JPEG without loss of colour resolution, in which red seals blur first. The same bytes every time."""
    file = io.BytesIO()
    density = {} if dpi is None else {"dpi": (round(dpi), round(dpi))}
    Image.fromarray(dots).save(file, "JPEG", quality=QUALITY, subsampling=0, **density)
    return file.getvalue()


def _dots(image: Image.Image) -> Dots:
    if image.mode.startswith("I"):  # 16 bits of grey
        return (np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8)
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        image = paper
    return np.asarray(image.convert("L" if image.mode in ("1", "L") else "RGB"))


def _can_be_kept(image: Image.Image, data: bytes) -> bool:
    """Whether every viewer shows these very bytes as this picture: one JPEG, upright, in RGB or grey, with its tables.

    Frames of cameras may lack Huffman tables (motion JPEG); decoders know them, PDF viewers need not.
    """
    upright = image.getexif().get(ExifTags.Base.Orientation, 1) in (0, 1)
    return image.format == "JPEG" and image.mode in ("L", "RGB") and upright and DHT in {m for m, _ in _segments(data)}


def _ends(jpeg: bytes) -> bool:
    """Whether the end follows the last begin of dots (ITU T.81 B.1.1.3; a thumbnail has an end of its own)."""
    begin = max((place for marker, place in _segments(jpeg) if marker == SOS), default=None)
    return begin is not None and jpeg.find(EOI, begin) >= 0


def _segments(jpeg: bytes) -> Iterator[tuple[int, int]]:
    """Markers and their places up to the first begin of dots."""
    place = 2
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF:
        marker = jpeg[place + 1]
        yield marker, place
        if marker == SOS:
            return
        place += 1 if marker == 0xFF else 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
