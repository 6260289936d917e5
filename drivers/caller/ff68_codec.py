"""What a caller of the FF 68 family says and understands (protocols/rating-keypads.md §2). Pure."""

from __future__ import annotations

from drivers.contract import CallerKey, KeyPress
from drivers.ff68_frame import Frame

SHOW, ALARM = 0x02, 0x03
SEPARATOR = 0x0A
DIGITS_CAP = 8

_KEYS = {
    0x0A: CallerKey.START,
    0x0B: CallerKey.WAIT,
    0x0C: CallerKey.CALL,
    0x0D: CallerKey.RECALL,
    0x0E: CallerKey.CANCEL,
    0x0F: CallerKey.FUNCTION,
}
PRESS = 0x01
"""The command byte of a press; U, and not looked at."""


def press(frame: Frame) -> KeyPress | None:
    """The key that ended the frame with the digits before it; None for any other frame, our own echo included."""
    *digits, key = frame.data or (0,)
    if key not in _KEYS or len(digits) > DIGITS_CAP or any(digit > 9 for digit in digits):
        return None
    return KeyPress(_KEYS[key], "".join(map(str, digits)))


def tell(address: int, success: bool) -> bytes:
    """Show that the last press worked, or not."""
    return Frame(address, SHOW, bytes((success,))).encode()


def alarm(address: int) -> bytes:
    """Sound the caller's alarm."""
    return Frame(address, ALARM).encode()


def show_number(address: int, digits: str, waiting: int) -> bytes:
    """The called number, a separator, and how many wait. Raises ValueError for anything but 0 to 8 digits."""
    if len(digits) > DIGITS_CAP or not all(digit in "0123456789" for digit in digits):
        raise ValueError(f"{digits!r} is no number of at most {DIGITS_CAP} digits")
    data = [*map(int, digits), SEPARATOR, *map(int, str(max(0, waiting)))]
    return Frame(address, SHOW, bytes(data)).encode()
