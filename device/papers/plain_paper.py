"""A page on an office printer's plain paper: never on one of the hall's numbered sheets (专用纸)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from device.cell import Cell
from device.papers.page import Paper
from drivers.contract import Abilities, Completion, CompletionCode, Document, OfficePrinter, Refused, Remedy
from drivers.deadline import Deadline

ASK_SECONDS = 10.0


class NoPage(Refused):
    """This printer takes no format of ours, or this box has no font for the page: it is a matter of its settings."""


async def print_on_plain_paper(
    cell: Cell[Any], draw: Callable[[Abilities], Document], seconds: float
) -> Completion | None:
    """What the printer says of it; None, and nothing printed, where the page may lie on a numbered sheet.

    ``draw`` runs in a thread, for drawing takes a second. Raises a DeviceFault, or what ``draw`` raises.
    """
    abilities, apart = await cell.do(_asked, ASK_SECONDS)
    if not apart:
        return None
    page = await asyncio.to_thread(draw, abilities)
    completion: Completion = await cell.do(lambda printer, deadline: printer.print_document(page, deadline), seconds)
    return completion


def drawn(paper: Callable[[], Paper], abilities: Abilities) -> Document:
    """The page in a format that the printer takes; blocks for a second. Raises NoPage."""
    from device.papers.fonts import NoFont  # here: most boxes print no pages
    from device.papers.render import document

    try:
        return document(paper(), abilities)
    except (ValueError, NoFont) as wrong:
        raise NoPage(str(wrong), CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION) from None


async def _asked(printer: OfficePrinter, _deadline: Deadline) -> tuple[Abilities, bool]:
    return printer.abilities, printer.plain_apart
