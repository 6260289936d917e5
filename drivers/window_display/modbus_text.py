"""A window display that takes text into Modbus-RTU holding registers; where they lie is settings.

Only function 10 is used, so that a display needs to know no other: opening makes it dark, a poll writes again what is
shown. Nothing makes it forget: after its box has died it goes on showing the last text.

| the display says | reason |
|---|---|
| 10, the same registers | none: it has obeyed |
| 90 and a code | none: the verb is Refused, see EXCEPTIONS |
| bytes with a wrong CRC | Garbled |
| nothing | Silent |
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.contract import Completion, CompletionCode, Garbled, Refused, Remedy, Silent, State, Transport
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
    """Options of one display: ``registers`` from ``start`` on hold its text, two bytes of GBK each, in ``order``."""

    address: int
    start: int = 0
    registers: int = 16
    order: codec.Order = "high-first"
    answer_ms: int = 300

    def __post_init__(self) -> None:
        if not 1 <= self.address <= 247:
            raise ValueError(f"address = {self.address} → give the display's Modbus address, 1 to 247")
        if not 1 <= self.registers <= codec.REGISTERS_CAP or not 0 <= self.start <= 0x10000 - self.registers:
            what = f"registers = {self.registers} from start = {self.start}"
            raise ValueError(f"{what} → give 1 to {codec.REGISTERS_CAP} registers that end at 65535 or before")
        if not 10 <= self.answer_ms <= 5000:
            raise ValueError(f"answer_ms = {self.answer_ms} → give 10 to 5000")


class ModbusText:
    """A drivers.contract.WindowDisplay."""

    Settings = ModbusTextSettings
    family = "window_display"
    poll_seconds = 0.0

    def __init__(self, settings: ModbusTextSettings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport
        self._transactions = Transactions(
            settings.address, transport, codec.scan, codec.FRAME_CAP, silence=codec.SILENT_CHARACTERS
        )
        self._shown = ""

    async def open(self, deadline: Deadline) -> State:
        """Open the line and make the display dark. Raises Gone, Silent, Garbled, Refused."""
        await self._transport.open(deadline)
        self._shown = ""
        try:
            return await self.poll(deadline)
        except BaseException:
            await self._transport.close()
            raise

    async def poll(self, deadline: Deadline) -> State:
        """Write again what is shown. Raises Gone, Silent, Garbled, Refused."""
        await self._send(self._shown, deadline)
        return State.of()

    async def show(self, text: str, deadline: Deadline) -> Completion:
        """Replace what is shown; an empty text is all spaces. Raises one of the four.

        Refused also when the text is longer than the registers: half a wording would mislead.
        """
        wanted = plain(text)
        await self._send(wanted, deadline)
        self._shown = wanted
        return Completion(CompletionCode.SUCCESS, True, "acknowledged")

    async def close(self) -> None:
        """Release the line."""
        await self._transport.close()

    async def _send(self, text: str, deadline: Deadline) -> None:
        settings = self._settings
        try:
            request = codec.write_text(settings.address, settings.start, settings.registers, text, settings.order)
        except ValueError as wrong:
            what = f"display {settings.address}: {wrong}"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION) from None
        answer = await self._asked(request, deadline)
        if isinstance(answer, codec.Exceptional):
            what, code, remedy = EXCEPTIONS.get(answer.code, _UNKNOWN)
            raise Refused(f"display {settings.address} refused: {what} ({answer.code})", code, remedy)
        if (answer.start, answer.registers) != (settings.start, settings.registers):
            raise Garbled(f"display {settings.address} took {answer.registers} registers from {answer.start}")

    async def _asked(self, request: bytes, deadline: Deadline) -> codec.Answer:
        try:
            return await self._transactions.ask(
                request,
                self._understood,
                answer_size=codec.ANSWER_SIZE,
                answer_seconds=self._settings.answer_ms / 1000,
                deadline=deadline,
            )
        except Silent:
            if count := self._transactions.dropped:
                raise Garbled(f"display {self._settings.address}: {count} bytes that are no answer") from None
            raise

    def _understood(self, frame: bytes) -> codec.Answer | None:
        answer = codec.decode(frame)
        return answer if answer.address == self._settings.address else None
