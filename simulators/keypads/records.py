"""The kernel's side of a keypad that types: 24-byte event records (rating-keypads.md §1, §4)."""

from __future__ import annotations

SYN, KEY, MSC, SWITCH = 0, 1, 4, 5
HEADPHONE_INSERT = 2
REPORT, DROPPED, SCAN = 0, 3, 4
NUM_LOCK = 69
RELEASED, PRESSED, REPEATED = 0, 1, 2

CODES: dict[str, tuple[int, int, int | None]] = {
    # name: code of the keypad's key, its HID usage, code in the letters' part
    "0": (82, 0x62, 11),
    "1": (79, 0x59, 2),
    "2": (80, 0x5A, 3),
    "3": (81, 0x5B, 4),
    "4": (75, 0x5C, 5),
    "5": (76, 0x5D, 6),
    "6": (77, 0x5E, 7),
    "7": (71, 0x5F, 8),
    "8": (72, 0x60, 9),
    "9": (73, 0x61, 10),
    ".": (83, 0x63, 52),
    "enter": (96, 0x58, 28),
    "+": (78, 0x57, None),
    "-": (74, 0x56, None),
    "*": (55, 0x55, None),
    "/": (98, 0x54, None),
    "=": (117, 0x67, None),
    "comma": (121, 0x85, None),
    "backspace": (14, 0x2A, None),
    "tab": (15, 0x2B, None),
    "esc": (1, 0x29, None),
    "space": (57, 0x2C, None),
    "up": (103, 0x52, None),
    "down": (108, 0x51, None),
    "help": (138, 0x75, None),
}
KEYBOARD_PAGE = 0x70000
NUM_LOCK_USAGE = 0x53


def record(at_us: int, kind: int, code: int, value: int) -> bytes:
    """One event at this moment, in microseconds since 1970."""
    seconds, rest = divmod(at_us, 1_000_000)
    return b"".join(
        number.to_bytes(size, "little", signed=signed)
        for number, size, signed in (
            (seconds, 8, True),
            (rest, 8, True),
            (kind, 2, False),
            (code, 2, False),
            (value, 4, True),
        )
    )


def change(at_us: int, name: str, value: int, *, top_row: bool = False) -> bytes:
    """A key goes down or up, as a keypad's driver says it: scan code, key, end of report."""
    keypad, usage, letters = CODES[name]
    return _change(at_us, letters if top_row and letters is not None else keypad, usage, value)


def num_lock(at_us: int) -> bytes:
    """NumLock down and up, which some keypads put around every key."""
    down = _change(at_us, NUM_LOCK, NUM_LOCK_USAGE, PRESSED)
    return down + _change(at_us, NUM_LOCK, NUM_LOCK_USAGE, RELEASED)


def headphone(at_us: int, plugged: bool) -> bytes:
    """The jack's switch: a headphone is in it, or not."""
    return record(at_us, SWITCH, HEADPHONE_INSERT, int(plugged)) + record(at_us, SYN, REPORT, 0)


def overrun(at_us: int, lost: bytes) -> bytes:
    """The kernel's buffer was full: ``lost`` is worthless, up to the end of the report."""
    return record(at_us, SYN, DROPPED, 0) + lost + record(at_us, SYN, REPORT, 0)


def _change(at_us: int, code: int, usage: int, value: int) -> bytes:
    said = record(at_us, KEY, code, value) + record(at_us, SYN, REPORT, 0)
    if value == REPEATED:  # the kernel repeats, not the keypad: no scan code
        return said
    return record(at_us, MSC, SCAN, KEYBOARD_PAGE + usage) + said
