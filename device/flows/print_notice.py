"""A citizen asks for the one-time notice on paper. No number and no person is on it: a second one harms nobody.

| what the printer says                | what the page says                                   |
|--------------------------------------|------------------------------------------------------|
| printed                              | take it                                              |
| not printed, or it is not there      | why, and the screen still says it all                |
| nothing to be known                  | look whether it came out; another may be asked for   |
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from device.cell import Cell
from device.notice_slip import Notice, told
from device.notice_slip import lay_out as lay_out_slip
from device.papers.notice import OneTimeNotice, lay_out
from device.papers.page import Paper
from device.papers.plain_paper import NoPage, drawn, print_on_plain_paper
from device.printers import Printers
from drivers.contract import Abilities, Completion, DeviceFault, Document

How = Literal["slip", "page"]
SLIP_SECONDS = 30.0
"""A notice is four slips long."""
PAGE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Printed:
    """How it ended. ``reasons``: keywords of the wording room *reason*."""

    outcome: Literal["printed", "not-printed", "doubtful"]
    reasons: tuple[str, ...] = ()


class NoticeDesk:
    """The printers of the box that may print notices; one notice at a time."""

    def __init__(self, slips: Sequence[Cell[Any]], pages: Sequence[Cell[Any]]) -> None:
        self._slips = Printers(slips) if slips else None
        self._pages = next(iter(pages), None)
        self._one = asyncio.Lock()

    @property
    def ways(self) -> list[How]:
        """What can be printed just now."""
        slip: list[How] = ["slip"] if self._slips and self._slips.state.accepting else []
        page: list[How] = ["page"] if self._pages and self._pages.state.accepting else []
        return slip + page

    async def print(self, notice: Notice, how: How) -> Printed:
        """Print it; a device's fault is an outcome."""
        async with self._one:
            try:
                return _judged(await (self._slip(notice) if how == "slip" else self._page(notice)))
            except DeviceFault:
                return Printed("not-printed", ("link-lost",))

    async def _slip(self, notice: Notice) -> Completion | None:
        if self._slips is None:
            return None
        slip = lay_out_slip(notice)
        return await self._slips.do(lambda printer, deadline: printer.print_slip(slip, deadline), SLIP_SECONDS)

    async def _page(self, notice: Notice) -> Completion | None:
        if self._pages is None:
            return None
        try:
            return await print_on_plain_paper(self._pages, partial(_document, notice), PAGE_SECONDS)
        except NoPage:
            return None


def _judged(completion: Completion | None) -> Printed:
    if completion is None:
        return Printed("not-printed", ("no-printer",))
    reasons = tuple(sorted(reason.keyword for reason in completion.reasons))
    if completion.confirmed:
        return Printed("printed")
    return Printed("doubtful" if completion.confirmed is None else "not-printed", reasons)


def _document(notice: Notice, abilities: Abilities) -> Document:
    """Raises NoPage."""
    return drawn(partial(_laid_out, notice), abilities)


def _laid_out(notice: Notice) -> Paper:
    told_of = {row.key: told(row, notice.language) for row in notice.rows}
    materials = tuple(line[notice.language] for row in notice.rows if row.key == "materials" for line in row.lines)
    fields = {key: "\n".join(lines) for key, lines in told_of.items() if key != "materials"}
    paper = OneTimeNotice(
        **fields, materials=materials, version=notice.version, published=notice.date or notice.version
    )
    return lay_out(paper, hall=notice.hall, given=notice.date, mode=notice.mode, language=notice.language)
