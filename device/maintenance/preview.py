"""One small grey picture of what lies on a scanner or under a camera; it is kept nowhere, here or in the child."""

from __future__ import annotations

import base64
from typing import Any

from device.cell import Cell
from device.maintenance.checks import Checks, while_leased
from device.maintenance.leases import Leases
from device.maintenance.refusal import Refusal
from device.pages.fault import NotDone
from device.pages.work import page_work
from device.trials.pages import one_page
from drivers.contract import Colour, DeviceFault, NotScanned, Page, Refused, Source
from drivers.deadline import Deadline
from hall.contract.maintenance import AskPreview, Preview

FAMILY = "document_scanner"
DPI = 75
GREY_FIRST = (Colour.GREY, Colour.COLOUR)
MOST_COLUMNS, MOST_ROWS = 400, 400
SHRINK_SECONDS = 20.0


class Previews:
    """Of one box, one at a time a device: the driver's own queue sees to that."""

    def __init__(self, checks: Checks, leases: Leases) -> None:
        self._checks = checks
        self._leases = leases

    async def preview(self, ask: AskPreview) -> Preview:
        """A picture of at most so many dots, proportions kept. Raises Refusal."""
        cell = self._checks.cell(ask.device)
        if cell.family != FAMILY:
            raise Refusal(409, "no-picture", device=cell.name)
        lease = self._leases.of(ask.lease, cell.name)
        self._checks.must_not_be_open(cell)
        columns, rows = (max(1, min(most, want)) for most, want in ((MOST_COLUMNS, ask.columns), (MOST_ROWS, ask.rows)))
        return await while_leased(lease, _taken(cell, columns, rows))


async def _taken(cell: Cell[Any], columns: int, rows: int) -> Preview:
    """Raises Refusal."""
    try:
        page = await _scan(cell)
        async with page_work() as work:
            shrunk = await work.shrink(page.image, columns, rows, Deadline.after(SHRINK_SECONDS))
    except (DeviceFault, NotDone) as fault:
        raise Refusal(409, "device-fault", device=cell.name, what=str(fault)) from None
    return Preview(columns=shrunk.width, rows=shrunk.height, grey=base64.b64encode(shrunk.grey).decode("ascii"))


async def _scan(cell: Cell[Any]) -> Page:
    """From the glass; a device without one has a feeder. In grey where it has grey. Raises one of the four."""
    page = await one_page(cell, Source.FLATBED, GREY_FIRST, DPI, _first)
    if isinstance(page, Refused) and not isinstance(page, NotScanned):
        page = await one_page(cell, Source.FEEDER, GREY_FIRST, DPI, _first)
    if isinstance(page, Refused):
        raise page
    return page


def _first(pages: tuple[Page, ...]) -> Page:
    return pages[0]
