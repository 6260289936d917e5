"""Thirty-two displays on one RS-485 line, some of them dead: how old what a panel shows can get.

All windows call at the same moment, again and again, and each wants the newest number on its panel. Staleness is from
the wish to the frame's last byte at the card, as the simulator tells it. A dead address answers nothing, and its cell
looks for it again and again; it may delay the others by no more than its share of the line, a thirty-second.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from device.bus import Bus
from device.cell import Cell
from device.flows.show_call import DisplayKeeper
from drivers.contract import WindowDisplay
from drivers.transport import SerialTransport, Settings
from drivers.window_display import onbon_bx5k_codec as codec
from drivers.window_display.onbon_bx5k import OnbonBx5k, OnbonSettings
from simulators.bench.figures import Figure, at_most
from simulators.displays.bus import TURNAROUND_SECONDS
from tests.bench.devices.wire import Simulated, simulated

ADDRESSES = tuple(range(1, 33))
DEAD = (0, 1, 8)
BAUD, QUICK_BAUD = 9600, 57_600
QUIET_SECONDS = 0.02
ROUNDS = 4
PAUSE_SECONDS = 3.7
"""In which nobody calls and only the dead are looked for; their looks fall on every moment of a round in time."""
FOUND_SECONDS = 12.0
"""Until all of the dead are found to be so: each costs three time-outs once, when it falls silent."""
TEXT = "请A{:03}号到3号窗口"
BITS_A_BYTE = 10
READY_SECONDS = 60.0


class Hall:
    """The cells of one line, and what each window wishes to show."""

    def __init__(self, line: Simulated, baud: int) -> None:
        self.bus = Bus("displays", partial(SerialTransport, Settings(str(line.port), baud)), QUIET_SECONDS)
        self.cells = {address: self._cell(address) for address in ADDRESSES}
        self.keepers = {address: DisplayKeeper(cell) for address, cell in self.cells.items()}

    def _cell(self, address: int) -> Cell[WindowDisplay]:
        """As device.hardware makes it from a box's settings."""
        tap = self.bus.tap()
        display: WindowDisplay = OnbonBx5k(OnbonSettings(address), tap)
        return Cell(f"display-{address}", "onbon-bx5k", display, family="window_display", turn=tap.turn)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Bus, cells and keepers running."""
        async with asyncio.TaskGroup() as group:
            works = [self.bus.run, *(cell.run for cell in self.cells.values())]
            tasks = [group.create_task(work()) for work in works]
            tasks += [group.create_task(keeper.run()) for keeper in self.keepers.values()]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()


async def worst_staleness(folder: Path, dead: Sequence[int], rounds: int, baud: int) -> float:
    """Seconds of the stalest panel."""
    addresses = ",".join(map(str, ADDRESSES))
    async with simulated(folder, "displays", "--addresses", addresses, "--no-pictures") as line:
        hall = Hall(line, baud)
        async with hall.at_work():
            await _all_show(hall, line, set(ADDRESSES), TEXT.format(0))
            for address in dead:
                line.do("fault", name="silent", on=True, address=address)
            alive = set(ADDRESSES) - set(dead)
            await _all_show(hall, line, set(alive), TEXT.format(1))
            await asyncio.sleep(FOUND_SECONDS if dead else 0.0)
            worst = 0.0
            for number in range(2, rounds + 2):
                await asyncio.sleep(PAUSE_SECONDS)
                worst = max(worst, await _all_show(hall, line, set(alive), TEXT.format(number)))
            return worst


async def _all_show(hall: Hall, line: Simulated, waiting: set[int], text: str) -> float:
    """Wish for a text on every panel at once; how long until it stands on the last of these."""
    begun = asyncio.get_running_loop().time()
    shown = begun
    for keeper in hall.keepers.values():
        keeper.want(text)
    async with asyncio.timeout(READY_SECONDS):
        while waiting:
            event = await line.until(lambda event: event["event"] == "shown" and event["text"] == text)
            waiting.discard(event["address"])
            shown = max(shown, event["t"])
    return shown - begun


def pure_seconds(baud: int = BAUD) -> float:
    """What thirty-two texts take on the line: frames, answers, the cards' turning round, the silence between."""
    request = codec.show_area(codec.Area(TEXT.format(0)), ADDRESSES[0])
    wire = (len(request) + codec.ACK_FRAME_SIZE) * BITS_A_BYTE / baud
    return len(ADDRESSES) * (wire + TURNAROUND_SECONDS + QUIET_SECONDS)


def look_seconds(baud: int = BAUD) -> float:
    """What one look for a dead address takes: it is not broken off when others call."""
    ping = len(codec.request(codec.PING, ADDRESSES[0])) + codec.ACK_FRAME_SIZE
    return ping * BITS_A_BYTE / baud + OnbonSettings(ADDRESSES[0]).answer_ms / 1000 + QUIET_SECONDS


async def shared_line_figures(folder: Path, rounds: int = ROUNDS, baud: int = BAUD) -> list[Figure]:
    """Staleness with 0, 1 and 8 dead addresses. Raises NotReady, DiedAtStart.

    With some dead: no more than with none, the share of the dead, and the look that is under way when all are called.
    """
    worst = {}
    for dead in DEAD:
        place = folder / f"dead-{dead}"
        place.mkdir()
        chosen = ADDRESSES[:: len(ADDRESSES) // dead] if dead else ()
        worst[dead] = await worst_staleness(place, chosen, rounds, baud)
    rows = []
    for dead, seconds in worst.items():
        name = f"32 displays on one line, {dead} dead: worst staleness"
        rows.append(Figure(name, seconds, "s"))
        if dead:
            share = 1 + dead / len(ADDRESSES) + look_seconds(baud) / pure_seconds(baud)
            rows.append(Figure(f"{name} ÷ with none dead", seconds / worst[0], "×", at_most(round(share, 2))))
        else:
            rows.append(Figure(f"{name} ÷ 32 texts on the line", seconds / pure_seconds(baud), "×", at_most(1.25)))
    return rows
