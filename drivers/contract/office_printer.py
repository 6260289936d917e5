"""Whole pages, and the printer that prints them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from drivers.contract.driver import Driver
from drivers.contract.states import Completion, Reason, Severity

if TYPE_CHECKING:
    from drivers.deadline import Deadline

PDF = "application/pdf"
PWG_RASTER = "image/pwg-raster"

MEDIA_JAM = Reason("media-jam", Severity.ERROR)
MEDIA_NEEDED = Reason("media-needed", Severity.ERROR)
TONER_LOW = Reason("toner-low", Severity.WARNING)
TONER_EMPTY = Reason("toner-empty", Severity.ERROR)
OUTPUT_AREA_FULL = Reason("output-area-full", Severity.ERROR)
PAUSED = Reason("paused", Severity.ERROR)

Stock = Literal["plain", "special"]
"""``special``: the hall's own numbered paper (专用纸), whose sheets are counted."""


@dataclass(frozen=True, slots=True)
class Document:
    """A4 pages in one of the printer's formats. ``name`` stands on its panel and in its log: never a person's."""

    name: str
    format: str
    data: bytes = field(repr=False)
    stock: Stock = "plain"
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Abilities:
    """MIME types of what a printer takes, and in how many dots an inch where it takes dots; None where it does not."""

    formats: frozenset[str] = frozenset()
    raster_dpi: int | None = None


class OfficePrinter(Driver, Protocol):
    """Prints documents and says whether they really came out."""

    @property
    def abilities(self) -> Abilities:
        """As told at the last opening; nothing before the first."""

    @property
    def plain_apart(self) -> bool:
        """Whether a document on plain paper can never be printed on the hall's numbered sheets."""

    async def print_document(self, document: Document, deadline: Deadline) -> Completion:
        """Print one document once. ``confirmed`` True printed, False not printed, None doubtful.

        Raises a DeviceFault only when no byte of the document has left; afterwards it is always a Completion. What is
        not out by the deadline is called back, so that it does not come out when nobody waits for it any more.
        """
