"""Printers: a test slip, a test page. Neither bears a number, and no numbered sheet (专用纸) is used up for a test."""

from __future__ import annotations

import asyncio
from typing import Any

from config.wording import LANGUAGES, say
from device.cell import Cell
from device.trials.finding import ASK_SECONDS, Outcome, Trace, seen_by_a_person
from drivers.contract import (
    Abilities,
    CompletionCode,
    Document,
    Feed,
    OfficePrinter,
    Refused,
    Remedy,
    Slip,
    TextLine,
)
from drivers.deadline import Deadline

PRINT_SECONDS = 15.0
PAGE_SECONDS = 45.0
"""A printer that wakes up, and one page; what is not out by then is called back."""


async def slip(cell: Cell[Any], interactive: bool, trace: Trace) -> Outcome:
    """A test slip."""
    test = _test_slip(cell.name)
    completion = await cell.do(lambda printer, deadline: printer.print_slip(test, deadline), PRINT_SECONDS)
    return seen_by_a_person(trace.judged(completion), interactive)


def _test_slip(name: str) -> Slip:
    zh, en = say("checkup", "slip", "zh-CN"), say("checkup", "slip", "en")
    return (
        TextLine(zh, width=2, height=2, align="centre", bold=True),
        TextLine(en, align="centre"),
        TextLine(name, align="centre"),
        Feed(3),
    )


async def page(cell: Cell[Any], interactive: bool, trace: Trace) -> Outcome:
    """A test page on plain paper, judged by how its job ended. Nothing where that may lie on the numbered sheets."""
    abilities, apart = await cell.do(_asked, ASK_SECONDS)
    if not apart:
        return Outcome.NUMBERED_PAPER
    test = await asyncio.to_thread(_test_page, cell.name, abilities)
    completion = await cell.do(lambda printer, deadline: printer.print_document(test, deadline), PAGE_SECONDS)
    if completion.confirmed:
        trace.found["pages"] = 1
    return seen_by_a_person(trace.judged(completion), interactive)


async def _asked(printer: OfficePrinter, _deadline: Deadline) -> tuple[Abilities, bool]:
    return printer.abilities, printer.plain_apart


def _test_page(name: str, abilities: Abilities) -> Document:
    """The page; blocks for a second. Raises Refused where this printer, or this box, cannot have one."""
    from device.papers.fonts import NoFont  # here: most boxes print no pages
    from device.papers.layout import Composer
    from device.papers.render import document

    sheet = Composer(say("checkup", "page"), name, numbered=False)
    for language in LANGUAGES:
        sheet.gap(10.0)
        sheet.line(say("checkup", "page", language), 24.0, bold=True, centred=True)
        sheet.line(say("checkup", "page-lines", language), centred=True)
    sheet.rule()
    try:
        return document(sheet.paper(), abilities)
    except (ValueError, NoFont) as wrong:
        raise Refused(str(wrong), CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION) from None
