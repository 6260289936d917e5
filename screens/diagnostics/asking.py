"""A screen that asks its box for one thing when it is opened, and again on request; meanwhile it says how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from screens.diagnostics import refusal
from screens.diagnostics.client import Lost, RefusedVerb
from screens.diagnostics.lines import Row, heading
from screens.diagnostics.progress import TICK_S, running
from screens.diagnostics.terminal import Terminal, Visit
from screens.diagnostics.view import KeyName, View


class AskingView(View):
    """Of one device. ``NOTE_KEY`` stands beside the title; ``EXPECTED_S``: how long an answer mostly takes."""

    NOTE_KEY: ClassVar[str]
    EXPECTED_S: ClassVar[float]
    BINDINGS = [Binding("r", "again", show=False)]

    def __init__(self, terminal: Terminal, visit: Visit, device: str) -> None:
        super().__init__(terminal, visit)
        self._visit = visit
        self._device = device
        self._began: float | None = None
        self._failure: refusal.Failure | None = None

    async def ask(self) -> None:
        """Ask, and keep the answer. Raises Lost, RefusedVerb, refusal.Garbled."""
        raise NotImplementedError

    def answered(self, width: int) -> Iterable[Row]:
        """What came of it."""
        raise NotImplementedError(width)

    def heading(self) -> str:
        """Whose."""
        return f"{self._device}  {self.tongue.say(self.TITLE_KEY)}"

    def on_mount(self) -> None:
        """Ask."""
        super().on_mount()
        self.set_interval(TICK_S, self._tick)
        self.action_again()

    def keys(self) -> Sequence[KeyName]:
        """What the foot names."""
        return (("r", "key-again"),) if self._began is None else ()

    def action_again(self) -> None:
        """Once more, once it is known what became of the last."""
        if self._began is None:
            self._began = self.terminal.clock()
            self._failure = None
            self.run_worker(self._asked(), group="asking", exclusive=True)
            self.redraw()

    def told(self, width: int) -> Iterable[Row]:
        """How long it has been going on, why not, or what came of it."""
        yield heading(self.tongue.say(self.TITLE_KEY), self.tongue.say(self.NOTE_KEY), first=True)
        if self._began is not None:
            yield running(self.terminal.clock() - self._began, self.EXPECTED_S, self.tongue)
        elif self._failure is not None:
            yield from self.failed(self._failure, width)
        else:
            yield from self.answered(width)

    def failed(self, failure: refusal.Failure, width: int) -> Iterable[Row]:
        """Why not."""
        return refusal.told(failure, self.tongue, width)

    async def _asked(self) -> None:
        try:
            await self.ask()
        except (Lost, RefusedVerb, refusal.Garbled) as failure:
            self._failure = failure
        self._began = None
        self.redraw()

    def _tick(self) -> None:
        if self._began is not None:
            self.redraw()
