"""What passes on a line, decoded and in hex, as it passes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence

from textual.binding import Binding

from hall.contract.maintenance import Frame
from screens.diagnostics import refusal
from screens.diagnostics.client import Lost, RefusedVerb
from screens.diagnostics.colours import CAUTION, FAULT, INK, QUIET
from screens.diagnostics.columns import pad
from screens.diagnostics.lines import Line, Row, hanging, heading, mark, text
from screens.diagnostics.terminal import Terminal, Visit
from screens.diagnostics.tongue import time_of
from screens.diagnostics.view import KeyName, View

ASK_S = 0.5
KEPT = 300
HEX = 16
"""Characters by which the hex stands to the right, under the decoded text."""


class FramesView(View):
    """Follows the newest; the space bar stops that, to read."""

    BINDINGS = [
        Binding("space", "stop", show=False, priority=True),
        Binding("x", "hex", show=False),
        Binding("c", "clear", show=False),
    ]

    def __init__(self, terminal: Terminal, visit: Visit, line: str) -> None:
        super().__init__(terminal, visit)
        self._visit = visit
        self._line = line
        self._frames: deque[Frame] = deque(maxlen=KEPT)
        self._mark = 0
        self._lost = 0
        self._stopped = False
        self._hex = True
        self._failure: refusal.Failure | None = None
        self._drawn: object = None

    def heading(self) -> str:
        """Which line."""
        return self.tongue.say("frames-of", line=self._line)

    def on_mount(self) -> None:
        """Begin to listen."""
        super().on_mount()
        self.run_worker(self._listen(), group="frames")

    def keys(self) -> Sequence[KeyName]:
        """What the foot names."""
        return (
            ("Space", "key-go-on" if self._stopped else "key-stop"),
            ("x", "key-no-hex" if self._hex else "key-hex"),
            ("c", "key-clear"),
        )

    def action_stop(self) -> None:
        """Stop following, or follow again."""
        self._stopped = not self._stopped
        self.redraw()

    def action_hex(self) -> None:
        """With or without hex."""
        self._hex = not self._hex
        self.redraw()

    def action_clear(self) -> None:
        """Begin with an empty screen."""
        self._frames.clear()
        self._lost = 0
        self.redraw()

    def draw(self) -> None:
        """Only what has changed: a reader's place on the screen is kept."""
        shown = (self._mark, len(self._frames), self._hex, self.tongue.language, self.app.size, self._failure)
        if shown != self._drawn:
            self._drawn = shown
            super().draw()
            if not self._stopped:
                self.rows.scroll_end(animate=False)

    def told(self, width: int) -> Iterable[Row]:
        """The frames, oldest first."""
        say = self.tongue.say
        yield heading(say("frames-what"), first=True)
        yield from refusal.told(self._failure, self.tongue, width)
        if self._lost:
            yield Row(hanging((mark("warning", ""),), say("frames-lost", n=self._lost), CAUTION, width))
        if not self._frames:
            yield text(say("frames-none"), width, QUIET)
        for frame in self._frames:
            yield self._told_frame(frame, width)

    async def _listen(self) -> None:
        while True:
            if not self._stopped:
                await self._ask()
                self.redraw()
            await asyncio.sleep(ASK_S)

    async def _ask(self) -> None:
        try:
            told = await self._visit.client.frames(self._line, self._mark)
        except Lost:
            return  # the alarm says so
        except RefusedVerb as refused:
            self._failure = refused
            return
        if told.mark < self._mark:
            self._frames.clear()  # the daemon has begun anew, and its marks with it
        self._failure = None
        self._frames.extend(told.frames)
        self._mark = told.mark
        self._lost += told.lost

    def _told_frame(self, frame: Frame, width: int) -> Row:
        way = ">>" if frame.way == "to-device" else "<<"
        at = f"{time_of(frame.at_ms)}.{frame.at_ms % 1000:03}"
        lead = [(pad(at, 13), QUIET), (f"{way} ", INK)]
        if not frame.sound:
            lead.append(mark("error", self.tongue.say("frame-bad") + " "))
        lines: list[Line] = list(
            hanging(lead, self.tongue.of(frame.texts) or frame.text, INK if frame.sound else FAULT, width)
        )
        if self._hex and frame.hex:
            lines += hanging(((" " * HEX, QUIET),), frame.hex, QUIET, width)
        return Row(tuple(lines))
