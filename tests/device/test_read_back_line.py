"""Many displays on one RS-485 line that are read back: whoever calls waits for one reading at most.

On virtual time, as in test_shared_line.py; the displays are the simulators' own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from device.bus import Bus
from device.cell import Cell
from device.flows.show_call import DisplayKeeper
from drivers.contract import WindowDisplay
from drivers.window_display import modbus_text_codec as codec
from drivers.window_display.modbus_text import ModbusText, ModbusTextSettings
from simulators.displays.modbus import ModbusDisplay, RtuReader
from simulators.line import SharedWire
from tests.drivers.devices import nowhere
from tests.drivers.displays import PANEL
from tests.drivers.line import Line
from tests.virtual_time import virtual

ADDRESSES = range(1, 33)
REGISTERS = 16
QUIET_SECONDS = 0.02
THINK_SECONDS = 0.01
READ_BACK_SECONDS = 10
BYTE_SECONDS = 10 / 9600
READING_SECONDS = (8 + codec.held_size(REGISTERS) + 7) * BYTE_SECONDS + THINK_SECONDS + QUIET_SECONDS
"""Question, answer, the silence of a Modbus line on both sides of them."""


class _Speed:
    byte_seconds = BYTE_SECONDS


class Displays:
    """All displays of one line."""

    def __init__(self) -> None:
        self.say: Callable[[bytes], None] = nowhere
        self.all = {address: ModbusDisplay(address, PANEL, 0, REGISTERS, "high-first") for address in ADDRESSES}
        self.readings = 0
        self.changed = asyncio.Event()
        self._reader = RtuReader(cast("SharedWire", _Speed()))

    def hear(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        for byte in data:
            frame = self._reader.feed(byte, loop.time())
            if frame is None:
                continue
            self.readings += frame.function == codec.READ_REGISTERS
            reply = self.all[frame.address].obey(frame, loop.time(), alone=False, spoil=False)
            loop.call_later(THINK_SECONDS, self.say, reply.answer)
            self.changed.set()


class Street:
    """A line of thirty-two windows."""

    def __init__(self, read_back_seconds: int) -> None:
        self.displays = Displays()
        self._bus = Bus("displays", lambda: Line(self.displays), QUIET_SECONDS)
        self.cells: dict[int, Cell[WindowDisplay]] = {}
        for address in ADDRESSES:
            tap = self._bus.tap()
            settings = ModbusTextSettings(address, registers=REGISTERS, read_back_seconds=read_back_seconds)
            self.cells[address] = Cell(
                f"d{address}",
                "modbus-text",
                ModbusText(settings, tap),
                family="window_display",
                turn=tap.turn,
                poll_turn=tap.patient_turn,
            )
        self._keepers = {address: DisplayKeeper(cell) for address, cell in self.cells.items()}

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            works = [self._bus.run, *(cell.run for cell in self.cells.values())]
            works += [keeper.run for keeper in self._keepers.values()]
            tasks = [group.create_task(work()) for work in works]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()

    async def call_all(self, text: str) -> float:
        """Every window wishes for this text now; seconds until the last shows it."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for keeper in self._keepers.values():
            keeper.want(text)
        async with asyncio.timeout(120):
            while any(display.text != text for display in self.displays.all.values()):
                self.displays.changed.clear()
                await self.displays.changed.wait()
        return loop.time() - begun


async def worst(read_back_seconds: int) -> tuple[float, int]:
    """Of calls at every moment of the readings' round: seconds of the longest, and how often was read."""
    street = Street(read_back_seconds)
    async with street.at_work():
        await street.call_all("A000")
        took = []
        for number in range(1, 16):
            await asyncio.sleep(READ_BACK_SECONDS - 0.5 + number * 0.13)
            took.append(await street.call_all(f"A{number:03}"))
        assert not any(cell.statistics.report(0.0).get("CommunicationErrorCount") for cell in street.cells.values())
    return max(took), street.displays.readings


@virtual
async def test_a_line_whose_displays_are_read_back_delays_a_call_by_one_reading_at_most() -> None:
    without, none = await worst(0)
    with_reading, readings = await worst(READ_BACK_SECONDS)
    assert none == 0
    assert readings > 3 * len(ADDRESSES), "there were readings in the way"
    assert with_reading < without + READING_SECONDS


@virtual
async def test_a_reading_comes_though_the_others_never_leave_the_line_free() -> None:
    street = Street(READ_BACK_SECONDS)
    async with street.at_work():
        await street.call_all("A000")
        street.displays.all[7].overwrite("欢迎光临")
        for number in range(1, 9):
            for address, keeper in street._keepers.items():
                if address != 7:
                    keeper.want(f"A{number:03}")
            await asyncio.sleep(3.0)
        assert street.displays.all[7].text == "A000"
