"""Printers: a test slip, a test page. Neither bears a number, and no numbered sheet (专用纸) is used up for a test."""

from __future__ import annotations

from functools import partial
from typing import Any

from config.wording import LANGUAGES, say
from device.cell import Cell
from device.papers.layout import Composer
from device.papers.page import Paper
from device.papers.plain_paper import drawn, print_on_plain_paper
from device.trials.finding import Outcome, Trace, seen_by_a_person
from drivers.contract import Abilities, Document, Feed, Slip, TextLine

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
    completion = await print_on_plain_paper(cell, partial(_test_page, cell.name), PAGE_SECONDS)
    if completion is None:
        return Outcome.NUMBERED_PAPER
    if completion.confirmed:
        trace.found["pages"] = 1
    return seen_by_a_person(trace.judged(completion), interactive)


def _test_page(name: str, abilities: Abilities) -> Document:
    """Raises NoPage."""
    return drawn(partial(_laid_out, name), abilities)


def _laid_out(name: str) -> Paper:
    sheet = Composer(say("checkup", "page"), name, numbered=False)
    for language in LANGUAGES:
        sheet.gap(10.0)
        sheet.line(say("checkup", "page", language), 24.0, bold=True, centred=True)
        sheet.line(say("checkup", "page-lines", language), centred=True)
    sheet.rule()
    return sheet.paper()
