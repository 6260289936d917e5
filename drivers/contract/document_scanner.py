"""Document scanners and document cameras: what is asked of one, the pages that it gives, and why it gives none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from drivers.contract.driver import Driver
from drivers.contract.states import CompletionCode, Reason, Refused, Remedy, Severity

if TYPE_CHECKING:
    from drivers.deadline import Deadline

FEEDER_EMPTY = Reason("feeder-empty", Severity.REPORT)
"""No paper lies in the feeder; the glass can be used all the same."""
FEEDER_JAM = Reason("feeder-jam", Severity.ERROR)
SCANNER_COVER_OPEN = Reason("scanner-cover-open", Severity.ERROR)
SCANNER_BUSY = Reason("scanner-busy", Severity.WARNING)
"""Another program or another computer has it."""
ACCESS_DENIED = Reason("access-denied", Severity.ERROR)
"""The device, or the permissions of its node, do not let this box in."""
SCAN_CANCELED = Reason("scan-canceled", Severity.REPORT)


class Source(StrEnum):
    """Where the page lies. A camera has the flatbed alone: what lies under it."""

    FLATBED = "flatbed"
    FEEDER = "feeder"
    DUPLEX = "duplex"
    """The feeder, both sides of each sheet."""


class Colour(StrEnum):
    """How a page is taken."""

    COLOUR = "colour"
    GREY = "grey"
    BLACK_WHITE = "black-white"


class MediaType(StrEnum):
    """How a page's image is encoded."""

    JPEG = "image/jpeg"
    PNG = "image/png"


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in mm, from the corner where a page is laid."""

    width: float
    height: float
    left: float = 0.0
    top: float = 0.0

    def __post_init__(self) -> None:
        if min(self.width, self.height) <= 0 or min(self.left, self.top) < 0:
            raise ValueError(f"{self} → give a width and a height, and no negative corner")


A4 = Area(210.0, 297.0)


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What is wanted. ``dpi``: the device takes the next one it has, upwards where there is one; a page says which.

    ``area`` None: all that it can see. What of an area lies beyond the glass is left out. ``most_pages``: a feeder is
    stopped after so many images (sides).
    """

    source: Source = Source.FLATBED
    colour: Colour = Colour.COLOUR
    dpi: int = 300
    area: Area | None = A4
    most_pages: int = 200

    def __post_init__(self) -> None:
        if not 50 <= self.dpi <= 1200:
            raise ValueError(f"dpi = {self.dpi} → give 50 to 1200")
        if not 1 <= self.most_pages <= 1000:
            raise ValueError(f"most_pages = {self.most_pages} → give 1 to 1000")


@dataclass(frozen=True, slots=True)
class Page:
    """One image, whole, byte for byte as the device encoded it. Its content is personal and never in a repr.

    ``number`` from 1; of a duplex scan odd ones are fronts. ``dpi``: what the pixels really are, None for a camera,
    whose scale depends on what it sees.
    """

    number: int
    media_type: MediaType
    image: bytes = field(repr=False)
    width: int
    height: int
    dpi: float | None


class NotScanned(Refused):
    """The device gives no (further) page, and says why."""

    def __init__(self, what: str, code: CompletionCode, remedy: Remedy, reason: Reason) -> None:
        super().__init__(what, code, remedy)
        self.reason = reason


def feeder_empty(what: str = "no paper lies in the feeder") -> NotScanned:
    """Somebody has to put the pages in."""
    return NotScanned(what, CompletionCode.USER_ERROR, Remedy.NONE, FEEDER_EMPTY)


def feeder_jam(what: str = "paper is stuck in the feeder") -> NotScanned:
    """Somebody has to take the paper out."""
    return NotScanned(what, CompletionCode.HARDWARE_ERROR, Remedy.CLEAR, FEEDER_JAM)


def cover_open(what: str = "the scanner's cover is open") -> NotScanned:
    """Somebody has to close it."""
    return NotScanned(what, CompletionCode.DEVICE_NOT_READY, Remedy.CLEAR, SCANNER_COVER_OPEN)


def busy(what: str) -> NotScanned:
    """It will be free by itself."""
    return NotScanned(what, CompletionCode.DEVICE_NOT_READY, Remedy.NONE, SCANNER_BUSY)


def access_denied(what: str) -> NotScanned:
    """A technician has to let this box in."""
    return NotScanned(what, CompletionCode.DEVICE_NOT_READY, Remedy.CONFIGURATION, ACCESS_DENIED)


def canceled() -> NotScanned:
    """``cancel`` was called."""
    return NotScanned("the scan was cancelled", CompletionCode.CANCELED, Remedy.NONE, SCAN_CANCELED)


def unheard(_page: Page) -> None:
    """Nobody wants to know of pages as they come."""


class DocumentScanner(Driver, Protocol):
    """Takes pages: from the glass, through a feeder, or under a lens."""

    open_seconds: float
    """How long finding and asking it may take."""

    async def scan(
        self, request: ScanRequest, deadline: Deadline, came: Callable[[Page], None] = unheard
    ) -> tuple[Page, ...]:
        """Every page, one at least; ``came`` is told of each as soon as it is whole, before the next begins.

        Raises one of the four; what ``came`` was told of until then is whole and good. Refused is a NotScanned where
        the device says why: feeder empty before the first page, jam, cover open, busy, access denied, canceled.
        An image that is not whole is never a page, it is Garbled.
        """

    def cancel(self) -> None:
        """End the scan that runs, if one does: it raises NotScanned, canceled, as soon as the device lets go."""
