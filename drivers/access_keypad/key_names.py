"""The kernel's names of keys that access keypads send, and their codes. Source: linux/input-event-codes.h."""

from __future__ import annotations

CODES = {
    "KEY_ESC": 1,
    **{f"KEY_{digit}": 1 + digit for digit in range(1, 10)},
    "KEY_0": 11,
    "KEY_BACKSPACE": 14,
    "KEY_TAB": 15,
    "KEY_ENTER": 28,
    "KEY_SPACE": 57,
    **{f"KEY_F{number}": 58 + number for number in range(1, 11)},
    "KEY_KP7": 71,
    "KEY_KP8": 72,
    "KEY_KP9": 73,
    "KEY_KP4": 75,
    "KEY_KP5": 76,
    "KEY_KP6": 77,
    "KEY_KP1": 79,
    "KEY_KP2": 80,
    "KEY_KP3": 81,
    "KEY_KP0": 82,
    "KEY_KPENTER": 96,
    "KEY_HOME": 102,
    "KEY_UP": 103,
    "KEY_PAGEUP": 104,
    "KEY_LEFT": 105,
    "KEY_RIGHT": 106,
    "KEY_END": 107,
    "KEY_DOWN": 108,
    "KEY_PAGEDOWN": 109,
    "KEY_VOLUMEDOWN": 114,
    "KEY_VOLUMEUP": 115,
    "KEY_HELP": 138,
    "KEY_MENU": 139,
    "KEY_BACK": 158,
    **{f"KEY_F{number}": 170 + number for number in range(13, 25)},
    "KEY_OK": 0x160,
    "KEY_SELECT": 0x161,
    "KEY_INFO": 0x166,
}
LAST_CODE = 0x2FF


def code_of(option: str, name: str) -> int:
    """The code of a key by its name, or as digits. Raises ValueError with the remedy, naming the option."""
    if name in CODES:
        return CODES[name]
    if name.isdecimal() and name.isascii() and 0 < int(name) <= LAST_CODE:
        return int(name)
    raise ValueError(f"{option} has the key {name!r} → write KEY_UP, KEY_ENTER …, or the code that `evtest` shows")
