"""A picture to a page: squared by perspective or straightened, with its real dots an inch."""

from __future__ import annotations

import cv2
import numpy as np

from device.pages.messages import Corners, Doubt, Finding, Page, Sheet
from device.pages.outline import Outline, find, sides, whole_frame
from device.pages.picture import MOST_PIXELS, Dots, Picture, encode, open_picture
from device.pages.skew import skew, straightened

MM_PER_INCH = 25.4
LEAST_TURN = 0.15
"""Degrees below which a page stays as it is and its JPEG untouched."""
LEAST_DPI = 200
"""DA/T 31-2017."""
BELIEVED_DPI = (20.0, 4800.0)
"""What a scanner or camera may say of itself; anything else is as good as nothing said."""


def square(data: bytes, sheets: tuple[Sheet, ...], scale_dpi: float | None = None) -> Page:
    """A camera's picture to a page. Raises NotDone when the picture cannot be decoded whole.

    ``sheets``: what may lie there, told apart by proportions (A3, A4 and A5 have the same: name one of them).
    ``scale_dpi``: the camera's dots an inch at its desk where an earlier page told it, for a page of unknown size.
    """
    picture, scale_dpi = open_picture(data), _believed(scale_dpi)
    outline = find(picture.dots, sheets)
    if outline.finding is Finding.WHOLE_FRAME:
        return _whole(picture, outline, scale_dpi)
    # No straightening here: the edges of the paper tell better than what was copied onto it.
    width, height, dpi = _size(outline, scale_dpi)
    dots = _squared(picture.dots, outline.corners, width, height)
    return _page(encode(dots, dpi), (width, height), dpi, outline)


def straighten(data: bytes, dpi: float | None) -> Page:
    """A scanner's picture to a page: turned back where its lines are crooked, else its JPEG untouched.

    ``dpi`` is what the scanner says it scanned with, None where it does not. Raises NotDone when the picture cannot be
    decoded whole.
    """
    picture = open_picture(data)
    return _whole(picture, whole_frame(picture.dots), _believed(dpi))


def _believed(dpi: float | None) -> float | None:
    return dpi if dpi is not None and BELIEVED_DPI[0] <= dpi <= BELIEVED_DPI[1] else None


def _whole(picture: Picture, outline: Outline, dpi: float | None) -> Page:
    crooked = skew(picture.dots) or 0.0
    if abs(crooked) >= LEAST_TURN:
        dots = straightened(picture.dots, crooked)
        return _page(encode(dots, dpi), (dots.shape[1], dots.shape[0]), dpi, outline, -crooked)
    jpeg = encode(picture.dots, dpi) if picture.jpeg is None else picture.jpeg
    return _page(jpeg, (picture.dots.shape[1], picture.dots.shape[0]), dpi, outline)


def _page(jpeg: bytes, size: tuple[int, int], dpi: float | None, outline: Outline, turned: float = 0.0) -> Page:
    doubts = outline.doubts
    if dpi is None:
        doubts += (Doubt.SIZE_UNKNOWN,)
    elif dpi < LEAST_DPI:
        doubts += (Doubt.LOW_RESOLUTION,)
    width, height = size
    return Page(jpeg, width, height, dpi, outline.finding, outline.corners, outline.sheet, turned, doubts)


def _size(outline: Outline, scale_dpi: float | None) -> tuple[int, int, float | None]:
    """Width and height in dots, and dots an inch: as many as the longer sides have, so that nothing is lost."""
    wide, high = (max(pair) for pair in sides(outline.corners))
    if outline.sheet is None:
        shrink = min(1.0, (MOST_PIXELS / (wide * high)) ** 0.5)
        return round(wide * shrink), round(high * shrink), scale_dpi and scale_dpi * shrink
    long, short = (mm / MM_PER_INCH for mm in outline.sheet.mm)
    finest = max(max(wide, high) / long, min(wide, high) / short)
    dpi = round(min(finest, (MOST_PIXELS / (long * short)) ** 0.5 - 1))
    size = (round(long * dpi), round(short * dpi))
    return (*(size if wide > high else size[::-1]), float(dpi))


def _squared(dots: Dots, corners: Corners, width: int, height: int) -> Dots:
    frame = np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float32)
    # Dots have an extent: the corner of a page is a corner of its first dot, half a dot from where that is sampled.
    warp = cv2.getPerspectiveTransform(np.array(corners, np.float32) - 0.5, frame - np.float32(0.5))
    squared = cv2.warpPerspective(dots, warp, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return squared.astype(np.uint8, copy=False)
