"""A citizen's rating keypad on a serial line, its bytes given by a table: one key, one level of GB/T 39735.

    model = "ascii-pad"
    options = { mapping = { "31" = "very-satisfied", "32" = "satisfied", "33" = "dissatisfied" }, lit = "4C 31" }

The pad says nothing of itself: *status-unknown* until its first key, then idle; *link-lost* when the port goes.

Source: protocols/rating-keypads.md §1, serial types: CH340, CP210x or PL2303, 9600 8N1, often one ASCII digit a key
(U); so every byte is a setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.contract import GradePress, State, Transport
from drivers.deadline import Deadline
from drivers.key_table import KeyTable, bytes_of
from drivers.rating_keypad.levels import check_levels
from drivers.table_ear import Ear

REPEAT_MS = 300


@dataclass(frozen=True, slots=True)
class AsciiPadSettings:
    """``mapping``: a key's bytes in hex → level of GB/T 39735.

    ``answer``: bytes sent once a press is kept, ``lit`` and ``dark``: bytes that light and darken the pad; none where
    the pad knows none. ``repeat_ms``: the same key again within this is the same press.
    """

    mapping: Mapping[str, str]
    answer: str = ""
    lit: str = ""
    dark: str = ""
    repeat_ms: int = REPEAT_MS

    def __post_init__(self) -> None:
        KeyTable("mapping", self.mapping)
        check_levels("mapping", self.mapping, ("31", "32", "33", "34", "35"))
        for option in ("answer", "lit", "dark"):
            bytes_of(option, getattr(self, option))
        if bool(self.lit) != bool(self.dark):
            raise ValueError("lit and dark go together → give both, or neither for a pad without a light")
        if not 0 <= self.repeat_ms <= 5000:
            raise ValueError(f"repeat_ms = {self.repeat_ms} → give 0 to 5000")


class AsciiPad:
    """A drivers.contract.RatingKeypad. Polling asks nothing of the line; it tells whether the pad was ever heard."""

    Settings = AsciiPadSettings
    family = "rating_keypad"
    poll_seconds = 10.0

    def __init__(self, settings: AsciiPadSettings, transport: Transport) -> None:
        self._transport = transport
        self._ear = Ear(transport, KeyTable("mapping", settings.mapping), settings.repeat_ms / 1000)
        self._grades = {word: grade for grade, word in enumerate(settings.mapping.values())}
        self._answer = bytes_of("answer", settings.answer)
        self._light = {True: bytes_of("lit", settings.lit), False: bytes_of("dark", settings.dark)}
        self._kept = False
        """The last press was acknowledged: said again, it is because the answer was lost."""

    async def open(self, deadline: Deadline) -> State:
        """Open the line; the pad itself cannot be asked. Raises Gone, Silent."""
        await self._transport.open(deadline)
        self._ear.start()
        self._kept = False
        return self._ear.state()

    async def poll(self, deadline: Deadline) -> State:  # noqa: ARG002 - nothing is asked
        """Whether it was heard since it was opened."""
        return self._ear.state()

    async def next_press(self) -> GradePress:
        """The next press; ``grade`` is the key's place in the mapping, from 0. Waits for ever. Raises Gone."""
        while True:
            stroke = await self._ear.next_stroke()
            if not stroke.again:
                self._kept = False
                return GradePress(self._grades[stroke.meaning], stroke.meaning)
            if self._kept:
                await self._ear.answer(self._answer)

    async def acknowledge(self, press: GradePress, deadline: Deadline) -> None:  # noqa: ARG002 - one answer for all
        """Tell the pad that its press was taken, where it has an answer. Raises Gone, Silent."""
        self._kept = True
        if self._answer:
            await self._ear.say(self._answer, deadline)

    async def light(self, lit: bool, deadline: Deadline) -> bool:
        """Invite a rating, or go dark; False when the pad has no light. Raises Gone, Silent."""
        message = self._light[lit]
        if message:
            await self._ear.say(message, deadline)
        return bool(message)

    async def close(self) -> None:
        """Release the line."""
        await self._transport.close()
