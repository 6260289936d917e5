"""A window display that takes text into Modbus-RTU holding registers; where they lie is settings.

Opening makes it dark. A display that answers function 03 is asked at each poll what stands in its registers; one that
does not is sent again what is shown. Nothing makes it forget: after its box has died it goes on showing the last text.

| the display says | reason |
|---|---|
| 10, the same registers | none: it has obeyed |
| 03, what was written | none |
| 03, anything else: another program wrote, or it started anew | foreign-text |
| 90 or 83 and a code | none: the verb is Refused, see EXCEPTIONS |
| bytes with a wrong CRC | Garbled |
| nothing | Silent |
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from drivers.contract import (
    FOREIGN_TEXT,
    Completion,
    CompletionCode,
    Garbled,
    Refused,
    Remedy,
    Silent,
    State,
    Transport,
)
from drivers.deadline import Deadline
from drivers.gbk import plain
from drivers.window_display import modbus_text_codec as codec
from drivers.window_display.transaction import Transactions

EXCEPTIONS: dict[int, tuple[str, CompletionCode, Remedy]] = {
    1: ("illegal function", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),
    2: ("illegal register", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION),
    3: ("illegal value", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION),
    4: ("device failure", CompletionCode.HARDWARE_ERROR, Remedy.MAINTENANCE),
    5: ("acknowledged, not done", CompletionCode.DEVICE_NOT_READY, Remedy.NONE),
    6: ("busy", CompletionCode.DEVICE_NOT_READY, Remedy.NONE),
    8: ("memory parity", CompletionCode.HARDWARE_ERROR, Remedy.MAINTENANCE),
}
"""Exception codes: what, how the verb ended, what would mend it (Modbus application protocol, §7)."""

_UNKNOWN = ("an unknown exception", CompletionCode.INTERNAL_ERROR, Remedy.MAINTENANCE)


@dataclass(frozen=True, slots=True)
class ModbusTextSettings:
    """Options of one display: ``registers`` from ``start`` on hold its text, two bytes of GBK each, in ``order``.

    ``read_back_seconds``: how often they are read and compared; 0 for a display that must not be asked.
    """

    address: int
    start: int = 0
    registers: int = 16
    order: codec.Order = "high-first"
    answer_ms: int = 300
    read_back_seconds: int = 30

    def __post_init__(self) -> None:
        if not 1 <= self.address <= 247:
            raise ValueError(f"address = {self.address} → give the display's Modbus address, 1 to 247")
        if not 1 <= self.registers <= codec.REGISTERS_CAP or not 0 <= self.start <= 0x10000 - self.registers:
            what = f"registers = {self.registers} from start = {self.start}"
            raise ValueError(f"{what} → give 1 to {codec.REGISTERS_CAP} registers that end at 65535 or before")
        if not 10 <= self.answer_ms <= 5000:
            raise ValueError(f"answer_ms = {self.answer_ms} → give 10 to 5000")
        if not 0 <= self.read_back_seconds <= 3600:
            raise ValueError(f"read_back_seconds = {self.read_back_seconds} → give 1 to 3600, or 0 for never")


class ModbusText:
    """A drivers.contract.WindowDisplay."""

    Settings = ModbusTextSettings
    family = "window_display"

    def __init__(self, settings: ModbusTextSettings, transport: Transport) -> None:
        self.poll_seconds = 0.0
        self._settings = settings
        self._transport = transport
        self._transactions = Transactions(
            settings.address, transport, codec.scan, codec.FRAME_CAP, silence=codec.SILENT_CHARACTERS
        )
        self._shown = ""
        self._written_at = 0.0
        self._may_stand: set[str] = set()
        """What the registers hold as far as is known: an answer that was lost leaves both texts possible."""

    async def open(self, deadline: Deadline) -> State:
        """Open the line, make the display dark, find out whether it can be read. Raises one of the four."""
        await self._transport.open(deadline)
        self._shown, self._may_stand = "", set()
        self.poll_seconds = 0.0
        try:
            await self._write("", deadline)
            if self._settings.read_back_seconds and await self._can_be_read(deadline):
                self.poll_seconds = float(self._settings.read_back_seconds)
        except BaseException:
            await self._transport.close()
            raise
        return State.of()

    async def poll(self, deadline: Deadline) -> State:
        """Compare what stands there with what was written, or write it again. Raises one of the four."""
        if not self.poll_seconds:
            await self._write(self._shown, deadline)
            return State.of()
        if len(self._may_stand) == 1 and _now() - self._written_at < self.poll_seconds / 2:
            return State.of()  # acknowledged just now: a line with many displays is not kept busy to hear it again
        stands = await self._read(deadline)
        ours = {self._laid_out(text) for text in self._may_stand}
        return State.of(*([] if stands in ours else [FOREIGN_TEXT]))

    async def show(self, text: str, deadline: Deadline) -> Completion:
        """Replace what is shown; an empty text is all spaces. Raises one of the four.

        Refused also when the text is longer than the registers: half a wording would mislead.
        """
        await self._write(plain(text), deadline)
        return Completion(CompletionCode.SUCCESS, True, "acknowledged")

    async def close(self) -> None:
        """Release the line."""
        await self._transport.close()

    async def _write(self, text: str, deadline: Deadline) -> None:
        settings = self._settings
        self._laid_out(text)
        self._may_stand.add(text)
        request = codec.write_text(settings.address, settings.start, settings.registers, text, settings.order)
        answer = await self._asked(request, codec.WRITE_REGISTERS, codec.ANSWER_SIZE, deadline)
        if not isinstance(answer, codec.Written) or answer != self._as_asked():
            raise Garbled(f"display {settings.address} took other registers: {answer}")
        self._shown, self._may_stand, self._written_at = text, {text}, _now()

    async def _read(self, deadline: Deadline) -> bytes:
        settings = self._settings
        request = codec.read_text(settings.address, settings.start, settings.registers)
        size = codec.held_size(settings.registers)
        answer = await self._asked(request, codec.READ_REGISTERS, size, deadline)
        if not isinstance(answer, codec.Held) or len(answer.data) != settings.registers * 2:
            raise Garbled(f"display {settings.address} gave other registers")
        return answer.data

    async def _can_be_read(self, deadline: Deadline) -> bool:
        """Asked twice where nothing comes: an answer may be lost on the line. Raises Gone."""
        for _ in range(2):
            try:
                await self._read(deadline)
            except (Silent, Garbled):
                continue
            except Refused:
                return False
            return True
        return False

    def _laid_out(self, text: str) -> bytes:
        try:
            return codec.laid_out(text, self._settings.registers, self._settings.order)
        except ValueError as wrong:
            what = f"display {self._settings.address}: {wrong}"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION) from None

    def _as_asked(self) -> codec.Written:
        return codec.Written(self._settings.address, self._settings.start, self._settings.registers)

    async def _asked(self, request: bytes, function: int, size: int, deadline: Deadline) -> codec.Answer:
        """The answer to this function. Raises one of the four."""
        address = self._settings.address

        def understood(frame: bytes) -> codec.Answer | None:
            """This display's answer to this function; None for another's, and for a late one to another question."""
            heard = codec.decode(frame)
            return heard if heard.address == address and frame[1] & ~codec.REFUSED == function else None

        try:
            answer: codec.Answer = await self._transactions.ask(
                request,
                understood,
                answer_size=size,
                answer_seconds=self._settings.answer_ms / 1000,
                deadline=deadline,
            )
        except Silent:
            if count := self._transactions.dropped:
                raise Garbled(f"display {address}: {count} bytes that are no answer") from None
            raise
        if isinstance(answer, codec.Exceptional):
            what, code, remedy = EXCEPTIONS.get(answer.code, _UNKNOWN)
            raise Refused(f"display {address} refused: {what} ({answer.code})", code, remedy)
        return answer


def _now() -> float:
    return asyncio.get_running_loop().time()
