"""A customer display with two lines of twenty ASCII letters (VFD 2×20), in CD5220 or Epson mode, as its switches say.

It never says anything: a text is written, and whether it stands there is not known. It has no address and is alone on
its line. Opening initialises it and makes it dark; a poll writes again what is shown. What it is sent in the first
200 ms after a change of its mode may be lost (one source: ``mode_ms``). Nothing makes it forget: after its box has died
it goes on showing the last text.

| the display says | reason |
|---|---|
| nothing, ever | status-unknown |
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from drivers.contract import STATUS_UNKNOWN, Completion, CompletionCode, Refused, Remedy, State, Transport
from drivers.deadline import Deadline
from drivers.window_display import vfd_2x20_codec as codec
from drivers.window_display.ascii_letters import ascii_letters


@dataclass(frozen=True, slots=True)
class Vfd2x20Settings:
    """Options: ``mode`` of its switches, ``brightness`` 1 to 4, ``mode_ms`` to wait after a change of mode."""

    mode: codec.Mode = "cd5220"
    brightness: int = 4
    mode_ms: int = 200

    def __post_init__(self) -> None:
        if not 1 <= self.brightness <= 4:
            raise ValueError(f"brightness = {self.brightness} → give 1, dimmest, to 4")
        if not 0 <= self.mode_ms <= 1000:
            raise ValueError(f"mode_ms = {self.mode_ms} → give 0 to 1000")


class Vfd2x20:
    """A drivers.contract.WindowDisplay."""

    Settings = Vfd2x20Settings
    family = "window_display"
    poll_seconds = 0.0
    ascii_only = True

    def __init__(self, settings: Vfd2x20Settings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport
        self._shown = ""

    async def open(self, deadline: Deadline) -> State:
        """Open the line, initialise the display and make it dark. Raises Gone, Silent."""
        await self._transport.open(deadline)
        self._shown = ""
        try:
            await self._begin(deadline)
            return await self.poll(deadline)
        except BaseException:
            await self._transport.close()
            raise

    async def poll(self, deadline: Deadline) -> State:
        """Write again what is shown. Raises Gone, Silent."""
        await self._write(self._shown, deadline)
        return State.of(STATUS_UNKNOWN)

    async def show(self, text: str, deadline: Deadline) -> Completion:
        """Replace what is shown; not confirmed, its evidence that the bytes were written.

        Raises Gone, Silent; Refused for what is no ASCII, or does not fit into two lines.
        """
        await self._write(text, deadline)
        self._shown = text
        return Completion(CompletionCode.SUCCESS, None, "written")

    async def close(self) -> None:
        """Release the line."""
        await self._transport.close()

    async def _begin(self, deadline: Deadline) -> None:
        mode = self._settings.mode
        looks = codec.encode(codec.Brightness(self._settings.brightness), mode)
        looks += codec.encode(codec.Cursor(False), mode)
        async with self._transport.turn(), deadline.limit("the display's pauses are longer than its time"):
            for change in (codec.encode(codec.Clear(), mode), codec.encode(codec.Initialize(), mode), looks):
                await self._transport.write(change, deadline)
                await asyncio.sleep(self._transport.wire_time(len(change)) + self._settings.mode_ms / 1000)

    async def _write(self, text: str, deadline: Deadline) -> None:
        try:
            wanted = codec.lines(ascii_letters(text, codec.COLUMNS * codec.LINES).decode("ascii"))
        except ValueError as wrong:
            raise Refused(f"display: {wrong}", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION) from None
        numbered = enumerate(wanted, 1)
        request = b"".join(codec.encode(codec.Line(number, line), self._settings.mode) for number, line in numbered)
        async with self._transport.turn():
            self._transport.discard()
            await self._transport.write(request, deadline)
