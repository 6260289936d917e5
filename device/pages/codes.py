"""Bar codes and QR codes of a page."""

from __future__ import annotations

import zxingcpp

from device.pages.messages import Code, Corners
from device.pages.picture import open_picture
from drivers.contract import Personal


def read_codes(jpeg: bytes) -> tuple[Code, ...]:
    """All codes whose check digits or error correction hold, from the top. Raises NotDone for no whole picture.

    As measured, a QR code of 25 mm is read from 150 dpi on (components.md §8).
    """
    found = zxingcpp.read_barcodes(open_picture(jpeg).dots, text_mode=zxingcpp.TextMode.Plain)
    codes = [Code(code.format.name, Personal(code.text), _corners(code.position)) for code in found]
    return tuple(sorted(codes, key=lambda code: (code.corners[0][1], code.corners[0][0])))


def _corners(position: zxingcpp.Position) -> Corners:
    at = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    left_upper, right_upper, right_lower, left_lower = ((float(point.x), float(point.y)) for point in at)
    return left_upper, right_upper, right_lower, left_lower
