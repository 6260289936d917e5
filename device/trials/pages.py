"""A page through a scanner or under a camera. Only its measures leave this file: the picture is kept nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from device.cell import Cell
from device.trials.finding import PERSON_SECONDS, Outcome, Trace
from drivers.contract import (
    FEEDER_EMPTY,
    Colour,
    CompletionCode,
    DocumentScanner,
    NotScanned,
    Page,
    Refused,
    ScanRequest,
    Source,
)
from drivers.contract.document_scanner import canceled
from drivers.deadline import Deadline

SCAN_SECONDS = 40.0
"""A lamp that warms up, a network scanner that wakes, and one page."""
DPI = 150
FEEDER_SECONDS = 1.0
"""Between two looks whether somebody has put a page in."""


class _Sizes(NamedTuple):
    pages: int
    width: int
    height: int
    dpi: float | None


T = TypeVar("T")


class _Scan(Generic[T]):
    """One scan as a verb. Gives what ``give`` makes of its pages.

    Or the Refused where this device has no such source or colour, or nobody laid a page in. These are answers to a
    question and no failures of the device; it goes on being asked.
    """

    def __init__(self, request: ScanRequest, give: Callable[[tuple[Page, ...]], T]) -> None:
        self._request = request
        self._give = give
        self._scanner: DocumentScanner | None = None
        self._ended = False

    async def __call__(self, scanner: DocumentScanner, deadline: Deadline) -> T | Refused:
        if self._ended:  # before its turn came
            raise canceled()
        self._scanner = scanner
        try:
            return self._give(await scanner.scan(self._request, deadline))
        except Refused as refused:
            empty = isinstance(refused, NotScanned) and refused.reason == FEEDER_EMPTY
            if empty or refused.code is CompletionCode.UNSUPPORTED_COMMAND:
                return refused
            raise
        finally:
            self._scanner = None

    def end(self) -> None:
        """Nobody waits for it any more."""
        self._ended = True
        if self._scanner is not None:
            self._scanner.cancel()


async def scanner(cell: Cell[Any], interactive: bool, trace: Trace) -> Outcome:
    """One page from the glass, or what lies under the lens; with a person, one that is put into the feeder."""
    if interactive and (outcome := await _fed(cell, trace)) is not Outcome.NOT_SUPPORTED:
        return outcome
    return _told(await _page(cell, Source.FLATBED), trace)


async def _fed(cell: Cell[Any], trace: Trace) -> Outcome:
    """Wait for a page in the feeder, and take it."""
    patience = Deadline.after(PERSON_SECONDS)
    while True:
        page = await _page(cell, Source.FEEDER)
        if not isinstance(page, NotScanned):
            return _told(page, trace)
        if not patience.left():
            trace.reasons.add(FEEDER_EMPTY.keyword)
            return Outcome.NOBODY_CAME
        await asyncio.sleep(FEEDER_SECONDS)


async def _page(cell: Cell[Any], source: Source) -> _Sizes | Refused:
    return await one_page(cell, source, tuple(Colour), DPI, _measured)


async def one_page(
    cell: Cell[Any], source: Source, colours: Sequence[Colour], dpi: int, give: Callable[[tuple[Page, ...]], T]
) -> T | Refused:
    """In the first of these colours that this device has. Raises one of the four."""
    for colour in colours:
        scan = _Scan(ScanRequest(source, colour, dpi, most_pages=1), give)
        try:
            page: T | Refused = await cell.do(scan, SCAN_SECONDS)
        except asyncio.CancelledError:
            scan.end()
            raise
        if not isinstance(page, Refused) or isinstance(page, NotScanned):
            break
    return page


def _measured(pages: tuple[Page, ...]) -> _Sizes:
    return _Sizes(len(pages), pages[0].width, pages[0].height, pages[0].dpi)


def _told(page: _Sizes | Refused, trace: Trace) -> Outcome:
    if isinstance(page, Refused):
        return Outcome.NOT_SUPPORTED
    trace.found.update(pages=page.pages, width=page.width, height=page.height)
    if page.dpi is not None:
        trace.found["dpi"] = round(page.dpi)
    return Outcome.SOUND
