"""A clerk's caller on a serial line, its bytes given by a table: digits and keys in, answer and number out.

    model = "ascii-caller"
    options = { keys = { "30" = "0", "31" = "1", "32" = "2", …, "0D" = "call", "2B" = "recall" } }

The six-byte callers ``to from cmd hi lo FF`` (host 01, terminal 03; no checksum) fit in the table too. They are known
from one source whose authors never made them work, so all of this is unverified (U):

    options.number = "03 01 01 nn nn FF"          # the ticket's hundreds and the rest, each two digits in a byte
    options.keys."01 03 00 73 73 FF" = "call"
    options.keys."01 03 02 00 00 FF" = "recall"
    options.keys."01 03 1C ?? ?? FF" = "0,wait"   # how many wait

The caller says nothing of itself: *status-unknown* until its first key, then idle; *link-lost* when the port goes.

Source: protocols/rating-keypads.md §1 (serial types), §3.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from drivers.caller.keystrokes import Meaning, Typing, meaning_of
from drivers.contract import CompletionCode, KeyPress, Refused, Remedy, State, Transport
from drivers.deadline import Deadline
from drivers.key_table import KeyTable, bytes_of, check_template, number_message
from drivers.table_ear import Ear

DIGITS_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class AsciiCallerSettings:
    """``keys``: a key's bytes in hex → meaning (drivers/caller/keystrokes.py). Everything else is what a caller knows.

    ``answer``: bytes sent for each key; ``success`` and ``failure``: how a press ended; ``number``: the called number,
    ``nn`` two digits in a byte, ``dd`` one ASCII digit. ``repeat_ms``: the same key again within this is the same
    press, for callers that say a key until it is answered. ``digits_seconds``: digits typed are kept so long.
    """

    keys: Mapping[str, str]
    answer: str = ""
    success: str = ""
    failure: str = ""
    number: str = ""
    repeat_ms: int = 0
    digits_seconds: float = DIGITS_SECONDS

    def __post_init__(self) -> None:
        KeyTable("keys", self.keys)
        try:
            meanings = self.meanings().values()
        except ValueError as wrong:
            raise ValueError(f"keys has a wrong meaning: {wrong}") from None
        if not any(isinstance(meaning, KeyPress) for meaning in meanings):
            raise ValueError('keys has digits alone → name the keys that act, as "0D" = "call"')
        for option in ("answer", "success", "failure"):
            bytes_of(option, getattr(self, option))
        if self.number:
            check_template("number", self.number)
        if not 0 <= self.repeat_ms <= 5000:
            raise ValueError(f"repeat_ms = {self.repeat_ms} → give 0 to 5000")
        if not 1 <= self.digits_seconds <= 600:
            raise ValueError(f"digits_seconds = {self.digits_seconds} → give 1 to 600")

    def meanings(self) -> dict[str, Meaning]:
        """What each word of the table means."""
        return {str(word): meaning_of(str(word)) for word in self.keys.values()}


class AsciiCaller:
    """A drivers.contract.Caller. Polling asks nothing of the line; it tells whether the caller was ever heard."""

    Settings = AsciiCallerSettings
    family = "caller"
    poll_seconds = 10.0

    def __init__(self, settings: AsciiCallerSettings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport
        self._ear = Ear(transport, KeyTable("keys", settings.keys), settings.repeat_ms / 1000)
        self._meanings = settings.meanings()
        self._typing = Typing(settings.digits_seconds)
        self._answer = bytes_of("answer", settings.answer)
        self._outcome = {True: bytes_of("success", settings.success), False: bytes_of("failure", settings.failure)}

    async def open(self, deadline: Deadline) -> State:
        """Open the line; the caller itself cannot be asked. Raises Gone, Silent."""
        await self._transport.open(deadline)
        self._ear.start()
        self._typing.forget()
        return self._ear.state()

    async def poll(self, deadline: Deadline) -> State:  # noqa: ARG002 - nothing is asked
        """Whether it was heard since it was opened."""
        return self._ear.state()

    async def next_press(self) -> KeyPress:
        """The next key that is no digit, with the digits typed before it. Waits for ever. Raises Gone."""
        while True:
            stroke = await self._ear.next_stroke()
            await self._ear.answer(self._answer)
            if stroke.again:
                continue
            press = self._typing.press(self._meanings[str(stroke.meaning)], asyncio.get_running_loop().time())
            if press is not None:
                return press

    async def tell(self, success: bool, deadline: Deadline) -> bool:
        """Show the clerk how the last press ended; False when the caller knows no such bytes. Raises Gone, Silent."""
        message = self._outcome[success]
        if message:
            await self._ear.say(message, deadline)
        return bool(message)

    async def show_number(self, digits: str, waiting: int, deadline: Deadline) -> bool:  # noqa: ARG002 - no place for it
        """Show the called number; False without one, or on a caller that shows none.

        Raises Gone, Silent, Refused (invalid_data: more digits than it holds).
        """
        if not self._settings.number or not digits:
            return False
        if not digits.isascii() or not digits.isdigit():
            raise Refused(f"{digits!r} is no number", CompletionCode.INVALID_DATA, Remedy.NONE)
        message = number_message("number", self._settings.number, digits)
        if message is None:
            raise Refused(f"{digits} does not fit on the caller", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)
        await self._ear.say(message, deadline)
        return True

    async def close(self) -> None:
        """Release the line."""
        await self._transport.close()
