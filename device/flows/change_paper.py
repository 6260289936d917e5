"""Somebody of the staff changes the paper (换纸): the kiosk gives no number meanwhile, and shows that it prints again.

A line is printed when a cover closes, because paper that lies the wrong way round looks the same until something is
printed on it. Each state of a printer is journaled as the fact *device*, *in-maintenance* included: the line itself is
told to nobody.

| the cover is closed, and…            | with the staff code       | without                                   |
|--------------------------------------|---------------------------|-------------------------------------------|
| there was no paper before it opened  | a line                    | a line: there is a roll in it that was not |
| there was paper, and there is        | a line                    | nothing: somebody has looked in           |
| there is still none, or it is jammed | a line once there is some | a line once there is some, as above       |
| nobody reaches the printer           | a line once it is back    | as above                                  |
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

import structlog

from config import pins
from config.wording import LANGUAGES, say
from device.cell import Cell
from device.watch import Watch
from drivers.contract import COVER_OPEN, MEDIA_EMPTY, DeviceFault, Feed, Slip, TextLine, TicketPrinter

log = structlog.get_logger()

TRIES = 5
PAUSE_S = 60.0
"""After so many wrong codes in a row nobody is let in for so long."""

UNTOUCHED_S = 120.0
"""So long without a touch, every cover closed, and the kiosk serves citizens again."""

PRINT_S = 15.0

Line = Literal["printing", "printed", "look", "failed"]
"""What became of a printer's line. ``look``: nobody but a person can say."""


class NotLetIn(Exception):
    """``why``: a keyword of the wording room *care*."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Care:
    """The printers of a kiosk in the hands of its staff. ``code``: as `yichuang pin` prints it, "" for none."""

    def __init__(self, code: str, cells: Sequence[Cell[TicketPrinter]]) -> None:
        self.watch = Watch()
        self.cells = tuple(cells)
        self.is_open = False
        self.lines: dict[str, Line] = {}
        """By printer: its line since somebody was let in, or since its cover closed."""
        self._code = code
        self._one = asyncio.Lock()
        self._wrong = 0
        self._paused_until = 0.0
        self._touched = 0.0

    def why_not(self) -> str | None:
        """Why no number is given: a keyword; None while nobody of the staff is at it."""
        return "in-maintenance" if self.is_open else None

    async def enter(self, code: str) -> None:
        """Somebody has typed a code. Raises NotLetIn."""
        if not self._code:
            raise NotLetIn("no-code")
        async with self._one:
            if _now() < self._paused_until:
                raise NotLetIn("too-many-tries")
            if not await asyncio.to_thread(pins.matches, code, self._code):
                self._count_wrong()
                raise NotLetIn("wrong-code")
            self._wrong = 0
        self._set(True)

    def touched(self) -> None:
        """Somebody still works here."""
        self._touched = _now()

    def leave(self) -> None:
        """The kiosk serves citizens again."""
        self._set(False)

    def refilled(self, name: str) -> None:
        """A new roll is in this printer, which counts its paper itself. Raises KeyError for any other."""
        cell = next((cell for cell in self.cells if cell.name == name and cell.counts is not None), None)
        if cell is None or cell.counts is None:
            raise KeyError(name)
        cell.counts.set_paper_used(0)
        cell.worked.changed()  # whoever keeps the count writes it down
        self.watch.changed()

    async def run(self) -> None:
        """Long-lived."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._end_when_left())
            for cell in self.cells:
                cell.watch.feeds(self.watch)
                group.create_task(self._attend(cell))

    async def print_line(self, cell: Cell[TicketPrinter]) -> None:
        """A line that shows whether the paper is in it the right way round."""
        self._tell(cell, "printing")
        try:
            completion = await cell.do(lambda printer, limit: printer.print_slip(_line(), limit), PRINT_S)
        except DeviceFault as fault:
            log.warning("no test line", device=cell.name, fault=type(fault).__name__.lower(), what=str(fault))
            self._tell(cell, "failed")
            return
        became: dict[bool | None, Line] = {True: "printed", None: "look", False: "failed"}
        self._tell(cell, became[completion.confirmed])

    async def _attend(self, cell: Cell[TicketPrinter]) -> None:
        """Print a line when this printer's cover has been closed over new paper."""
        opened = was_out = False
        with cell.watch.watching() as changed:
            while True:
                is_out, is_opened = (word.keyword in cell.state.keywords() for word in (MEDIA_EMPTY, COVER_OPEN))
                was_out = was_out or (is_out and not is_opened)
                opened = opened or is_opened
                if opened and not is_opened and cell.state.accepting:
                    if self.is_open or was_out:
                        await self.print_line(cell)
                    opened = was_out = False
                elif cell.state.accepting:
                    was_out = False
                await changed.wait()
                changed.clear()

    async def _end_when_left(self) -> None:
        with self.watch.watching() as changed:
            while True:
                left = self._touched + UNTOUCHED_S - _now()
                is_closed = not any(COVER_OPEN in cell.state.reasons for cell in self.cells)
                if self.is_open and is_closed and left <= 0:
                    self.leave()
                changed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(left if self.is_open and left > 0 else None):
                        await changed.wait()

    def _count_wrong(self) -> None:
        self._wrong += 1
        log.warning("wrong staff code", in_a_row=self._wrong)
        if self._wrong >= TRIES:
            self._wrong, self._paused_until = 0, _now() + PAUSE_S

    def _set(self, is_open: bool) -> None:
        if is_open:
            self._touched = _now()
            self.lines.clear()
        if is_open != self.is_open:
            log.info("maintenance", begins=is_open)
        self.is_open = is_open
        for cell in self.cells:
            cell.maintain(is_open)
        self.watch.changed()

    def _tell(self, cell: Cell[TicketPrinter], line: Line) -> None:
        self.lines[cell.name] = line
        self.watch.changed()


def _line() -> Slip:
    first, second = (say("care", "test-line", language) for language in LANGUAGES)
    return (TextLine(first, width=2, height=2, align="centre", bold=True), TextLine(second, align="centre"), Feed(3))


def _now() -> float:
    return asyncio.get_running_loop().time()
