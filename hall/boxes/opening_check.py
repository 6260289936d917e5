"""Half an hour before the doors open the hall's log says which boxes are not ready, and why; and once when all are."""

from __future__ import annotations

import asyncio

import structlog

from hall.boxes.checklist import is_in_order, standing_of
from hall.boxes.lookout import Lookout
from hall.contract.maintenance import Boxes, BoxLine

log = structlog.get_logger("hall.boxes")

LOOK_S = 20.0
"""How late the half hour may begin, and a box that is mended be noticed."""


class OpeningCheck:
    """Long-lived. Says each box once a morning, and once more when it is well."""

    def __init__(self, lookout: Lookout) -> None:
        self._lookout = lookout
        self._day = ""
        self._not_ready: set[str] = set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Now. Outside of the half hour nothing is said."""
        if self._lookout.doors().stage == "check":
            self._say(await self._lookout.boxes())

    def _say(self, told: Boxes) -> None:
        first = self._day != told.business_date
        before = set() if first else self._not_ready
        self._day = told.business_date
        left = {line.box: line for line in told.boxes if not is_in_order(line)}
        self._not_ready = set(left)
        if first and left:
            log.warning("boxes not ready", opens=told.opens, open=len(left), all=len(told.boxes))
        for need in told.own if first else ():
            log.warning("the hall itself needs a person", why=need.what["en"])
        for box, line in left.items():
            if box not in before:
                log.warning("box not ready", box=box, standing=standing_of(line), why=_why(line))
        for box in sorted(before - left.keys()):
            log.info("box ready", box=box)
        if not left and (first or before):
            log.info("all boxes ready", opens=told.opens, all=len(told.boxes))


def _why(line: BoxLine) -> str:
    return "; ".join(need.what["en"] for need in line.needs)
