"""Display cards of the simulators at the far end of a Line: the device's own side of each protocol, in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast

from drivers.contract import WindowDisplay
from drivers.window_display.alpha_sign import AlphaSign, AlphaSignSettings
from drivers.window_display.cpower5200 import CPower5200, CPowerSettings
from drivers.window_display.modbus_text import ModbusText, ModbusTextSettings
from drivers.window_display.onbon_bx5e import OnbonBitmapSettings, OnbonBx5e
from drivers.window_display.strip_a090 import StripA090, StripSettings
from drivers.window_display.template_display import TemplateDisplay, TemplateSettings
from drivers.window_display.vfd_2x20 import Vfd2x20, Vfd2x20Settings
from simulators.displays import cpower_frame, modbus, onbon_bitmap, strip
from simulators.displays.dots import Panel
from simulators.displays.kinds import kind_named
from simulators.line import SharedWire
from tests.drivers.devices import nowhere
from tests.drivers.line import Line

PANEL = Panel(width=160, height=16, unit=1)


class _Speed:
    """As much of a simulated line as a reader of frames asks for."""

    byte_seconds = 10 / 9600


class Panelled:
    """One simulated display, spoken to without a pty."""

    def __init__(self, kind: str, address: int = 3, *, think_seconds: float = 0.005, **options: Any) -> None:
        self.say: Callable[[bytes], None] = nowhere
        self.think_seconds = think_seconds
        self.silent = self.echoing = self.spoiling = False
        self.replies: list[bytes] = []
        """What it says in place of its own answers, one after the other; empty bytes: nothing."""
        self.garbled = 0
        self._kind = kind_named(kind, **options)
        self._reader = self._kind.reader(cast("SharedWire", _Speed()))
        self.display = self._kind.display(address, PANEL, lambda: None)

    def forget(self) -> None:
        """A frame begun: its host has been cut off."""
        self._reader = self._kind.reader(cast("SharedWire", _Speed()))

    def hear(self, data: bytes) -> None:
        if self.echoing:
            self.say(data)
        loop = asyncio.get_running_loop()
        for byte in data:
            frame = self._reader.feed(byte, loop.time())
            if frame is None or self.silent or not self.display.meant(frame):
                continue
            reply = self.display.obey(frame, loop.time(), alone=True, spoil=self.spoiling)
            self.garbled += reply.garbled
            answer = self.replies.pop(0) if self.replies else reply.answer
            if answer:
                loop.call_later(self.think_seconds, self.say, answer)


def _nothing(address: int) -> bytes:
    raise AssertionError(f"display {address} never answers")


@dataclass(frozen=True)
class Model:
    """One driver with the simulated card that it is for, and what such a card says when it has obeyed.

    ``call``: a wording that it can show. ``tells``: whether its answer tells whose it is.
    """

    name: str
    kind: str
    build: Callable[[Line], WindowDisplay]
    obeyed: Callable[[int], bytes] = _nothing
    call: str = "请A001号到3号窗口"
    tells: bool = True


def _onbon(series: Literal[5, 6]) -> Callable[[Line], WindowDisplay]:
    return lambda line: OnbonBx5e(OnbonBitmapSettings(3, width=160, series=series), line)


NAMELESS: dict[str, Any] = {
    "frame": "7E ({address} 31 {length-high} <{text}>) {checksum-low} 7F",
    "address": 3,
    "checksum": "sum16",
}
OBEYED = "7E ({address} B1) {checksum-low} 7F"
SINGLE = Model("single", "strip-single", lambda line: StripA090(StripSettings(3, form="single-colour"), line))
ANSWERING = [
    Model("bx5e", "onbon-bx5e", _onbon(5), lambda address: onbon_bitmap.answer(address, 0)),
    Model("bx6e", "onbon-bx6e", _onbon(6), lambda address: onbon_bitmap.answer(address, 0)),
    Model(
        "cpower",
        "cpower5200",
        lambda line: CPower5200(CPowerSettings(3), line),
        lambda address: cpower_frame.answer(address, 0x7B, 0, bytes(4)),
    ),
    Model("strip", "strip-a090", lambda line: StripA090(StripSettings(3), line), strip.answer),
    Model(
        "modbus",
        "modbus-text",
        lambda line: ModbusText(ModbusTextSettings(3), line),
        lambda address: modbus.said(bytes((address, 0x10, 0, 0, 0, 16))),
    ),
    Model(
        "template",
        "nameless",
        lambda line: TemplateDisplay(TemplateSettings(**NAMELESS, answer=OBEYED, answer_checksum="sum16"), line),
        lambda address: bytes((0x7E, address, 0xB1)) + (address + 0xB1).to_bytes(2, "little") + b"\x7f",
    ),
    Model(
        "alpha",
        "alpha-sign",
        lambda line: AlphaSign(AlphaSignSettings(3, answers="ack"), line),
        lambda address: b"\x06",  # whoever says it
        call="A001 to 3",
        tells=False,
    ),
]
ONE_WAY = [
    SINGLE,
    Model("template one-way", "nameless", lambda line: TemplateDisplay(TemplateSettings(**NAMELESS), line)),
    Model("alpha one-way", "alpha-sign", lambda line: AlphaSign(AlphaSignSettings(3), line), call="A001 to 3"),
    Model("vfd cd5220", "vfd-cd5220", lambda line: Vfd2x20(Vfd2x20Settings(), line), call="A001 to 3"),
    Model("vfd epson", "vfd-epson", lambda line: Vfd2x20(Vfd2x20Settings(mode="epson"), line), call="A001 to 3"),
]
MODELS = [*ANSWERING, *ONE_WAY]
