"""An Alpha sign (BetaBrite and relatives): one text file that stands or rotates; it knows no Chinese letters.

Opening divides the sign's memory, unless the settings leave that to somebody else, and makes it dark; a poll writes
again what is shown. Whether a sign answers is its own: where ``answers`` says "none", a text is written and no more.

| the sign says | reason |
|---|---|
| 06 | none: it has obeyed |
| 15 | none: the verb is Garbled, so that it is sent again and, still refused, the sign's memory divided anew |
| nothing, ``answers = "ack"`` | Silent |
| nothing, ``answers = "none"`` | status-unknown: it never says anything |
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from drivers.contract import STATUS_UNKNOWN, Completion, CompletionCode, Garbled, Refused, Remedy, State, Transport
from drivers.deadline import Deadline
from drivers.window_display import alpha_sign_codec as codec
from drivers.window_display.ascii_letters import ascii_letters
from drivers.window_display.transaction import Transactions

DARK = " "


@dataclass(frozen=True, slots=True)
class AlphaSignSettings:
    """Options of one sign.

    ``address`` 0: every sign of the line. ``sign_type``: a letter of the maker's, Z all. ``memory``: bytes of the text
    file that opening makes; 0: the sign's memory is divided already. ``checksum``: newer signs alone take it. ``bits``:
    what the line carries. ``answers``: whether the sign acknowledges. ``answer_ms``: the sign's own time;
    ``settle_ms``: what dividing its memory may take it, which is in no source.
    """

    address: int = 0
    sign_type: str = codec.ALL_SIGNS
    file: str = "A"
    memory: int = 256
    mode: codec.Mode = "hold"
    position: codec.Position = "fill"
    checksum: bool = True
    bits: Literal["7E1", "8N1"] = "7E1"
    answers: Literal["none", "ack"] = "none"
    answer_ms: int = 300
    settle_ms: int = 300

    def __post_init__(self) -> None:
        if not 0 <= self.address <= 255:
            raise ValueError(f"address = {self.address} → give the sign's address, 1 to 255, or 0 for every sign")
        for name, letter in (("sign_type", self.sign_type), ("file", self.file)):
            if len(letter) != 1 or not "!" <= letter <= "~":
                raise ValueError(f"{name} = {letter!r} → give one ASCII letter")
        if not 0 <= self.memory <= codec.TEXT_CAP:
            raise ValueError(f"memory = {self.memory} → give 1 to {codec.TEXT_CAP} bytes, or 0 to leave it as it is")
        if self.answers == "ack" and self.address == 0:
            raise ValueError(
                'answers = "ack" from every sign at once → give the address of one sign, or answers "none"'
            )
        if not 10 <= self.answer_ms <= 5000:
            raise ValueError(f"answer_ms = {self.answer_ms} → give 10 to 5000")
        if not 0 <= self.settle_ms <= 2000:
            raise ValueError(f"settle_ms = {self.settle_ms} → give 0 to 2000")


class AlphaSign:
    """A drivers.contract.WindowDisplay."""

    Settings = AlphaSignSettings
    family = "window_display"
    poll_seconds = 0.0
    ascii_only = True

    def __init__(self, settings: AlphaSignSettings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport
        self._transactions = Transactions(settings.address, transport, codec.scan, codec.ANSWER_CAP)
        self._shown = DARK

    async def open(self, deadline: Deadline) -> State:
        """Open the line, divide the memory, make the sign dark. Raises Gone, Silent, Garbled."""
        await self._transport.open(deadline)
        self._shown = DARK
        try:
            if self._settings.memory:
                await self._divide(deadline)
            return await self.poll(deadline)
        except BaseException:
            await self._transport.close()
            raise

    async def poll(self, deadline: Deadline) -> State:
        """Write again what is shown. Raises Gone, Silent, Garbled."""
        completion = await self._write(self._shown, deadline)
        return State.of(*([] if completion.confirmed else [STATUS_UNKNOWN]))

    async def show(self, text: str, deadline: Deadline) -> Completion:
        """Replace what is shown. Raises one of the four; Refused for what is no ASCII or longer than the file.

        Of a sign that does not answer the completion is not confirmed, its evidence that the bytes were written.
        """
        wanted = text or DARK
        completion = await self._write(wanted, deadline)
        self._shown = wanted
        return completion

    async def close(self) -> None:
        """Release the line."""
        await self._transport.close()

    async def _divide(self, deadline: Deadline) -> None:
        settings = self._settings
        await self._send(codec.set_memory(settings.file, settings.memory), deadline)
        async with deadline.limit(f"display {settings.address} has no time to divide its memory"):
            await asyncio.sleep(settings.settle_ms / 1000)

    async def _write(self, text: str, deadline: Deadline) -> Completion:
        settings = self._settings
        room = settings.memory or codec.TEXT_CAP
        try:
            letters = ascii_letters(text, room)
        except ValueError as wrong:
            what = f"display {settings.address}: {wrong}"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION) from None
        command = codec.write_text(settings.file, letters, settings.mode, settings.position)
        return await self._send(command, deadline)

    async def _send(self, command: bytes, deadline: Deadline) -> Completion:
        settings = self._settings
        packet = codec.Packet(command, f"{settings.address:02X}", settings.sign_type, settings.checksum)
        request = codec.encode(packet)
        if settings.bits == "7E1":
            request = codec.seven_even(request)
        if settings.answers == "none":
            async with self._transport.turn():
                self._transport.discard()
                await self._transport.write(request, deadline)
            return Completion(CompletionCode.SUCCESS, None, "written")
        taken = await self._transactions.ask(
            request,
            codec.obeyed,
            answer_size=codec.ANSWER_SIZE,
            answer_seconds=settings.answer_ms / 1000,
            deadline=deadline,
        )
        if not taken:
            raise Garbled(f"display {settings.address} has not taken what it was sent")
        return Completion(CompletionCode.SUCCESS, True, "acknowledged")
