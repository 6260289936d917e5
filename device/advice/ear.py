"""Listens on a line while a device is missed: whose frames come, how many bytes of none, after whose question.

While all are well nothing is looked at, and what was heard before counts no longer.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from device.advice.known import NOTHING_HEARD, LineHeard
from device.bus import Bus, Way
from device.cell import Cell
from device.line_monitor import Interpreter
from device.watch import Watch
from drivers.contract import LINK_LOST, STATUS_UNKNOWN

SPAN_SECONDS = 30.0
"""What was heard counts for at least so long, and at most for twice as long: then it is mended, or heard again."""

REST_SECONDS = 0.25
"""After so much silence what was begun will not come whole: devices leave no such gap, and busy machines seldom do."""


class Ear:
    """The ear of one line. Long-lived: ``run``."""

    def __init__(self, bus: Bus, cells: Sequence[Cell[Any]], interpret: Callable[[], Interpreter]) -> None:
        self._bus = bus
        self._cells = cells
        self._interpret = interpret
        self._now = _Heard()
        self._before = _Heard()
        self._ear: Interpreter | None = None
        self._asked: int | None = None
        self._echo = self._held = b""
        self._heard_at = float("-inf")
        self._stirred = Watch()
        for cell in cells:
            cell.watch.feeds(self._stirred)

    async def run(self) -> None:
        """Listen whenever somebody is missed, for ever."""
        with self._stirred.watching() as changed:
            while True:
                changed.clear()
                if not self._missed():
                    await changed.wait()
                    continue
                self._ear = self._interpret()
                with self._bus.overheard(self._hear):
                    while self._missed():
                        await asyncio.sleep(SPAN_SECONDS)
                        self._rest()
                        self._before, self._now = self._now, _Heard()
                self._ear = None
                self._before, self._now = _Heard(), _Heard()

    def heard(self) -> LineHeard:
        """What came lately; nothing while nobody is missed."""
        if self._ear is None or not self._missed():
            return NOTHING_HEARD
        if asyncio.get_running_loop().time() - self._heard_at > REST_SECONDS:
            self._rest()
        answers = self._before.answers + self._now.answers
        asked, broken = self._before.asked + self._now.asked, self._before.broken + self._now.broken
        return LineHeard(answers, self._before.noise + self._now.noise, asked, broken)

    def _missed(self) -> bool:
        return any({LINK_LOST, STATUS_UNKNOWN} & cell.state.reasons for cell in self._cells)

    def _hear(self, way: Way, data: bytes, at: float) -> None:
        if at - self._heard_at > REST_SECONDS:
            self._rest()
        if way == "to-device":
            self._echo, self._held = data, b""
        else:
            self._heard_at = at
            data = self._without_echo(data)
        if self._ear is not None and data:
            self._note(self._ear.hear(way, data, at))

    def _without_echo(self, data: bytes) -> bytes:
        """An adapter may repeat to us what we said: whole, those bytes are nobody's. An answer may begin alike."""
        held, self._held = self._held + data, b""
        if len(held) < len(self._echo) and self._echo.startswith(held):
            self._held = held
            return b""
        said, self._echo = self._echo, b""
        return held.removeprefix(said)

    def _rest(self) -> None:
        """What was begun is over: the line is silent."""
        if self._ear is not None:
            self._note(self._ear.rest())

    def _note(self, pieces: Sequence[Any]) -> None:
        for piece in pieces:
            address = piece.said.fields.get("address") if piece.said is not None else None
            if piece.way == "to-device":
                if isinstance(address, int):
                    self._asked = address
                    self._now.asked[address] += 1
            elif piece.verdict == "bad":
                self._now.noise += len(piece.shown)
                if self._asked is not None:
                    self._now.broken[self._asked] += 1
                    self._asked = None
            elif isinstance(address, int):
                self._now.answers[address] += 1


class _Heard:
    def __init__(self) -> None:
        self.answers: Counter[int] = Counter()
        self.asked: Counter[int] = Counter()
        self.broken: Counter[int] = Counter()
        self.noise = 0
