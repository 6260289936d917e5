"""A strip display of the A0 90 family: one line of text; the two-colour strip acknowledges, the single-colour cannot.

The protocol has no question of its own: opening makes the strip dark, a poll sends again what is shown. Nothing on
the wire makes a strip forget: after its box has died it goes on showing the last text.

| the strip says | reason |
|---|---|
| A0 90 address … A5 AA | none: it has obeyed |
| nothing, two-colour | Silent |
| nothing, single-colour | status-unknown: it never says anything |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.contract import STATUS_UNKNOWN, Completion, CompletionCode, Refused, Remedy, State, Transport
from drivers.deadline import Deadline
from drivers.gbk import plain
from drivers.window_display import strip_a090_codec as codec
from drivers.window_display.transaction import Transactions

DARK = " "


@dataclass(frozen=True, slots=True)
class StripSettings:
    """Options of one strip. ``form``: which of the family's two strips it is. ``answer_ms``: the strip's own time."""

    address: int
    form: Literal["two-colour", "single-colour"] = "two-colour"
    colour: codec.Colour = "red"
    answer_ms: int = 300

    def __post_init__(self) -> None:
        if not 0 <= self.address <= 255:
            raise ValueError(f"address = {self.address} → give the address set on the strip, 0 to 255")
        if not 10 <= self.answer_ms <= 5000:
            raise ValueError(f"answer_ms = {self.answer_ms} → give 10 to 5000")


class StripA090:
    """A drivers.contract.WindowDisplay."""

    Settings = StripSettings
    family = "window_display"
    poll_seconds = 0.0

    def __init__(self, settings: StripSettings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport
        self._transactions = Transactions(settings.address, transport, codec.scan, codec.FRAME_CAP)
        self._shown = DARK

    async def open(self, deadline: Deadline) -> State:
        """Open the line and make the strip dark. Raises Gone, Silent, Garbled."""
        await self._transport.open(deadline)
        self._shown = DARK
        try:
            return await self.poll(deadline)
        except BaseException:
            await self._transport.close()
            raise

    async def poll(self, deadline: Deadline) -> State:
        """Send again what is shown. Raises Gone, Silent, Garbled."""
        completion = await self._send(self._shown, deadline)
        return State.of(*([] if completion.confirmed else [STATUS_UNKNOWN]))

    async def show(self, text: str, deadline: Deadline) -> Completion:
        """Replace what is shown. Raises one of the four; Refused when the text is too long for a frame.

        A single-colour strip never answers: its completion is not confirmed, its evidence that the bytes were written.
        """
        wanted = plain(text) or DARK
        completion = await self._send(wanted, deadline)
        self._shown = wanted
        return completion

    async def close(self) -> None:
        """Release the line."""
        await self._transport.close()

    async def _send(self, text: str, deadline: Deadline) -> Completion:
        address = self._settings.address
        try:
            if self._settings.form == "single-colour":
                return await self._write(codec.show_single(address, text), deadline)
            request = codec.show(address, text, self._settings.colour)
        except ValueError as wrong:
            what = f"display {address}: {wrong}"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION) from None
        await self._transactions.ask(
            request,
            lambda frame: True if codec.answered_by(frame) == address else None,
            answer_size=codec.ANSWER_CAP,
            answer_seconds=self._settings.answer_ms / 1000,
            deadline=deadline,
        )
        return Completion(CompletionCode.SUCCESS, True, "acknowledged")

    async def _write(self, request: bytes, deadline: Deadline) -> Completion:
        async with self._transport.turn():
            self._transport.discard()
            await self._transport.write(request, deadline)
        return Completion(CompletionCode.SUCCESS, None, "written")
