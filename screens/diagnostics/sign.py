"""A sign for a window whose display is dark, on whatever printer its box has."""

from __future__ import annotations

from collections.abc import Iterable

from hall.contract.maintenance import Signed
from screens.diagnostics import refusal
from screens.diagnostics.asking import AskingView
from screens.diagnostics.client import Lost
from screens.diagnostics.colours import BOLD, FINE, INK
from screens.diagnostics.lines import Row, hanging, mark
from screens.diagnostics.terminal import Terminal, Visit

MARKS = {"printed": ("fine", FINE), "doubtful": ("warning", BOLD), "not-printed": ("error", BOLD)}


class SignView(AskingView):
    """Prints one when it is opened, and another on request."""

    TITLE_KEY = "sign"
    NOTE_KEY = "sign-kept"
    EXPECTED_S = 15.0

    def __init__(self, terminal: Terminal, visit: Visit, device: str) -> None:
        super().__init__(terminal, visit, device)
        self._signed: Signed | None = None

    async def ask(self) -> None:
        """Print."""
        self._signed = await self._visit.client.sign(self._device)

    def answered(self, width: int) -> Iterable[Row]:
        """What the printer said of it."""
        signed = self._signed
        if signed is None:
            return
        kind, style = MARKS[signed.outcome]
        words = self.tongue.say(f"sign-{signed.outcome}", where=self.tongue.of(signed.where), printer=signed.printer)
        yield Row(hanging((mark(kind, ""),), words, style, width))
        for reason in signed.reasons:
            yield Row(hanging((mark(reason.severity, ""),), self.tongue.of(reason.text), INK, width))

    def failed(self, failure: refusal.Failure, width: int) -> Iterable[Row]:
        """Why not; where no answer came it may have come out, or may come yet."""
        if isinstance(failure, Lost):
            yield Row(hanging((mark("warning", ""),), self.tongue.say("sign-lost"), BOLD, width))
        else:
            yield from super().failed(failure, width)
