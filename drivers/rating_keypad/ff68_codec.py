"""What a rating keypad of the FF 68 family says and understands (protocols/rating-keypads.md §2). Pure."""

from __future__ import annotations

from drivers.ff68_frame import Frame
from drivers.framing import sum8

STARS, GRADE = 0x02, 0x11
BEST = 4
"""Raw grades: 0 bad, 1 fair, 2 good, 3 very good, 4 best."""
ALL_STARS = 5


def grade(frame: Frame) -> int | None:
    """The raw grade pressed; None for any other frame."""
    if frame.command != GRADE or len(frame.data) != 1 or frame.data[0] > BEST:
        return None
    return frame.data[0]


def received(address: int) -> bytes:
    """The answer to a grade; it has no FF before it."""
    return bytes((0x68, 0x02, 0x02, 0x68, address, 0x01, sum8(bytes((address, 0x01))), 0x16))


def stars(address: int, count: int) -> bytes:
    """Light 0 (dark) to 5 stars."""
    return Frame(address, STARS, bytes((count,))).encode()
