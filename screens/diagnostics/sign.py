"""A sign for a window whose display is dark, on whatever printer its box has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from textual.binding import Binding

from hall.contract.maintenance import Signed
from screens.diagnostics import refusal
from screens.diagnostics.client import Lost, RefusedVerb
from screens.diagnostics.colours import BOLD, FINE, INK
from screens.diagnostics.lines import Row, hanging, heading, mark
from screens.diagnostics.progress import TICK_S, running
from screens.diagnostics.terminal import Terminal, Visit
from screens.diagnostics.view import KeyName, View

EXPECTED_S = 15.0
MARKS = {"printed": ("fine", FINE), "doubtful": ("warning", BOLD), "not-printed": ("error", BOLD)}


class SignView(View):
    """Prints one when it is opened, and another on request."""

    TITLE_KEY = "sign"
    BINDINGS = [Binding("r", "again", show=False)]

    def __init__(self, terminal: Terminal, visit: Visit, device: str) -> None:
        super().__init__(terminal, visit)
        self._visit = visit
        self._device = device
        self._began: float | None = None
        self._signed: Signed | None = None
        self._failure: refusal.Failure | None = None

    def heading(self) -> str:
        """Whose window."""
        return f"{self._device}  {self.tongue.say('sign')}"

    def on_mount(self) -> None:
        """Print."""
        super().on_mount()
        self.set_interval(TICK_S, self._tick)
        self.action_again()

    def keys(self) -> Sequence[KeyName]:
        """What the foot names."""
        return (("r", "key-again"),) if self._began is None else ()

    def action_again(self) -> None:
        """Print another, once it is known what became of the last."""
        if self._began is None:
            self._began = self.terminal.clock()
            self._failure = self._signed = None
            self.run_worker(self._print(), group="sign", exclusive=True)
            self.redraw()

    def told(self, width: int) -> Iterable[Row]:
        """What came of it, or how long it has been going on."""
        yield heading(self.tongue.say("sign"), self.tongue.say("sign-kept"), first=True)
        if self._began is not None:
            yield running(self.terminal.clock() - self._began, EXPECTED_S, self.tongue)
        elif self._signed is not None:
            yield from self._became(self._signed, width)
        elif isinstance(self._failure, Lost):  # it may have come out, or may come yet
            yield Row(hanging((mark("warning", ""),), self.tongue.say("sign-lost"), BOLD, width))
        else:
            yield from refusal.told(self._failure, self.tongue, width)

    def _became(self, signed: Signed, width: int) -> Iterator[Row]:
        kind, style = MARKS[signed.outcome]
        words = self.tongue.say(f"sign-{signed.outcome}", where=self.tongue.of(signed.where), printer=signed.printer)
        yield Row(hanging((mark(kind, ""),), words, style, width))
        for reason in signed.reasons:
            yield Row(hanging((mark(reason.severity, ""),), self.tongue.of(reason.text), INK, width))

    async def _print(self) -> None:
        try:
            self._signed = await self._visit.client.sign(self._device)
        except (Lost, RefusedVerb) as failure:
            self._failure = failure
        self._began = None
        self.redraw()

    def _tick(self) -> None:
        if self._began is not None:
            self.redraw()
