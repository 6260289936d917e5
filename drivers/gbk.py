"""What devices with a GBK font can be given, and how wide it is there."""

from __future__ import annotations

from unicodedata import category

_SPACES = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}


def plain(text: str) -> str:
    """Control and format characters, which would be commands to a device, as spaces; all else as it is.

    Private-use and unknown characters stay: names hold them, and a missing letter must be noticed, not dropped.
    """
    return "".join(" " if c != "\u3000" and category(c) in _SPACES else c for c in text)


def columns(text: str) -> int:
    """Width in half hanzi: one column for an ASCII character, two for any other."""
    return sum(1 if character.isascii() else 2 for character in text)
