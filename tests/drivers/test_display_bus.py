"""Several displays on one RS-485 line of real time: every window its own text, and a dead one disturbs nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest

from device.bus import Bus
from drivers.contract import Silent, Transport, WindowDisplay
from drivers.deadline import Deadline
from drivers.transport import SerialTransport
from drivers.transport import Settings as Port
from drivers.window_display.cpower5200 import CPower5200, CPowerSettings
from drivers.window_display.modbus_text import ModbusText, ModbusTextSettings
from drivers.window_display.onbon_bx5e import OnbonBitmapSettings, OnbonBx5e
from drivers.window_display.strip_a090 import StripA090, StripSettings
from simulators.control import Fault
from simulators.displays.bus import Displays
from simulators.displays.dots import Panel
from simulators.displays.kinds import kind_named
from simulators.line import Line
from tests.simulators.host import Heard

BAUD = 57_600
ADDRESSES = (1, 2, 3)

PATIENT_MS = 1500
"""Displays and drivers share this loop: what stalls one of them stalls both, and is no silence."""

Build = Callable[[int, int, Transport], WindowDisplay]
DRIVERS: dict[str, Build] = {
    "onbon-bx5e": lambda at, ms, line: OnbonBx5e(OnbonBitmapSettings(at, width=160, answer_ms=ms), line),
    "onbon-bx6e": lambda at, ms, line: OnbonBx5e(OnbonBitmapSettings(at, width=160, series=6, answer_ms=ms), line),
    "cpower5200": lambda at, ms, line: CPower5200(CPowerSettings(at, answer_ms=ms), line),
    "strip-a090": lambda at, ms, line: StripA090(StripSettings(at, answer_ms=ms), line),
    "strip-single": lambda at, ms, line: StripA090(StripSettings(at, form="single-colour", answer_ms=ms), line),
    "modbus-text": lambda at, ms, line: ModbusText(ModbusTextSettings(at, answer_ms=ms), line),
}
DEAD = 2


@asynccontextmanager
async def hall(
    folder: Path, kind: str, *, dead: bool = False
) -> AsyncIterator[tuple[dict[int, WindowDisplay], Displays, Heard]]:
    """Three displays of one kind on one pty, each with its driver, opened."""
    heard, line = Heard(), Line(folder / "port", BAUD, half_duplex=True)
    line.open()
    panel = Panel(width=160, height=16, unit=1)
    displays = Displays(line, heard.emit, addresses=ADDRESSES, panel=panel, folder=None, kind=kind_named(kind))
    bus = Bus("displays", partial(SerialTransport, Port(str(folder / "port"), BAUD)), 0.005)
    build = DRIVERS[kind]
    drivers = {at: build(at, 300 if dead and at == DEAD else PATIENT_MS, bus.tap()) for at in ADDRESSES}
    with closing(line), closing(displays):
        async with asyncio.TaskGroup() as group:
            carrying = group.create_task(bus.run())
            try:
                for driver in drivers.values():
                    await driver.open(Deadline.after(5))
                yield drivers, displays, heard
            finally:
                for driver in drivers.values():
                    await driver.close()
                carrying.cancel()


@pytest.mark.wire
@pytest.mark.parametrize("kind", DRIVERS)
async def test_every_window_shows_its_own_text_though_all_are_called_at_once(kind: str, tmp_path: Path) -> None:
    async with hall(tmp_path, kind) as (drivers, _, heard):
        begun = len(heard.all("shown"))
        async with asyncio.TaskGroup() as group:
            for address, driver in drivers.items():
                group.create_task(driver.show(f"请A00{address}号到{address}号窗口", Deadline.after(5)))
        await heard.next("shown", begun + 3)
        texts = {event["address"]: event["text"] for event in heard.all("shown")[begun:]}
        assert texts == {address: f"请A00{address}号到{address}号窗口" for address in ADDRESSES}
        assert heard.all("collision") == heard.all("garbled") == []


@pytest.mark.wire
@pytest.mark.parametrize("kind", [kind for kind in DRIVERS if kind != "strip-single"])
async def test_a_dead_display_is_silent_and_its_neighbours_show(kind: str, tmp_path: Path) -> None:
    async with hall(tmp_path, kind, dead=True) as (drivers, displays, _):
        displays.do(Fault(name="silent", on=True, address=DEAD))
        with pytest.raises(Silent):
            await drivers[DEAD].show("A002", Deadline.after(5))
        for address in (1, 3):
            completion = await drivers[address].show(f"A00{address}", Deadline.after(5))
            assert completion.confirmed is True
