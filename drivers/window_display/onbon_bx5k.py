"""A window display with an Onbon BX-5K font card: shows one line of text, acknowledged by the card.

Every area is sent with the card's own time-out, so that a window whose box has died goes dark. Who drives the
display sends the text again in time: that renewal is also the health check, so the driver is not polled. On a network
a card listens at TCP 5005 and UDP 5007, for the same frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.contract import Completion, CompletionCode, State, Transport
from drivers.deadline import Deadline
from drivers.window_display import onbon_bx5k_codec as codec
from drivers.window_display.onbon_card import OnbonCard

_ALIGN = {"left": 0, "right": 1, "centre": 2}


@dataclass(frozen=True, slots=True)
class OnbonSettings:
    """Options of one display. x, y, width, height in dots, converted to what this card takes for x and width.

    ``unit`` dots: the number itself (field capture); bytes8: eighths (the document, without bit 15); dots15: dots with
    bit 15 set (the document). ``timeout_seconds``: the card goes dark by itself. ``answer_ms``: the card's own time.
    """

    address: int
    x: int = 0
    y: int = 0
    width: int = 64
    height: int = 16
    unit: Literal["dots", "bytes8", "dots15"] = "dots"
    area: int = 0
    align: Literal["left", "centre", "right"] = "centre"
    timeout_seconds: int = 120
    device_type: int = 0xFE
    answer_ms: int = 300

    def __post_init__(self) -> None:
        if not 1 <= self.address <= codec.WILDCARD:
            raise ValueError(f"address = {self.address} → give the screen number set on the card, 1 to 65534")
        if self.unit == "bytes8" and (self.x % 8 or self.width % 8):
            raise ValueError(f"x = {self.x}, width = {self.width} → give multiples of 8, as unit bytes8 needs")
        if not (1 <= self.width <= 4096 and 1 <= self.height <= 4096 and 0 <= self.x < 4096 and 0 <= self.y < 4096):
            raise ValueError("the area is empty or off every panel → give x, y, width, height in dots")
        if not 1 <= self.timeout_seconds <= 3600 or not 10 <= self.answer_ms <= 5000:
            raise ValueError("a waiting time is off → timeout_seconds 1 to 3600, answer_ms 10 to 5000")
        if not 0 <= self.area <= 31 or not 0 <= self.device_type <= 0xFF:
            raise ValueError("area or device_type is off → area 0 to 31, device_type 0 to 255 (254 fits any card)")


class OnbonBx5k:
    """A drivers.contract.WindowDisplay."""

    Settings = OnbonSettings
    family = "window_display"
    by_datagram = True
    poll_seconds = 0.0

    def __init__(self, settings: OnbonSettings, transport: Transport) -> None:
        self._settings = settings
        ping = codec.request(codec.PING, settings.address, settings.device_type)
        self._card = OnbonCard(settings.address, settings.answer_ms, ping, transport, codec)

    async def open(self, deadline: Deadline) -> State:
        """Open the line and ping the card. Raises Gone, Silent, Garbled, Refused."""
        return await self._card.open(deadline)

    async def poll(self, deadline: Deadline) -> State:
        """Ping (A2 00). Raises Gone, Silent, Garbled, Refused."""
        return await self._card.ping(deadline)

    async def show(self, text: str, deadline: Deadline) -> Completion:
        """Replace what is shown; an empty text deletes the area. Raises one of the four.

        Garbled also when the card got our bytes wrong; Refused with remedy none when it is busy: send again.
        """
        settings = self._settings
        if text:
            request = codec.show_area(_area(text, settings), settings.address, settings.device_type)
        else:
            request = codec.delete_area(settings.area, settings.address, settings.device_type)
        await self._card.ask(request, deadline)
        return Completion(CompletionCode.SUCCESS, True, "acknowledged")

    async def close(self) -> None:
        """Release the line."""
        await self._card.close()


def _area(text: str, settings: OnbonSettings) -> codec.Area:
    return codec.Area(
        text=text.replace("\\", "＼"),  # a backslash would begin a colour or font change
        area=settings.area,
        x=_horizontal(settings.x, settings.unit),
        y=settings.y,
        width=_horizontal(settings.width, settings.unit),
        height=settings.height,
        run_mode=2,  # loop, then vanish at the time-out
        timeout_seconds=settings.timeout_seconds,
        align=_ALIGN[settings.align],
        stay=10,
    )


def _horizontal(dots: int, unit: Literal["dots", "bytes8", "dots15"]) -> int:
    return {"dots": dots, "bytes8": dots // 8, "dots15": dots | 0x8000}[unit]
