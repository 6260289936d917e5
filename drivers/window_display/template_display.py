"""A window display whose frame is written down in the settings: for makers who have published no protocol.

    [device.options]
    frame = "A0 90 ({address} A5 {length-high} <{text}>) {checksum}"    see template_codec
    checksum = "xor"
    after_letter = "01"
    answer = "A0 90 {address} A5 AA"

Opening makes the display dark, a poll sends again what is shown. Nothing makes it forget: after its box has died it
goes on showing the last text. What is in no ``answer`` cannot be told: such a display's refusal is its silence.

| the display says | reason |
|---|---|
| ``answer`` | none: it has obeyed |
| something else, or nothing | Silent |
| ``answer`` is empty | status-unknown: nobody knows what it would say |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from drivers.contract import STATUS_UNKNOWN, Completion, CompletionCode, Refused, Remedy, State, Transport
from drivers.deadline import Deadline
from drivers.gbk import letters, plain
from drivers.window_display import template_codec as codec
from drivers.window_display.ascii_letters import ascii_letters
from drivers.window_display.transaction import Transactions

DARK = " "


@dataclass(frozen=True, slots=True)
class TemplateSettings:
    """Options of one display.

    ``checksum`` and ``answer_checksum``: of what is sent, of what is said. ``text_bytes``: {text} is filled up to so
    many; 0: as long as it is. ``after_letter``: bytes in hex behind every letter, such as its colour. ``letters``: what
    the display can show. ``answer_ms``: the display's own time.
    """

    frame: str
    address: int = 0
    checksum: codec.Kind = "none"
    text_bytes: int = 0
    after_letter: str = ""
    letters: Literal["gbk", "ascii"] = "gbk"
    answer: str = ""
    answer_checksum: codec.Kind = "none"
    answer_ms: int = 300

    def __post_init__(self) -> None:
        if not 0 <= self.text_bytes <= codec.TEXT_CAP:
            raise ValueError(f"text_bytes = {self.text_bytes} → give 1 to {codec.TEXT_CAP}, or 0")
        if not 10 <= self.answer_ms <= 5000:
            raise ValueError(f"answer_ms = {self.answer_ms} → give 10 to 5000")
        try:
            bytes.fromhex(self.after_letter)
        except ValueError:
            raise ValueError(f"after_letter = {self.after_letter!r} → give bytes in hex, such as 01") from None
        if self.text_bytes and self.after_letter:
            raise ValueError("text_bytes with after_letter: nobody knows what fills up → give one of them")
        request = self.request()
        try:
            request.fill(self.address)
        except (ValueError, OverflowError):
            raise ValueError(f"address = {self.address} → give one that the frame has room for") from None
        self.obeyed()

    def request(self) -> codec.Template:
        """The frame that shows a text. Raises ValueError, "what → remedy"."""
        return _of("frame", lambda: codec.request(self.frame, self.checksum, self.text_bytes))

    def obeyed(self) -> codec.Template | None:
        """What the display says when it has obeyed; None where that is not known. Raises ValueError."""
        if not self.answer:
            return None
        return _of("answer", lambda: codec.answer(self.answer, self.answer_checksum))


def _of(option: str, build: Callable[[], codec.Template]) -> codec.Template:
    try:
        return build()
    except ValueError as wrong:
        raise ValueError(f"{option} : {wrong}") from None


class TemplateDisplay:
    """A drivers.contract.WindowDisplay."""

    Settings = TemplateSettings
    family = "window_display"
    poll_seconds = 0.0

    def __init__(self, settings: TemplateSettings, transport: Transport) -> None:
        self.ascii_only = settings.letters == "ascii"
        self._settings = settings
        self._transport = transport
        self._request = settings.request()
        self._obeyed = settings.obeyed()
        scan = (self._obeyed or self._request).scan
        self._transactions = Transactions(settings.address, transport, scan, codec.FRAME_CAP)
        self._shown = DARK

    async def open(self, deadline: Deadline) -> State:
        """Open the line and make the display dark. Raises Gone, Silent."""
        await self._transport.open(deadline)
        self._shown = DARK
        try:
            return await self.poll(deadline)
        except BaseException:
            await self._transport.close()
            raise

    async def poll(self, deadline: Deadline) -> State:
        """Send again what is shown. Raises Gone, Silent."""
        completion = await self._send(self._shown, deadline)
        return State.of(*([] if completion.confirmed else [STATUS_UNKNOWN]))

    async def show(self, text: str, deadline: Deadline) -> Completion:
        """Replace what is shown. Raises one of the four; Refused when the text does not fit into the frame.

        Where no answer is known the completion is not confirmed, its evidence that the bytes were written.
        """
        wanted = text or DARK
        completion = await self._send(wanted, deadline)
        self._shown = wanted
        return completion

    async def close(self) -> None:
        """Release the line."""
        await self._transport.close()

    async def _send(self, text: str, deadline: Deadline) -> Completion:
        settings = self._settings
        try:
            request = self._request.fill(settings.address, self._coded(text))
        except ValueError as wrong:
            what = f"display {settings.address}: {wrong}"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION) from None
        if self._obeyed is None:
            async with self._transport.turn():
                self._transport.discard()
                await self._transport.write(request, deadline)
            return Completion(CompletionCode.SUCCESS, None, "written")
        await self._transactions.ask(
            request,
            self._is_ours,
            answer_size=self._obeyed.fixed,
            answer_seconds=settings.answer_ms / 1000,
            deadline=deadline,
        )
        return Completion(CompletionCode.SUCCESS, True, "acknowledged")

    def _coded(self, text: str) -> bytes:
        after = bytes.fromhex(self._settings.after_letter)
        if self.ascii_only:
            return b"".join(bytes((letter,)) + after for letter in ascii_letters(text, codec.TEXT_CAP))
        return b"".join(letter + after for letter in letters(plain(text)))

    def _is_ours(self, frame: bytes) -> bool | None:
        """None: another display's."""
        said_by, _ = self._obeyed.read(frame) if self._obeyed else (None, b"")
        return True if said_by in (None, self._settings.address) else None
