"""A sign for a window whose display is dark: printed by this box, on a page or on a slip, where it has a printer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

from config.wording import both, say
from device.advice.until import SIGN_PRINTERS
from device.cell import Cell
from device.maintenance.checks import Checks
from device.maintenance.reasons import reasons_named
from device.maintenance.refusal import Refusal
from device.papers.page import Paper
from device.papers.plain_paper import drawn, print_on_plain_paper
from device.papers.sign import Sign, lay_out
from drivers.contract import LINK_LOST, Completion, DeviceFault, Feed, Slip, TextLine
from hall.contract.maintenance import AskSign, Signed

ROOM = "advice"
PAGE_SECONDS = 45.0
SLIP_SECONDS = 15.0
LARGEST, LARGEST_HANZI = 8, 2
"""Times the standard letter, as printers have them."""


class Signs:
    """No lease is needed: a sign carries the hall while the technician has the display, and harms nobody."""

    def __init__(self, checks: Checks, cells: Sequence[Cell[Any]]) -> None:
        self._checks = checks
        self._printers = [cell for family in SIGN_PRINTERS for cell in cells if cell.family == family]

    async def print(self, ask: AskSign) -> Signed:
        """Print one, on the first printer that takes it. Raises Refusal where none can."""
        window = self._checks.cell(ask.device).window
        if window is None:
            raise Refusal(409, "sign-of-no-window", device=ask.device)
        numbered: list[str] = []
        for cell in self._printers:
            if not cell.state.accepting or LINK_LOST in cell.state.reasons:
                continue
            try:
                completion = await _printed(cell, window)
            except DeviceFault:  # no byte of it has left: the next one may take it
                continue
            if completion is not None:
                return _told(cell, window, completion)
            numbered.append(cell.name)
        if numbered:
            raise Refusal(409, "sign-numbered", printer=numbered[0], window=window)
        raise Refusal(409, "no-sign-printer", window=window)


async def _printed(cell: Cell[Any], window: int) -> Completion | None:
    """None: nothing, for it might have used up a numbered sheet. Raises a DeviceFault."""
    if cell.family == "office_printer":
        return await print_on_plain_paper(cell, partial(drawn, partial(page_of, window)), PAGE_SECONDS)
    slip = slip_of(window)
    completion: Completion = await cell.do(lambda printer, deadline: printer.print_slip(slip, deadline), SLIP_SECONDS)
    return completion


def page_of(window: int) -> Paper:
    """The sign on A4."""
    return lay_out(Sign(say(ROOM, "at-window", "zh-CN", window=window), _english(window)))


def slip_of(window: int) -> Slip:
    """The sign on a ticket printer's paper: the number as large as it goes, the words below it."""
    return (
        TextLine(str(window), width=LARGEST, height=LARGEST, align="centre", bold=True),
        TextLine(
            say(ROOM, "at-window", "zh-CN", window=window),
            width=LARGEST_HANZI,
            height=LARGEST_HANZI,
            align="centre",
            bold=True,
        ),
        TextLine(_english(window), width=2, height=2, align="centre"),
        Feed(3),
    )


def _english(window: int) -> str:
    told = say(ROOM, "at-window", "en", window=window)
    return told[:1].upper() + told[1:]


def _told(cell: Cell[Any], window: int, completion: Completion) -> Signed:
    outcomes: dict[bool | None, Literal["printed", "doubtful", "not-printed"]]
    outcomes = {True: "printed", None: "doubtful", False: "not-printed"}
    return Signed(
        printer=cell.name,
        where=both(ROOM, "at-window", window=window),
        outcome=outcomes[completion.confirmed],
        reasons=reasons_named((reason.keyword for reason in completion.reasons), cell.state),
    )
