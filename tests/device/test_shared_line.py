"""Many displays on one RS-485 line: all called at once all show, and the dead cost the others no more than their share.

On virtual time: a frame takes its time on the line, a dead address its whole time-out, and nothing else takes any.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from device.bus import Bus
from device.cell import Cell
from device.flows.show_call import DisplayKeeper
from drivers.contract import WindowDisplay
from drivers.framing import Framer
from drivers.window_display import onbon_bx5k_codec as codec
from drivers.window_display.onbon_bx5k import OnbonBx5k, OnbonSettings
from drivers.window_display.onbon_frame import ACK
from tests.drivers.devices import nowhere
from tests.drivers.line import Line
from tests.virtual_time import virtual

ADDRESSES = range(1, 33)
DEAD = ADDRESSES[::4]
ALIVE = [address for address in ADDRESSES if address not in DEAD]
QUIET_SECONDS = 0.02
THINK_SECONDS = 0.01
LOOK_SECONDS = 0.45
"""What a ping that nobody answers takes: its frame, the card's time, the time of an answer, the silence before it."""
LIMIT_SECONDS = 120.0


class Cards:
    """All cards of one line."""

    def __init__(self) -> None:
        self.say: Callable[[bytes], None] = nowhere
        self.silent: set[int] = set()
        self.shown = dict.fromkeys(ADDRESSES, "")
        self.changed = asyncio.Event()
        self._framer = Framer(codec.scan, codec.FRAME_CAP)

    def hear(self, data: bytes) -> None:
        for frame in map(codec.decode, self._framer.feed(data)):
            if frame.destination in self.silent:
                continue
            if frame.data[:2] == bytes(codec.DYNAMIC_AREA):
                self.shown[frame.destination] = frame.data[-17:].decode("gbk")
                self.changed.set()
            obeyed = codec.encode(codec.Frame(codec.HOST, frame.destination, bytes((*ACK, 0, 0, 0))))
            asyncio.get_running_loop().call_later(THINK_SECONDS, self.say, obeyed)


class Street:
    """A line of thirty-two windows, each with its display and what it wishes to show."""

    def __init__(self) -> None:
        self.cards = Cards()
        self._line = Line(self.cards)
        self._bus = Bus("displays", lambda: self._line, QUIET_SECONDS)
        self.cells: dict[int, Cell[WindowDisplay]] = {}
        for address in ADDRESSES:
            tap = self._bus.tap()
            driver: WindowDisplay = OnbonBx5k(OnbonSettings(address), tap)
            self.cells[address] = Cell(f"d{address}", "onbon-bx5k", driver, family="window_display", turn=tap.turn)
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

    async def call_all(self, text: str, waiting: Iterable[int] = ADDRESSES) -> float:
        """Every window wishes for this text now; seconds until the last of these shows it."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for keeper in self._keepers.values():
            keeper.want(text)
        async with asyncio.timeout(LIMIT_SECONDS):
            while any(self.cards.shown[address] != text for address in waiting):
                self.cards.changed.clear()
                await self.cards.changed.wait()
        return loop.time() - begun

    async def all_dead(self, dead: Iterable[int]) -> None:
        """All are open and showing; then these fall silent, and are known to be."""
        await self.call_all(text(1))
        self.cards.silent |= {*dead}
        await self.call_all(text(2), {*ADDRESSES} - self.cards.silent)
        await asyncio.sleep(15)

    def faults(self, address: int) -> int:
        return self.cells[address].statistics.report(0.0).get("CommunicationErrorCount", 0)


def text(number: int) -> str:
    return f"请A{number:03}号到3号窗口"


def pure_seconds(displays: int) -> float:
    """What so many texts take on the line: frame, the card's time, its answer, and the silence before the next."""
    request = codec.show_area(codec.Area(text(1)), 3)
    one = (len(request) + codec.ACK_FRAME_SIZE) * 10 / 9600 + THINK_SECONDS + QUIET_SECONDS
    return displays * one


@virtual
async def test_thirty_two_displays_that_are_switched_on_and_called_at_once_all_show_and_none_is_taken_for_lost() -> (
    None
):
    street = Street()
    async with street.at_work():
        await street.call_all(text(1))
        assert await street.call_all(text(2)) < pure_seconds(32) * 1.05
    assert {address: count for address in ADDRESSES if (count := street.faults(address))} == {}


def share_of_the_rest(seconds: float, dead: int) -> float:
    """What takes so long alone, with so many dead addresses that each take no more than their share of the line."""
    return seconds / (1 - dead / len(ADDRESSES))


@virtual
async def test_eight_dead_displays_delay_a_call_by_one_look_at_most() -> None:
    """The look that is under way: it cannot be broken off, or its card's late answer would fall into another's."""
    street = Street()
    async with street.at_work():
        await street.all_dead(DEAD)
        took = []
        for number in range(3, 9):
            took.append(await street.call_all(text(number), ALIVE))
            await asyncio.sleep(3.7)
    assert max(took) < pure_seconds(len(ALIVE)) * 1.05 + LOOK_SECONDS
    assert {address: count for address in ALIVE if (count := street.faults(address))} == {}


@virtual
async def test_on_a_line_that_is_never_free_the_dead_take_no_more_than_their_share() -> None:
    street = Street()
    async with street.at_work():
        await street.all_dead(DEAD)
        took = [await street.call_all(text(number), ALIVE) for number in range(3, 11)]
    assert sum(took) < share_of_the_rest(pure_seconds(len(ALIVE)) * len(took), len(DEAD)) * 1.05


@virtual
async def test_a_dead_display_that_comes_back_shows_though_the_others_never_leave_the_line_free() -> None:
    street = Street()
    async with street.at_work():
        await street.all_dead([9])
        others = [address for address in ADDRESSES if address != 9]
        await street.call_all(text(3), others)
        street.cards.silent.clear()
        for number in range(4, 9):
            await street.call_all(text(number), others)
        assert street.cards.shown[9] >= text(4)
