"""What is asked of the child and what it answers. Light: nothing here needs a picture library."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from drivers.contract import Personal
from drivers.contract.citizen_number import fault

MOST_BYTES = 128 << 20
"""Of one picture: A4 at 600 dpi in colour without compression has 104 MB."""
MOST_PAGES = 200
"""Of one document."""


class Sheet(StrEnum):
    """What a page is written on, when its size is known."""

    A3 = "a3"
    A4 = "a4"
    A5 = "a5"
    ID_CARD = "id-card"
    """ISO/IEC 7810 ID-1."""

    @property
    def mm(self) -> tuple[float, float]:
        """Long and short side."""
        return _MM[self]


_MM = {Sheet.A3: (420.0, 297.0), Sheet.A4: (297.0, 210.0), Sheet.A5: (210.0, 148.0), Sheet.ID_CARD: (85.6, 54.0)}


class Finding(StrEnum):
    """How the page was found in its picture."""

    CORNERS = "corners"
    RECTANGLE = "rectangle"
    """Its corners were not all seen: the smallest rectangle around it, which may hold some of the desk."""
    WHOLE_FRAME = "whole-frame"


class Doubt(StrEnum):
    """What a person should look at before the page is kept. Sentences: ``doubt-…`` in config/wording/…/pages.toml."""

    NOT_FOUND = "not-found"
    CORNERS_GUESSED = "corners-guessed"
    """A side or a corner could not be made out: folded, under a thumb, or white on white."""
    RUNS_OUT = "runs-out"
    """Something like a page reaches the edge of the picture: a part of it may lie outside."""
    SIZE_UNKNOWN = "size-unknown"
    """No dots an inch can be told; bound, the page is fitted into A4 and not to scale."""
    LOW_RESOLUTION = "low-resolution"
    """Less than the 200 dpi that an archive takes (DA/T 31-2017)."""


_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
"""Left upper, right upper, right lower, left lower, in dots of the upright picture."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is kept. ``dpi`` is real: a ruler on the page measures true; None where it cannot be told.

    ``turned``: degrees counter-clockwise by which it was straightened. ``corners``: where it lay in its picture.
    """

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    dpi: float | None
    finding: Finding
    corners: Corners
    sheet: Sheet | None = None
    turned: float = 0.0
    doubts: tuple[Doubt, ...] = ()
    sha256: str = ""

    def __post_init__(self) -> None:
        if not self.sha256:
            object.__setattr__(self, "sha256", hashlib.sha256(self.jpeg).hexdigest())


@dataclass(frozen=True, slots=True)
class Document:
    """Pages bound to one PDF; ``pages`` are the SHA-256 of the JPEG of each page, which stand in it byte by byte."""

    pdf: bytes = field(repr=False)
    sha256: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A bar code or QR code; ``symbology`` in zxing's words (``QRCode``, ``Code128`` …)."""

    symbology: str
    text: Personal[str]
    corners: Corners


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line as the machine read it; ``score`` from 0 to 1 is its own opinion and proves nothing."""

    text: Personal[str]
    score: float
    corners: Corners


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a page, for a person to look at.

    There is no field for a name, and none may be filled from ``lines``: rare characters of names are read as common
    ones with a full score (䶮 → 龚, components.md §8). A name comes from the card or from a person.
    """

    lines: tuple[TextLine, ...]
    citizen_numbers: tuple[Personal[str], ...]
    """Of 18 characters whose layout and check digit hold (GB 11643, MOD 11-2), each once; others are left out."""

    @classmethod
    def of(cls, lines: Iterable[TextLine]) -> Reading:
        """Lines of a page and the sound numbers in them. Nothing read is put right: no O becomes a 0."""
        kept = tuple(lines)
        found = (number.upper() for line in kept for number in _NUMBER.findall(line.text.reveal().replace(" ", "")))
        return cls(kept, tuple(Personal(number) for number in dict.fromkeys(found) if fault(number) is None))


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A small grey picture, a byte a dot, 0 black, row by row."""

    width: int
    height: int
    grey: bytes = field(repr=False)


class _Order(msgspec.Struct, frozen=True, tag=True):
    def __repr__(self) -> str:
        return type(self).__name__


class Square(_Order, frozen=True):
    """A camera's picture to a page; see ``page.square``."""

    picture: bytes
    sheets: tuple[Sheet, ...]
    scale_dpi: float | None


class Straighten(_Order, frozen=True):
    """A scanner's picture to a page; see ``page.straighten``."""

    picture: bytes
    dpi: float | None


class Bind(_Order, frozen=True):
    """Pages to a PDF; see ``pdf.bind``."""

    pages: tuple[Page, ...]


class Mark(_Order, frozen=True):
    """A page to a copy for showing; see ``watermark.mark``."""

    page: Page


class ReadCodes(_Order, frozen=True):
    """See ``codes.read_codes``."""

    jpeg: bytes


class ReadText(_Order, frozen=True):
    """See ``ocr.read_text``."""

    jpeg: bytes


class Shrink(_Order, frozen=True):
    """See ``shrink.shrink``."""

    picture: bytes
    columns: int
    rows: int


Order = Square | Straighten | Bind | Mark | ReadCodes | ReadText | Shrink
