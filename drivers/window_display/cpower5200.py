"""A window display with a Lumen C-Power5200 card: one window of its panel shows one text, acknowledged by the card.

Opening asks whether the LEDs are on, and switches them on where they are not. The card has no time-out of its own:
after its box has died it goes on showing the last text.

| the card says | reason |
|---|---|
| 76: on, or switched on | none |
| 76: still off | offline |
| 7B with result 1, 2 or another | none: the verb is Garbled (our sum came wrong) or Refused |
| nothing | Silent |
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol

from drivers.contract import OFFLINE, Completion, CompletionCode, Garbled, Refused, Remedy, Silent, State, Transport
from drivers.deadline import Deadline
from drivers.framing import Cut
from drivers.gbk import plain
from drivers.window_display import cpower5200_codec as codec
from drivers.window_display.cpower5200_network import Network, Order
from drivers.window_display.transaction import Transactions

DARK = " "
SUCCESS, CHECKSUM, SEQUENCE = 0, 1, 2

Colour = Literal["red", "green", "yellow", "white"]
_COLOURS: dict[Colour, tuple[int, int, int]] = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "yellow": (255, 255, 0),
    "white": (255, 255, 255),
}
_ALIGN = {"left": 0, "centre": 1, "right": 2}


class Framing(Protocol):
    """Frames on a line: cpower5200_codec itself, or Network."""

    def encode(self, frame: codec.Frame) -> bytes:
        """As it goes over the line."""

    def scan(self, unread: bytes) -> Cut:
        """The next frame in what was read."""

    def decode(self, cut: bytes) -> codec.Frame:
        """A whole frame, checked. Raises Garbled."""


@dataclass(frozen=True, slots=True)
class CPowerSettings:
    """Options of one display.

    ``width`` and ``height`` 0: the card's own division into windows stays as it is; else opening makes the one window
    that ``x``, ``y``, ``width``, ``height`` say, in dots. ``letter``: dots of a hanzi. ``effect``, ``speed``,
    ``stay_seconds``: how a text comes and how long it stays before it comes again. ``answer_ms``: the card's own time.

    ``framing`` network: the line is the card's own network port (TCP 5200), ``id_code`` as set on the card, in hex;
    ``length_order`` of the length's bytes. A serial port behind a device server has serial frames.
    """

    address: int
    window: int = 0
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    letter: Literal[8, 12, 16, 24, 32, 40, 48, 56] = 16
    colour: Colour = "red"
    align: Literal["left", "centre", "right"] = "centre"
    effect: int = 0
    speed: int = 1
    stay_seconds: int = 3
    answer_ms: int = 300
    framing: Literal["serial", "network"] = "serial"
    id_code: str = "FFFFFFFF"
    length_order: Order = "low-first"

    def __post_init__(self) -> None:
        if not 1 <= self.address <= 254:
            raise ValueError(f"address = {self.address} → give the card's ID, 1 to 254")
        if not 0 <= self.window <= 7 or (self.width and self.window):
            raise ValueError(f"window = {self.window} → give 0 to 7; 0 where width and height make the only window")
        if bool(self.width) != bool(self.height) or not all(
            0 <= value <= 4096 for value in (self.x, self.y, self.width, self.height)
        ):
            raise ValueError("the window is empty or off every panel → give x, y, width, height in dots, or no width")
        if not 0 <= self.effect <= 255 or not 1 <= self.speed <= 100 or not 0 <= self.stay_seconds <= 3600:
            raise ValueError("effect, speed or stay_seconds is off → effect 0 to 255, speed 1 to 100, stay 0 to 3600")
        if not 10 <= self.answer_ms <= 5000:
            raise ValueError(f"answer_ms = {self.answer_ms} → give 10 to 5000")
        if not re.fullmatch("[0-9A-Fa-f]{8}", self.id_code):
            raise ValueError(f"id_code = {self.id_code!r} → give the card's four bytes in hex, as in FFFFFFFF")

    def frames(self) -> Framing:
        """How frames lie on this line."""
        if self.framing == "network":
            return Network(bytes.fromhex(self.id_code), self.length_order)
        return codec


class CPower5200:
    """A drivers.contract.WindowDisplay."""

    Settings = CPowerSettings
    family = "window_display"
    poll_seconds = 0.0

    def __init__(self, settings: CPowerSettings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport
        self._frames = settings.frames()
        self._transactions = Transactions(settings.address, transport, self._frames.scan, codec.FRAME_CAP)

    async def open(self, deadline: Deadline) -> State:
        """Open the line, light the LEDs, make the window. Raises Gone, Silent, Garbled, Refused."""
        await self._transport.open(deadline)
        try:
            state = await self.poll(deadline)
            if self._settings.width:
                await self._call(codec.split_windows(self._settings.address, (self._box(),)), deadline)
        except BaseException:
            await self._transport.close()
            raise
        return state

    async def poll(self, deadline: Deadline) -> State:
        """Ask whether the LEDs are on; where not, switch them on. Raises Gone, Silent, Garbled, Refused."""
        address = self._settings.address
        on = _is_on(await self._exchange(codec.power_query(address), deadline))
        if not on:
            on = _is_on(await self._exchange(codec.power(address, on=True), deadline))
        return State.of(*([] if on else [OFFLINE]))

    async def show(self, text: str, deadline: Deadline) -> Completion:
        """Replace what is shown; an empty text is a space. Raises one of the four.

        Garbled also when the card got our bytes wrong; Refused when the text is too long for one frame.
        """
        try:
            request = codec.pure_text(self._settings.address, self._text(plain(text) or DARK))
        except ValueError as wrong:
            what = f"display {self._settings.address}: {wrong}"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION) from None
        await self._call(request, deadline)
        return Completion(CompletionCode.SUCCESS, True, "acknowledged")

    async def close(self) -> None:
        """Release the line."""
        await self._transport.close()

    def _text(self, text: str) -> codec.PureText:
        settings = self._settings
        red, green, blue = _COLOURS[settings.colour]
        return codec.PureText(
            text=text,
            window=settings.window,
            effect=settings.effect,
            align=_ALIGN[settings.align],
            speed=settings.speed,
            stay=settings.stay_seconds,
            font=codec.SIZES[settings.letter],
            red=red,
            green=green,
            blue=blue,
        )

    def _box(self) -> codec.Box:
        settings = self._settings
        return codec.Box(settings.x, settings.y, settings.width, settings.height)

    async def _call(self, request: bytes, deadline: Deadline) -> None:
        answer = await self._exchange(request, deadline)
        address, result = self._settings.address, answer.mark
        if result == CHECKSUM:
            raise Garbled(f"display {address} received a wrong sum")
        if result == SEQUENCE:
            what = f"display {address} refused: packet sequence ({result})"
            raise Refused(what, CompletionCode.SEQUENCE_ERROR, Remedy.RESET)
        if result != SUCCESS:
            what = f"display {address} refused: an unknown error ({result})"
            raise Refused(what, CompletionCode.INTERNAL_ERROR, Remedy.MAINTENANCE)

    async def _exchange(self, request: bytes, deadline: Deadline) -> codec.Frame:
        asked = codec.decode(request)

        def understood(cut: bytes) -> codec.Frame | None:
            """The answer; old firmware marks it as a request, which is then told from an echo by its content."""
            frame = self._frames.decode(cut)
            same = (frame.card, frame.command) == (asked.card, asked.command)
            return frame if same and frame != asked else None

        try:
            return await self._transactions.ask(
                self._frames.encode(asked),
                understood,
                answer_size=codec.ANSWER_SIZE,
                answer_seconds=self._settings.answer_ms / 1000,
                deadline=deadline,
            )
        except Silent:
            if count := self._transactions.dropped:
                raise Garbled(f"display {asked.card}: {count} bytes that are no answer") from None
            raise


def _is_on(answer: codec.Frame) -> bool:
    """Command 76 answers what was asked (01 query, 00 set) and how it now is. Raises Garbled."""
    if len(answer.data) < 2:
        raise Garbled(f"no power state: {answer.data.hex(' ')}")
    return answer.data[1] != 0
