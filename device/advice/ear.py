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
        self._echo = b""
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
        self._rest()
        answers = self._before.answers + self._now.answers
        after = self._before.after + self._now.after
        return LineHeard(answers, self._before.noise + self._now.noise, after)

    def _missed(self) -> bool:
        return any({LINK_LOST, STATUS_UNKNOWN} & cell.state.reasons for cell in self._cells)

    def _hear(self, way: Way, data: bytes, at: float) -> None:
        if way == "to-device":
            self._rest()
            self._echo = data
        else:
            data = self._without_echo(data)
        if self._ear is not None and data:
            self._note(self._ear.hear(way, data, at))

    def _without_echo(self, data: bytes) -> bytes:
        """An adapter may repeat to us what we said: those bytes are nobody's."""
        size = min(len(self._echo), len(data))
        if self._echo[:size] != data[:size]:
            self._echo = b""
            return data
        self._echo = self._echo[size:]
        return data[size:]

    def _rest(self) -> None:
        """What was begun is over: the line is silent, or another one is asked."""
        if self._ear is not None:
            self._note(self._ear.rest())

    def _note(self, pieces: Sequence[Any]) -> None:
        for piece in pieces:
            address = piece.said.fields.get("address") if piece.said is not None else None
            if piece.way == "to-device":
                self._asked = address if isinstance(address, int) else self._asked
            elif piece.verdict == "bad":
                self._now.noise += len(piece.shown)
                if self._asked is not None:
                    self._now.after[self._asked] += len(piece.shown)
            elif isinstance(address, int):
                self._now.answers[address] += 1


class _Heard:
    def __init__(self) -> None:
        self.answers: Counter[int] = Counter()
        self.after: Counter[int] = Counter()
        self.noise = 0
