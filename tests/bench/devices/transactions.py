"""One transaction of each protocol over a pty at the line's own speed: what the driver adds to the wire and the device.

A ratio is (elapsed - what the device itself takes) ÷ what the bytes take on the wire. The device's own time is the
simulator's and known: a card that turns its RS-485 driver round, a module that finds a card, paper that moves.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.contract import DeviceFault, IdCard, QrCode, TextLine
from drivers.contract.printing import Feed
from drivers.deadline import Deadline
from drivers.id_card.sdt import SdtReader, SdtSettings
from drivers.rating_keypad.ff68 import Ff68Keypad, KeypadSettings
from drivers.ticket_printer.escpos import EscPosPrinter, EscPosSettings
from drivers.window_display.alpha_sign import AlphaSign, AlphaSignSettings
from drivers.window_display.cpower5200 import CPower5200, CPowerSettings
from drivers.window_display.modbus_text import ModbusText, ModbusTextSettings
from drivers.window_display.onbon_bx5e import OnbonBitmapSettings, OnbonBx5e
from drivers.window_display.onbon_bx5k import OnbonBx5k, OnbonSettings
from drivers.window_display.strip_a090 import StripA090, StripSettings
from drivers.window_display.template_display import TemplateDisplay, TemplateSettings
from simulators.bench.figures import Figure, at_most, median
from simulators.displays.bus import TURNAROUND_SECONDS
from simulators.id_card_reader.module import SECONDS as MODULE_SECONDS
from tests.bench.devices.wire import CountingPort, Simulated, simulated

RS485_BAUD, FAST_BAUD = 9600, 115_200
OPEN_SECONDS = 10.0
VERB_SECONDS = 5.0
PATIENT_MS = 2000
"""A machine that does other things stalls a simulator for longer than a card may think; it is no silence."""
TRIES = 5
QUIET_SECONDS = 0.02
"""Between transactions, as a line's ``quiet_ms`` leaves it; Modbus wants 3.5 characters of it."""
NEW_JOB_SECONDS = 0.06
"""A printer takes what comes within 50 ms for the same job."""
CALL, CALL_IN_ASCII = "请A{number:03}号到3号窗口", "A{number:03} to 3"
NAMELESS = TemplateSettings(
    frame="7E ({address} 31 {length-high} <{text}>) {checksum-low} 7F",
    address=3,
    checksum="sum16",
    answer="7E ({address} B1) {checksum-low} 7F",
    answer_checksum="sum16",
    answer_ms=PATIENT_MS,
)
KEYPAD = 129
ANSWER_TO_MARK = 7
"""Bytes with which a printer says that all before them is printed."""
SLIP = (
    TextLine("云溪县政务服务中心", align="centre", width=2, height=2),
    TextLine("A1001", align="centre", width=4, height=4, bold=True),
    TextLine("社保登记与缴费", align="centre"),
    TextLine("前面还有 12 人，请到一楼东区等候"),
    TextLine("2026-11-23 12:00"),
    QrCode("A1001 " + "k" * 120),
    Feed(2),
)


@dataclass(frozen=True)
class Taken:
    """One transaction, in seconds: how long it was, how much of that was the device's own, what the wire takes."""

    elapsed: float
    device: float
    wire: float

    @property
    def ratio(self) -> float:
        """Wire and driver together, as a multiple of the wire."""
        return (self.elapsed - self.device) / self.wire


Transact = Callable[[int], Awaitable[Taken]]


def _display(kind: str, build: Callable[[CountingPort], Any], call: str = CALL) -> Callable[[Path], Any]:
    @asynccontextmanager
    async def opened(folder: Path) -> AsyncIterator[Transact]:
        async with simulated(folder, "displays", "--kind", kind, "--addresses", "3", "--no-pictures") as card:
            port = CountingPort(card.port, RS485_BAUD)
            driver = build(port)
            await driver.open(Deadline.after(OPEN_SECONDS))

            async def show(number: int) -> Taken:
                await asyncio.sleep(QUIET_SECONDS)
                port.forget()
                begun = time.perf_counter()
                await driver.show(call.format(number=number), Deadline.after(VERB_SECONDS))
                return Taken(time.perf_counter() - begun, TURNAROUND_SECONDS, port.carried_seconds)

            yield show
            await driver.close()

    return opened


@asynccontextmanager
async def _press(folder: Path) -> AsyncIterator[Transact]:
    """From the first bit of a grade to the last of its answer, as the keypad sees them."""
    async with simulated(folder, "keypads", "--callers", "1", "--keypads", str(KEYPAD)) as pad:
        port = CountingPort(pad.port, RS485_BAUD)
        driver = Ff68Keypad(KeypadSettings(KEYPAD), port)
        await driver.open(Deadline.after(OPEN_SECONDS))

        async def press(number: int) -> Taken:
            port.forget()
            pad.do("grade", address=KEYPAD, grade=number % 5)
            pressed = await driver.next_press()
            heard = time.monotonic()
            await driver.acknowledge(pressed, Deadline.after(VERB_SECONDS))
            done = await pad.until(lambda event: event["event"] == "pressed")
            # the press itself begins when the pad finds the line quiet: it is the wire's, to the last byte heard
            said, answer = port.wire_time(port.heard), port.wire_time(port.sent)
            return Taken(said + done["t"] - heard, 0.0, said + answer)

        yield press
        await driver.close()


@asynccontextmanager
async def _card(folder: Path) -> AsyncIterator[Transact]:
    """Find, select, read text and photo."""
    async with simulated(folder, "id-card-reader", "--read-seconds", "0") as reader:
        port = CountingPort(reader.port, FAST_BAUD)
        driver = SdtReader(SdtSettings(), port)
        await driver.open(Deadline.after(OPEN_SECONDS))

        async def read(_: int) -> Taken:
            reader.do("lift-card")
            reader.do("lay-card", card="resident")
            await reader.until(lambda event: event["event"] == "state" and event["card"] == "resident")
            port.forget()
            begun = time.perf_counter()
            card = await driver.read_card(Deadline.after(2 * OPEN_SECONDS))
            elapsed = time.perf_counter() - begun
            if not isinstance(card, IdCard):
                raise TypeError("no card was read")
            return Taken(elapsed, MODULE_SECONDS["find"] + MODULE_SECONDS["select"], port.carried_seconds)

        yield read
        await driver.close()


@asynccontextmanager
async def _slip(folder: Path) -> AsyncIterator[Transact]:
    """From the call to the printer's word that it came out; what it prints after the last byte is its own time."""
    async with simulated(folder, "printer", "--no-pictures", "--mm-per-second", "2000") as printer:
        port = CountingPort(printer.port, FAST_BAUD)
        driver = EscPosPrinter(EscPosSettings(), port)
        await driver.open(Deadline.after(OPEN_SECONDS))

        async def slip(_: int) -> Taken:
            await asyncio.sleep(NEW_JOB_SECONDS)
            await driver.poll(Deadline.after(VERB_SECONDS))
            port.forget()
            begun = time.perf_counter()
            done = await driver.print_slip(SLIP, Deadline.after(VERB_SECONDS))
            elapsed = time.perf_counter() - begun
            if not done.confirmed:
                raise ValueError(f"a slip that was not confirmed: {done}")
            first, cut = await _printed(printer)
            job = port.wire_time(cut["bytes"])
            device = max(0.0, cut["t"] - first["t"] - (job - port.wire_time(1)))
            return Taken(elapsed, device, job + port.wire_time(ANSWER_TO_MARK))

        yield slip
        await driver.close()


async def _printed(printer: Simulated) -> tuple[dict[str, Any], dict[str, Any]]:
    """The job's first byte and its cut."""
    first: dict[str, Any] = {}
    while (event := await printer.until(lambda event: event["event"] in ("byte", "slip")))["event"] == "byte":
        first = event
    return first, event


PROTOCOLS: dict[str, tuple[Callable[[Path], Any], float, int]] = {
    "escpos, a slip at 115200": (_slip, 1.25, 12),
    "onbon-bx5k, a text at 9600": (
        _display("onbon-bx5k", lambda port: OnbonBx5k(OnbonSettings(3, answer_ms=PATIENT_MS), port)),
        1.25,
        12,
    ),
    "onbon-bx5e, a bitmap at 9600": (
        _display("onbon-bx5e", lambda port: OnbonBx5e(OnbonBitmapSettings(3, width=160, answer_ms=PATIENT_MS), port)),
        1.25,
        8,
    ),
    "cpower5200, a text at 9600": (
        _display("cpower5200", lambda port: CPower5200(CPowerSettings(3, answer_ms=PATIENT_MS), port)),
        1.25,
        12,
    ),
    "strip-a090, a text at 9600": (
        _display("strip-a090", lambda port: StripA090(StripSettings(3, answer_ms=PATIENT_MS), port)),
        1.25,
        12,
    ),
    "modbus-text, a text at 9600": (
        _display("modbus-text", lambda port: ModbusText(ModbusTextSettings(3, answer_ms=PATIENT_MS), port)),
        1.25,
        12,
    ),
    "alpha-sign, a text at 9600": (
        _display(
            "alpha-sign",
            lambda port: AlphaSign(AlphaSignSettings(3, answers="ack", answer_ms=PATIENT_MS), port),
            CALL_IN_ASCII,
        ),
        1.25,
        12,
    ),
    "template-display, a text at 9600": (_display("nameless", lambda port: TemplateDisplay(NAMELESS, port)), 1.25, 12),
    "ff68, a grade and its answer at 9600": (_press, 1.25, 20),
    "sdt, an identity card at 115200": (_card, 1.1, 12),
}
"""What is measured → how, the bar, how often."""


async def transaction_figures(folder: Path, share: float = 1.0) -> list[Figure]:
    """A row a protocol. ``share`` of the transactions: a tenth shows that it works. Raises NotReady, DiedAtStart."""
    rows = []
    for number, (name, (opened, bar, count)) in enumerate(PROTOCOLS.items()):
        place = folder / f"d{number}"
        place.mkdir()
        async with opened(place) as transact:
            taken = [await _steadily(transact, number) for number in range(max(3, round(count * share)))]
        ratio = median([one.ratio for one in taken])
        rows.append(Figure(f"{name}: driver and wire ÷ wire, p50", ratio, "×", at_most(bar)))
    return rows


async def _steadily(transact: Transact, number: int) -> Taken:
    """A transaction that succeeded: what a stalled machine has broken off is done again. Raises a DeviceFault."""
    for _ in range(TRIES - 1):
        try:
            return await transact(number)
        except DeviceFault:
            continue
    return await transact(number)
