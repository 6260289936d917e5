"""Photos of clerks for the name-plate: files of a folder of the box, looked at before they are shown.

Read when a clerk sits down, so that a better file counts from the next sign-in; never from the network.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

STAFF_NO = re.compile(r"[A-Za-z0-9_-]{1,32}")
MOST_BYTES = 100_000
"""A page weighs at most 300 kB with all its files."""
LEAST_SIDE, MOST_SIDE = 120, 1600
"""Pixels. Shown 200 wide on a small screen, 320 on a large one."""

PhotoFault = Literal["photo-none", "photo-too-large", "photo-not-a-picture", "photo-too-small", "photo-too-many-pixels"]
"""Why there is no photo: a keyword of the wording room *window*, whose sentence says what to do."""

_KINDS = {".jpg": "image/jpeg", ".png": "image/png"}
_PNG = b"\x89PNG\r\n\x1a\n"
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""JPEG markers that a frame begins with (ITU-T T.81, table B.1): its height and width follow."""


@dataclass(frozen=True, slots=True, repr=False)
class Photo:
    """A photo as its file has it. ``kind``: its media type."""

    content: bytes
    kind: str

    @property
    def digest(self) -> str:
        """Names this content."""
        return hashlib.sha256(self.content).hexdigest()[:12]


def photo_of(folder: Path | None, staff_no: str) -> Photo | PhotoFault:
    """The photo of this clerk, or why not. Blocks on the disk."""
    if folder is None or not STAFF_NO.fullmatch(staff_no):
        return "photo-none"
    for suffix, kind in _KINDS.items():
        file = folder / f"{staff_no}{suffix}"
        try:
            with file.open("rb") as opened:
                content = opened.read(MOST_BYTES + 1)
        except OSError:
            continue
        return fault_of(content, kind) or Photo(content, kind)
    return "photo-none"


def fault_of(content: bytes, kind: str) -> PhotoFault | None:
    """What is wrong with a file that should be a picture of this kind."""
    if len(content) > MOST_BYTES:
        return "photo-too-large"
    sides = _png_sides(content) if kind == "image/png" else _jpeg_sides(content)
    if sides is None:
        return "photo-not-a-picture"
    if min(sides) < LEAST_SIDE:
        return "photo-too-small"
    return "photo-too-many-pixels" if max(sides) > MOST_SIDE else None


def _png_sides(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(_PNG) or content[12:16] != b"IHDR" or len(content) < 24:
        return None
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _jpeg_sides(content: bytes) -> tuple[int, int] | None:
    """From segment to segment up to the frame (ITU-T T.81, B.2)."""
    at = 2
    while content[:2] == b"\xff\xd8" and at + 9 <= len(content) and content[at] == 0xFF:
        if content[at + 1] in _FRAMES:
            return int.from_bytes(content[at + 7 : at + 9], "big"), int.from_bytes(content[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None
