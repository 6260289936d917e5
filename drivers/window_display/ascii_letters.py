"""Text for displays that know no letters but ASCII's. Which wording they are given is not decided here."""

from __future__ import annotations

from drivers.gbk import plain


def ascii_letters(text: str, room: int) -> bytes:
    """The text, what would be a command to a device as blanks. Raises ValueError: no ASCII, or more than ``room``."""
    letters = plain(text)
    if not letters.isascii():
        raise ValueError("a text in letters that this display has not; it can be given ASCII alone")
    if len(letters) > room:
        raise ValueError(f"{len(letters)} letters, the display holds {room}")
    return letters.encode("ascii")
