"""A clerk's caller of the FF 68 family on RS-485: keys in, number and waiting count out."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.caller import ff68_codec as codec
from drivers.contract import CompletionCode, KeyPress, Refused, Remedy, State, Transport
from drivers.deadline import Deadline
from drivers.ff68_ear import REPEAT_MS, Ear


@dataclass(frozen=True, slots=True)
class CallerSettings:
    """``address`` 1 to 127. ``repeat_ms``: the same frame again within this is the same press."""

    address: int
    repeat_ms: int = REPEAT_MS

    def __post_init__(self) -> None:
        if not 1 <= self.address <= 127:
            raise ValueError(f"address = {self.address} → callers have 1 to 127 (128 and above are rating keypads)")
        if not 0 <= self.repeat_ms <= 5000:
            raise ValueError(f"repeat_ms = {self.repeat_ms} → give 0 to 5000")


class Ff68Caller:
    """A drivers.contract.Caller. Polling asks nothing of the line; it tells whether the caller was ever heard."""

    Settings = CallerSettings
    family = "caller"
    poll_seconds = 10.0

    def __init__(self, settings: CallerSettings, transport: Transport) -> None:
        self._address = settings.address
        self._transport = transport
        self._ear = Ear(transport, settings.address, settings.repeat_ms / 1000)

    async def open(self, deadline: Deadline) -> State:
        """Open the line; the caller itself cannot be asked. Raises Gone, Silent."""
        await self._transport.open(deadline)
        self._ear.start()
        return self._ear.state()

    async def poll(self, deadline: Deadline) -> State:  # noqa: ARG002 - nothing is asked
        """Whether it was heard since it was opened."""
        return self._ear.state()

    async def next_press(self) -> KeyPress:
        """The next press, acknowledged by its echo. Waits for ever. Raises Gone."""
        while True:
            frame = await self._ear.next_frame()
            press = codec.press(frame)
            if press is None:
                continue
            fresh = self._ear.is_new(frame)
            if await self._ear.acknowledge(frame, frame.encode()) and fresh:
                return press

    async def tell(self, success: bool, deadline: Deadline) -> bool:
        """Show the clerk that the last press worked, or not; True: it can. Raises Gone, Silent."""
        return await self._send(codec.tell(self._address, success), deadline)

    async def show_number(self, digits: str, waiting: int, deadline: Deadline) -> bool:
        """Show the called number and how many wait; True: it can. Raises Gone, Silent, Refused (invalid_data)."""
        try:
            frame = codec.show_number(self._address, digits, waiting)
        except ValueError as wrong:
            raise Refused(str(wrong), CompletionCode.INVALID_DATA, Remedy.NONE) from None
        return await self._send(frame, deadline)

    async def close(self) -> None:
        """Release the line."""
        await self._transport.close()

    async def _send(self, frame: bytes, deadline: Deadline) -> bool:
        async with deadline.limit("the line is not free"), self._transport.turn():
            await self._transport.write(frame, deadline)
        return True
