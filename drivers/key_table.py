"""Keys of a serial pad by a table in the settings: so many bytes, this key. Pure.

No standard and no document binds these pads: many send one ASCII digit a key (U), others a few bytes. A key's bytes are
written in hex, ``??`` for a byte that may be anything: ``31``, ``01 03 1C ?? ?? FF``.

Source: protocols/rating-keypads.md §1 (serial types), §3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from drivers.framing import Cut

BYTES_CAP = 16
ANY = "??"

Pattern = tuple[int | None, ...]
"""None: any byte."""

_BYTE = re.compile(r"[0-9A-Fa-f]{2}")


class KeyTable:
    """Finds the keys of one pad. ``keys``: bytes → meaning, in the order of the settings."""

    def __init__(self, option: str, keys: Mapping[str, str]) -> None:
        """Raises ValueError with the remedy, naming the option, for a table that cannot be told apart."""
        self._keys = {_pattern(option, text): meaning for text, meaning in keys.items()}
        if not self._keys or len(self._keys) != len(keys):
            raise ValueError(f'{option} is empty or names bytes twice → write {option} = {{ "31" = …, "32" = … }}')
        for one, other in ((a, b) for a in self._keys for b in self._keys if a is not b):
            if _within(one, other):
                raise ValueError(
                    f"{option} has {_text(one)}, which is found in {_text(other)}: a byte lost makes the one the other"
                    f" → give {option} whole messages, as the pad sends them"
                )
        self.cap = max(map(len, self._keys)) * 2

    def scan(self, unread: bytes) -> Cut:
        """The first whole message; else from where one may still grow."""
        for start in range(len(unread)):
            rest = unread[start:]
            whole = next((len(pattern) for pattern in self._keys if _begins(rest, pattern)), 0)
            if whole:
                return Cut(start, whole)
            if any(len(rest) < len(pattern) and _begins(rest, pattern[: len(rest)]) for pattern in self._keys):
                return Cut(start, 0)
        return Cut(len(unread), 0)

    def meaning(self, message: bytes) -> str:
        """What ``scan`` cut out means."""
        return next(meaning for pattern, meaning in self._keys.items() if _begins(message, pattern))


def bytes_of(option: str, text: str) -> bytes:
    """``41 0D`` as bytes. Raises ValueError with the remedy, naming the option."""
    parts = text.split()
    if len(parts) > BYTES_CAP or not all(_BYTE.fullmatch(part) for part in parts):
        raise ValueError(f'{option} = {text!r} → write at most {BYTES_CAP} bytes in hex, as {option} = "41 0D"')
    return bytes.fromhex("".join(parts))


def number_message(option: str, template: str, digits: str) -> bytes | None:
    """The message that shows these digits: ``nn`` two of them in a byte (BCD), ``dd`` one of them in ASCII.

    None when there are more than it holds; fewer stand behind noughts. Raises ValueError for no template.
    """
    places = check_template(option, template)
    rest = digits.rjust(places, "0")
    if len(rest) > places:
        return None
    message = bytearray()
    for part in template.split():
        if part == "nn":
            message.append(int(rest[:2], 16))
            rest = rest[2:]
        elif part == "dd":
            message += rest[:1].encode("ascii")
            rest = rest[1:]
        else:
            message += bytes.fromhex(part)
    return bytes(message)


def check_template(option: str, template: str) -> int:
    """How many digits this template holds. Raises ValueError with the remedy, naming the option."""
    parts = template.split()
    bytes_of(option, " ".join("00" if part in ("nn", "dd") else part for part in parts))
    places = 2 * parts.count("nn") + parts.count("dd")
    if not places:
        raise ValueError(f'{option} has no place for a digit → write nn or dd there, as {option} = "03 01 01 nn nn FF"')
    return places


def _pattern(option: str, text: str) -> Pattern:
    parts = text.split()
    bytes_of(option, " ".join("00" if part == ANY else part for part in parts))
    pattern = tuple(None if part == ANY else int(part, 16) for part in parts)
    if not pattern or pattern[0] is None:
        raise ValueError(
            f"{option} has {text!r}, which begins with no byte of its own → begin with one that is always the same"
        )
    return pattern


def _begins(data: bytes, pattern: Pattern) -> bool:
    return len(data) >= len(pattern) and all(want in (None, byte) for want, byte in zip(pattern, data, strict=False))


def _within(one: Pattern, other: Pattern) -> bool:
    """Whether a message of ``other`` may hold one of ``one``."""
    return any(_alike(one, other[at : at + len(one)]) for at in range(len(other) - len(one) + 1))


def _alike(one: Iterable[int | None], other: Iterable[int | None]) -> bool:
    return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))


def _text(pattern: Pattern) -> str:
    return " ".join(ANY if byte is None else f"{byte:02X}" for byte in pattern)
