"""All boxes of the hall, first whoever needs a person most, and whether the hall can open."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence

from hall.contract.maintenance import Boxes, BoxLine
from screens.diagnostics.advised import advised
from screens.diagnostics.client import Lost, RefusedVerb
from screens.diagnostics.colours import BOLD, FINE, INK, NAME, QUIET
from screens.diagnostics.columns import cell_len, cut, pad
from screens.diagnostics.home import HomeView
from screens.diagnostics.lines import Line, Part, Row, hanging, heading, mark
from screens.diagnostics.rows import Rows
from screens.diagnostics.terminal import Terminal
from screens.diagnostics.tongue import time_of
from screens.diagnostics.view import KeyName, View
from screens.diagnostics.watch import LOOK_S

NAMES, DOES, MORE = 16, 24, 26
WIDE = 110


class BoxesView(View):
    """Enter opens the box, through the hall."""

    TITLE_KEY = "boxes"

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(terminal)
        self._boxes: Boxes | None = None
        self._lost: Lost | RefusedVerb | None = None
        self._lost_at = 0.0

    def heading(self) -> str:
        """The hall's name."""
        return self._boxes.hall if self._boxes else self.tongue.say("boxes")

    def on_mount(self) -> None:
        """Begin to watch."""
        super().on_mount()
        self.run_worker(self._watch(), group="watch")

    def keys(self) -> Sequence[KeyName]:
        """What the foot names."""
        return (("Enter", "key-open"),) if self.rows.chosen else ()

    def told(self, width: int) -> Iterable[Row]:
        """The opening, then every box."""
        boxes, say = self._boxes, self.tongue.say
        if boxes is None:
            yield Row(hanging((), say("asking-hall"), QUIET, width))
            return
        yield from self._opening(boxes, width)
        yield heading(say("boxes-all", n=len(boxes.boxes)), say("needs-order"))
        for line in boxes.boxes:
            yield self._box(line, width)

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """That box."""
        if self.terminal.hall is not None:
            visit = self.terminal.visit(event.key, self.terminal.hall.box(event.key))
            self.app.push_screen(HomeView(self.terminal, visit))

    async def _watch(self) -> None:
        while self.terminal.hall is not None:
            try:
                self._boxes = await self.terminal.hall.boxes()
                self._lost = None
            except (Lost, RefusedVerb) as lost:
                if self._lost is None:
                    self._lost_at = self.terminal.clock()
                self._lost = lost
            if self.app.screen is self:
                self.redraw()
            await asyncio.sleep(LOOK_S)

    def _opening(self, boxes: Boxes, width: int) -> Iterator[Row]:
        say = self.tongue.say
        ready = sum(line.ready for line in boxes.boxes)
        opens = say("opens", time=boxes.opens) if boxes.opens else say("opens-not")
        yield heading(
            say("opening"), say("between").join((opens, say("ready", n=ready, of=len(boxes.boxes)))), first=True
        )
        waiting = [line for line in boxes.boxes if not line.ready]
        if not waiting:
            yield Row(hanging((mark("fine", ""),), say("ready-all"), FINE, width))
        for need in boxes.own:
            yield advised(need, self.tongue, width)
        for line in waiting:
            why = self.tongue.of(line.needs[0].what) if line.needs else self._silence(line)
            lead: list[Part] = [("[ ] ", BOLD), (pad(line.box + " ", NAMES), NAME)]
            yield Row(((*lead, (cut(why, width - 4 - NAMES), INK)),))

    def _silence(self, line: BoxLine) -> str:
        say = self.tongue.say
        if line.connected:
            return say("not-ready-unsaid")
        return say("never-heard") if line.heard_ms is None else say("silent-for", age=self.tongue.age(line.heard_ms))

    def _box(self, line: BoxLine, width: int) -> Row:
        say = self.tongue.say
        kind = self._kind(line)
        named = {key: say(f"box-{key}") for key in ("fine", "warning", "error", "unknown", "tended", "report")}
        state = max(map(cell_len, named.values())) + 4
        sign, style = mark(kind, named[kind])
        lead: list[Part] = [(pad(sign, state), style), (pad(line.box + " ", NAMES), NAME)]
        does = say("between").join(self._does(each, line) for each in line.does)
        words = self._words(line)
        if width > WIDE:
            lead += [(pad(does + " ", DOES), INK), (pad(self._more(line), MORE), QUIET)]
            return Row(hanging(lead, words, INK, width), line.box)
        if cell_len(words) <= width - state - NAMES - DOES:
            return Row(((*lead, (pad(does + " ", DOES), INK), (words, INK)),), line.box)
        return Row(((*lead, (does, INK)), *hanging(((" " * state, INK),), words, INK, width)), line.box)

    def _does(self, what: str, line: BoxLine) -> str:
        numbers = " " + ",".join(map(str, line.windows)) if what == "windows" and line.windows else ""
        return self.tongue.say(f"does-{what}") + numbers

    def _kind(self, line: BoxLine) -> str:
        if line.condition is not None and line.condition.leases and line.connected:
            return "tended"
        if line.needs:
            return line.needs[0].severity
        if not line.connected:
            return "unknown"
        return "fine" if line.ready else "warning"

    def _words(self, line: BoxLine) -> str:
        say = self.tongue.say
        if line.needs:
            more = say("and-more", n=len(line.needs) - 1) if len(line.needs) > 1 else ""
            return self.tongue.of(line.needs[0].what) + more
        return say("needs-nothing") if line.connected and line.ready else self._silence(line)

    def _more(self, line: BoxLine) -> str:
        say, condition = self.tongue.say, line.condition
        if condition is None:
            return ""
        return say("between").join((condition.version, say("outbox-short", n=condition.outbox)))

    def _standing(self) -> list[Part]:
        say = self.tongue.say
        if self._lost is not None:
            return [mark("error", say("lost"))]
        if self._boxes is None:
            return [mark("unknown", say("asking"))]
        return [mark("fine", say("connected")), ("  ", INK), (time_of(self._boxes.now_ms), INK)]

    def _alarm(self) -> Sequence[Line]:
        say = self.tongue.say
        if self._lost is None:
            return ()
        if isinstance(self._lost, RefusedVerb):
            words = self.tongue.of(self._lost.texts) or say("refused-unsaid", error=self._lost.error)
        else:
            age = self.tongue.age(int((self.terminal.clock() - self._lost_at) * 1000))
            why = self.tongue.of(self._lost.texts) or say("lost-hall")
            words = say("between-sentences").join((why, say("lost-since", age=age)))
        return hanging((("  ", INK), mark("error", say("lost")), ("  ", INK)), words, BOLD, self.app.size.width - 2)
