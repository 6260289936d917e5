"""The hall's numbered sheets (专用纸) in one printer: which number lies on top, and what became of each.

The number that a paper says and the number that its facts say are the same as long as somebody tells, whenever nobody
can know, what lies there: until then nothing more is printed on this paper.

| the power goes                                          | kept            | at the next start              |
|---------------------------------------------------------|-----------------|--------------------------------|
| before a number is taken                                | it lies on top  | it is the next one             |
| after it is taken; before, while or after it prints     | it is out       | in doubt until somebody says   |
| after the outcome is a fact, before that is kept        | it is out       | in doubt; the last fact counts |

| the printer says                            | the sheet is                            |
|---------------------------------------------|-----------------------------------------|
| printed                                     | printed                                 |
| not printed, and no jam, no open cover      | unused, it still lies on top            |
| not printed after a jam; nothing to be known | in doubt: printed, unused or spoiled (作废) |
"""

from __future__ import annotations

import re
from functools import partial
from typing import Literal

import msgspec

from device.entries import Data
from device.flows.patience import until_written
from device.journal import Journal
from drivers.contract import COVER_OPEN, MEDIA_JAM, Completion

Outcome = Literal["printed", "unused", "spoiled"]
_SERIAL = re.compile(r"(\D*)(\d{1,12})")
_MAY_HAVE_TAKEN = {MEDIA_JAM.keyword, COVER_OPEN.keyword}
"""With these a sheet may have left the tray that the printer does not count."""


class NoSheet(Exception):
    """No numbered sheet can be taken. ``reason``: not-loaded, used-up, in-doubt."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Stack(msgspec.Struct, frozen=True):
    """``top`` lies on top, ``end`` is the first number that is not there. ``out``: so many of them, for ``case``."""

    prefix: str
    digits: int
    top: int
    end: int
    out: int = 0
    case: str = ""

    def serials(self, count: int) -> tuple[str, ...]:
        """The numbers of the uppermost sheets, as they stand on them."""
        return tuple(f"{self.prefix}{number:0{self.digits}d}" for number in range(self.top, self.top + count))


class SpecialPaper:
    """The numbered sheets of one printer. One paper is printed at a time."""

    def __init__(self, journal: Journal, printer: str) -> None:
        self._journal = journal
        self._printer = printer
        self._key = f"sheets/{printer}"
        kept = journal.recall(self._key)
        self._stack = msgspec.json.decode(kept, type=Stack) if kept else None

    @property
    def left(self) -> int:
        """Sheets that can still be taken."""
        return self._stack.end - self._stack.top - self._stack.out if self._stack else 0

    @property
    def in_doubt(self) -> tuple[str, ...]:
        """Numbers of sheets of which somebody must say what became of them; those being printed among them."""
        return self._stack.serials(self._stack.out) if self._stack else ()

    async def load(self, first: str, count: int, operator: str = "") -> None:
        """Somebody has put in sheets, ``first`` on top. Raises ValueError for a number that counts nothing, NoSheet."""
        form = _SERIAL.fullmatch(first)
        if form is None or count < 1:
            raise ValueError(
                f"{first!r} and {count} sheets → give the number on the top sheet, NO.000101, and how many"
            )
        if self.in_doubt:
            raise NoSheet("in-doubt")
        top = int(form[2])
        stack = Stack(form[1], len(form[2]), top, top + count)
        await self._tell("sheets-loaded", stack.serials(count), operator)
        await self._keep(stack)

    async def take(self, case: str, sheets: int = 1) -> tuple[str, ...]:
        """The numbers for a paper that is printed next, at once. Raises NoSheet."""
        stack = self._stack
        if stack is None:
            raise NoSheet("not-loaded")
        if stack.out:
            raise NoSheet("in-doubt")
        if self.left < sheets:
            raise NoSheet("used-up")
        await self._keep(msgspec.structs.replace(stack, out=sheets, case=case))
        serials = self.in_doubt
        await self._tell("sheets-taken", serials)
        return serials

    async def ended(self, completion: Completion) -> bool:
        """What the printer says of the paper that was printed; whether that tells what became of its sheets."""
        jammed = bool({reason.keyword for reason in completion.reasons} & _MAY_HAVE_TAKEN)
        if completion.confirmed is None or (not completion.confirmed and jammed):
            await self._tell("sheets-doubtful", self.in_doubt)
            return False
        await self.settle("printed" if completion.confirmed else "unused")
        return True

    async def settle(self, outcome: Outcome, operator: str = "") -> None:
        """What became of the sheets that are out, all of them; an ``operator`` has looked."""
        stack = self._stack
        if stack is None or not stack.out:
            return
        await self._tell(f"sheets-{outcome}", self.in_doubt, operator)
        top = stack.top if outcome == "unused" else stack.top + stack.out
        await self._keep(msgspec.structs.replace(stack, top=top, out=0, case=""))

    async def spoil(self, sheets: int, operator: str) -> None:
        """Somebody has taken these from the top and torn them up (作废). Raises NoSheet."""
        if self.in_doubt:
            raise NoSheet("in-doubt")
        if self._stack is None or not 0 < sheets <= self.left:
            raise NoSheet("used-up" if self._stack else "not-loaded")
        await self._tell("sheets-spoiled", self._stack.serials(sheets), operator)
        await self._keep(msgspec.structs.replace(self._stack, top=self._stack.top + sheets))

    async def _tell(self, kind: str, serials: tuple[str, ...], operator: str = "") -> None:
        data: Data = {"printer": self._printer, "first": serials[0], "sheets": len(serials)}
        if self._stack is not None and self._stack.case:
            data["case"] = self._stack.case
        await until_written(partial(self._journal.record, kind, data, operator=operator))

    async def _keep(self, stack: Stack) -> None:
        await until_written(partial(self._journal.remember, self._key, msgspec.json.encode(stack).decode()))
        self._stack = stack
