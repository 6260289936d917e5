"""An access keypad on a serial line, its bytes given by a table.

    model = "ascii-access-keypad"
    options = { keys = { "55" = "up", "44" = "down", "0D" = "choose", "1B" = "back", "48" = "help" } }

``headphone-in`` and ``headphone-out`` stand in the table too where its jack is told by bytes. The keypad says nothing
of itself: *status-unknown* until its first key, then idle; *link-lost* when the port goes. A jack like that is not told
at an opening: whether a headphone is in is not known until it is moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.access_keypad.meanings import check_meanings, event_of
from drivers.contract import AccessPress, Headphone, State, Transport
from drivers.deadline import Deadline
from drivers.key_table import KeyTable
from drivers.table_ear import Ear

REPEAT_MS = 250


@dataclass(frozen=True, slots=True)
class AsciiAccessKeypadSettings:
    """``keys``: a key's bytes in hex → up, down, choose, back, help, headphone-in, headphone-out."""

    keys: Mapping[str, str]
    repeat_ms: int = REPEAT_MS

    def __post_init__(self) -> None:
        KeyTable("keys", self.keys)
        check_meanings("keys", self.keys.values(), jack=True)
        if not 0 <= self.repeat_ms <= 5000:
            raise ValueError(f"repeat_ms = {self.repeat_ms} → give 0 to 5000")


class AsciiAccessKeypad:
    """A drivers.contract.AccessKeypad. Polling asks nothing of the line; it tells whether the pad was ever heard."""

    Settings = AsciiAccessKeypadSettings
    family = "access_keypad"
    poll_seconds = 10.0

    def __init__(self, settings: AsciiAccessKeypadSettings, transport: Transport) -> None:
        self._transport = transport
        self._ear = Ear(transport, KeyTable("keys", settings.keys), settings.repeat_ms / 1000)

    async def open(self, deadline: Deadline) -> State:
        """Open the port. Raises Gone, Silent."""
        await self._transport.open(deadline)
        self._ear.start()
        return self._ear.state()

    async def poll(self, deadline: Deadline) -> State:  # noqa: ARG002 - it cannot be asked
        """Whether it was ever heard."""
        return self._ear.state()

    async def next_press(self) -> AccessPress | Headphone:
        """The next press, or the headphone in or out. Waits for ever. Raises Gone."""
        while True:
            stroke = await self._ear.next_stroke()
            if not stroke.again:
                return event_of(stroke.meaning)

    async def close(self) -> None:
        """Let it go."""
        await self._transport.close()
