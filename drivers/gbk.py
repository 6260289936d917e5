"""What devices with a GBK font can be given, and how wide it is there."""

from __future__ import annotations

from collections.abc import Iterator
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


def letters(text: str) -> Iterator[bytes]:
    """Each character as GBK; what GBK lacks becomes a visible □, so that a missing letter is seen to be missing."""
    for character in text:
        try:
            yield character.encode("gbk")
        except UnicodeEncodeError:
            yield "□".encode("gbk")


def coded(text: str) -> bytes:
    """The whole text as GBK; what GBK lacks becomes □."""
    return b"".join(letters(text))
