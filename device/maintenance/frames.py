"""What passed on each line, decoded and masked, for a technician who asks for it now and then.

Nothing is looked at while nobody asks: the first question begins it, and it ends IDLE_SECONDS after the last.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from msgspec.structs import replace

from config.wording import LANGUAGES, room, say
from device.bugs import where_of
from device.bus import Bus, Way
from device.clock import Clock
from device.line_monitor import REST_SECONDS, Interpreter, LineMonitor
from device.maintenance.refusal import Refusal
from hall.contract.maintenance import AskFrames, Frame, Frames, Texts

log = structlog.get_logger()

ROOM = "monitor"
IDLE_SECONDS = 10.0
KEPT = 400
"""Pieces of one line; a busy one has some 50 a second."""
WAITING_CAP = 1024


class LineFrames:
    """The last pieces of one line. Long-lived: ``run``."""

    def __init__(self, monitor: LineMonitor, models: Sequence[str], clock: Clock) -> None:
        self._monitor = monitor
        self._model = models[0] if len(set(models)) == 1 else ""
        self._clock = clock
        self._kept: deque[Frame] = deque(maxlen=KEPT)
        self._mark = 0
        self._missed = 0
        """Pieces that came faster than they were read."""
        self._asked = asyncio.Event()
        self._asked_at = float("-inf")

    @property
    def bus(self) -> Bus:
        """The line."""
        return self._monitor.bus

    async def run(self) -> None:
        """Look at the line while somebody asks."""
        while True:
            await self._asked.wait()
            passing: asyncio.Queue[tuple[Way, bytes, float]] = asyncio.Queue(WAITING_CAP)
            try:
                with self.bus.overheard(partial(self._put, passing)):
                    await self._read(passing, self._monitor.interpret())
            except Exception as bug:  # a mistake in reading along must not end the counter that it only looks at
                log.error("frames have a bug", line=self.bus.name, where=where_of(bug))  # noqa: TRY400 - see where_of
            self._asked.clear()

    def after(self, mark: int) -> Frames:
        """What came after this mark, which the answer before this one gave; 0 begins."""
        self.ask()
        oldest = self._kept[0].mark if self._kept else self._mark + 1
        lost = max(0, oldest - mark - 1) if 0 < mark < oldest else 0
        missed, self._missed = self._missed, 0
        frames = [frame for frame in self._kept if frame.mark > mark]
        return Frames(line=self.bus.name, frames=frames, mark=self._mark, lost=lost + missed)

    def ask(self) -> None:
        """Somebody wants to know from now on."""
        self._asked_at = _now()
        self._asked.set()

    async def _read(self, passing: asyncio.Queue[tuple[Way, bytes, float]], interpreter: Interpreter) -> None:
        while _now() - self._asked_at < IDLE_SECONDS:
            try:
                async with asyncio.timeout(REST_SECONDS):
                    pieces = interpreter.hear(*await passing.get())
            except TimeoutError:
                pieces = interpreter.rest()
            for piece in pieces:
                self._keep(piece)
        for piece in interpreter.rest():
            self._keep(piece)

    def _put(self, passing: asyncio.Queue[tuple[Way, bytes, float]], way: Way, data: bytes, at: float) -> None:
        try:
            passing.put_nowait((way, data, at))
        except asyncio.QueueFull:
            self._missed += 1

    def _keep(self, piece: Any) -> None:
        self._mark += 1
        texts = texts_of(piece)
        self._kept.append(
            Frame(
                mark=self._mark,
                at_ms=self._clock.wall_ms() - round((_now() - piece.at) * 1000),
                way=piece.way,
                model=self._model,
                text=texts[LANGUAGES[0]],
                texts=texts,
                hex=piece.hex(),
                sound=piece.verdict != "bad",
            )
        )


class LinesFrames:
    """All lines of a box that bytes pass."""

    def __init__(self, lines: Sequence[LineFrames]) -> None:
        self.lines = {line.bus.name: line for line in lines}

    async def answer(self, ask: AskFrames) -> Frames:
        """What passed on one line. Raises Refusal."""
        line = self.lines.get(ask.line)
        if line is None:
            raise Refusal(404, "no-such-line", line=ask.line, lines=", ".join(self.lines) or "–")
        return line.after(ask.after)

    async def watch(self, seconds: float) -> list[Frames]:
        """What passes on every line for so long, with what was kept before: for the support bundle."""
        for line in self.lines.values():
            line.ask()
        await asyncio.sleep(seconds)
        return [replace(line.after(0), lost=0) for line in self.lines.values()]


def meaning(piece: Any, language: str) -> str:
    """What it says, in words; control characters that a device put into a text are made harmless."""
    if piece.said is None:
        return say(ROOM, piece.verdict, language, count=len(piece.shown))
    if piece.said.word not in room(ROOM, language):
        return str(piece.said.word)
    text = say(ROOM, piece.said.word, language, **piece.said.fields)
    return "".join(character if character.isprintable() else "·" for character in text)


def texts_of(piece: Any) -> Texts:
    """The same in every language."""
    return {language: meaning(piece, language) for language in LANGUAGES}


def _now() -> float:
    return asyncio.get_running_loop().time()
