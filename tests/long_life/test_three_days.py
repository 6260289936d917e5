"""Three business days, and two more, in virtual time: everybody is served, and nothing grows but what is kept.

Lines are cut, fall silent and lose answers, once over a whole night; the hall is stopped and started; printer, displays
and pads are lost. The kiosk's clock is an hour fast. What the boxes have told and the hall has in a backup they drop
after two business days, so that a journal is as large on the fifth day as on the fourth.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import logging
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import structlog

from config import metrics
from device import watchdog
from device.maintenance import telling
from device.sync import link
from drivers.contract import MEDIA_EMPTY, Gone, Silent, State
from hall import day, downlink
from tests.long_life.whole_hall import COUNTER_WINDOWS, Site
from tests.virtual_time import virtual

DAYS = 5
CUT_OFF = 1
MINUTE = 60
HOUR = 60 * MINUTE
OPEN = 3 * HOUR
SERVICES = {1: "11", 2: "21"}
CLERKS = {1: "林一帆", 2: "周晓宁"}
PIN = "2468"
PAGE = 4096

SELDOM = (
    (link, "WARM_S", 600.0),
    (downlink, "PING_S", 30.0),
    (day, "LOOK_S", 300.0),
    (metrics, "LOOK_S", 300.0),
    (telling, "REPEAT_S", 600.0),
    (watchdog, "UNWATCHED_S", 300.0),
)
"""What happens most in a night grows nothing, and five nights of it would take half of this test's time."""

MANY_BLOCKS = 1000
"""One for each visitor and each step of a visit would be more."""

MUCH_MEMORY = 2_000_000
"""Less than one in a thousand of a box's memory; what it holds after a day is never the same."""


class Size(NamedTuple):
    """What must not grow."""

    blocks: int
    """Blocks of memory that Python has handed out."""
    resident: int
    descriptors: int
    journals: int


@pytest.fixture
def quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


class Kiosk:
    """Citizens at the kiosk. ``in_hand`` are the slips of those who have not been served yet, by service."""

    def __init__(self, site: Site, draw: random.Random) -> None:
        self.in_hand: dict[str, list[str]] = {}
        self.slips = 0
        self.refused = 0
        self._site = site
        self._draw = draw
        self._touches = 0

    async def day(self) -> None:
        self.in_hand.clear()  # whoever went home yesterday takes a new number
        async with self._site.page("kiosk-1") as page:
            ends = asyncio.get_running_loop().time() + OPEN
            while asyncio.get_running_loop().time() < ends:
                await asyncio.sleep(self._draw.uniform(2 * MINUTE, 12 * MINUTE))
                await self._visit(page, self._draw.choice(list(SERVICES.values())))

    async def _visit(self, page: httpx.AsyncClient, service: str) -> None:
        await first_event(page, "/kiosk/state")
        self._touches += 1
        said = await page.post("/kiosk/tickets", json={"service": service, "touch": f"touch-{self._touches}"})
        told = said.json()
        if said.status_code == 200 and told["outcome"] == "printed":
            self.slips += 1
            self.in_hand.setdefault(service, []).append(told["number"])
        else:
            self.refused += 1


class Clerk:
    """One clerk, who serves whoever is called, and while the hall is away whoever shows a slip."""

    def __init__(self, site: Site, window: int, kiosk: Kiosk, draw: random.Random) -> None:
        self.served: list[str] = []
        self.unanswered: list[str] = []
        """Whose finish may have been done: no answer came in time."""
        self._site = site
        self._window = window
        self._kiosk = kiosk
        self._draw = draw
        self._presses = 0
        self._token = ""

    async def day(self) -> None:
        async with self._site.page("counter-1") as page:
            await self._sign_in(page)
            ends = asyncio.get_running_loop().time() + OPEN + HOUR
            while asyncio.get_running_loop().time() < ends:
                await self._look(page)
                await asyncio.sleep(self._draw.uniform(30, 3 * MINUTE))
            while (await self._post(page, "sign-out", {})).status_code != 200:
                await asyncio.sleep(MINUTE)
                await self._look(page)

    async def _sign_in(self, page: httpx.AsyncClient) -> None:
        body = {"name": CLERKS[self._window], "pin": PIN}
        for minute in itertools.count():
            said = await self._post(page, "sign-in", body)
            if said.status_code == 200:
                break
            assert minute < HOUR // MINUTE, said.text
            await asyncio.sleep(MINUTE)
        self._token = said.json()["token"]

    async def _look(self, page: httpx.AsyncClient) -> None:
        """Do what comes next at this window."""
        state = (await first_event(page, f"/window/{self._window}/state"))["window"]
        held = state["held"] if state else None
        if held is None:
            await self._next(page)
        elif state["phase"] == "serving":
            said = await self._press(page, "finish")
            (self.served if said["outcome"] == "done" else self.unanswered).append(held["number"])
        else:
            self._leave_the_queue(held["number"])
            await self._press(page, self._draw.choices(["start", "recall", "missed"], [8, 1, 1])[0])

    async def _next(self, page: httpx.AsyncClient) -> None:
        said = await self._press(page, "next")
        waiting = self._kiosk.in_hand.get(SERVICES[self._window], [])
        if said.get("reason") == "hall-unreachable" and waiting:
            await self._press(page, "call-number", digits=waiting[0].lstrip("ABCDE"))

    def _leave_the_queue(self, number: str) -> None:
        for waiting in self._kiosk.in_hand.values():
            if number in waiting:
                waiting.remove(number)

    async def _press(self, page: httpx.AsyncClient, act: str, **more: str) -> Any:
        self._presses += 1
        body = {"act": act, "press": f"w{self._window}-{self._presses}", **more}
        return {"outcome": "unknown", **(await self._post(page, "press", body)).json()}

    async def _post(self, page: httpx.AsyncClient, what: str, body: dict[str, str]) -> httpx.Response:
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        return await page.post(f"/window/{self._window}/{what}", json=body, headers=headers)


class Trouble:
    """What goes wrong in a hall."""

    def __init__(self, site: Site, draw: random.Random) -> None:
        self._site = site
        self._draw = draw

    async def day(self) -> None:
        """One thing after the other, while the hall is open."""
        troubles = [self._line, self._hall, self._printer, self._device, self._paper] * 2
        self._draw.shuffle(troubles)
        for trouble in troubles:
            await asyncio.sleep(self._draw.uniform(2 * MINUTE, 20 * MINUTE))
            await trouble(self._draw.uniform(5, 15 * MINUTE))

    async def night(self, until: float) -> None:
        """A box is cut off over the change of day."""
        await self._line(until - asyncio.get_running_loop().time())

    async def _line(self, seconds: float) -> None:
        wire = self._site.wires[self._draw.choice(list(self._site.wires))]
        wire.put(self._draw.choice(["cut", "silent", "lossy"]))
        await asyncio.sleep(seconds)
        wire.put("up")

    async def _hall(self, seconds: float) -> None:
        self._site.want_hall(False)
        await asyncio.sleep(seconds)
        self._site.want_hall(True)

    async def _printer(self, seconds: float) -> None:
        self._site.printer.fail(self._draw.choice([Gone, Silent]))
        await asyncio.sleep(seconds)
        self._site.printer.fail(None)

    async def _paper(self, seconds: float) -> None:
        self._site.printer.state = State.of(MEDIA_EMPTY)
        await asyncio.sleep(seconds)
        self._site.printer.state = State.of()

    async def _device(self, seconds: float) -> None:
        site = self._site
        device = self._draw.choice([*site.displays.values(), *site.pads.values()])
        device.fail(Gone)
        await asyncio.sleep(seconds)
        device.fail(None)


async def first_event(page: httpx.AsyncClient, path: str) -> Any:
    """What a page is told when it opens; the page is closed again."""
    async with page.stream("GET", path) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                return json.loads(line.removeprefix("data: "))
    raise AssertionError("the box has stopped")


def measured(folder: Path) -> Size:
    gc.collect()
    journals = sum(file.stat().st_size for file in folder.glob("*-1/journal.db"))
    resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE
    return Size(sys.getallocatedblocks(), resident, len(list(Path("/proc/self/fd").iterdir())), journals)


def everybody_was_served(folder: Path, clerks: list[Clerk]) -> None:
    """By the hall's own lists: nobody called twice, nobody forgotten, nothing that does not fit."""
    with closing(sqlite3.connect(folder / "data" / "hall.db")) as connection:
        tickets = connection.execute("SELECT number, state, source FROM ticket").fetchall()
        conflicts = connection.execute("SELECT why, detail FROM conflict").fetchall()
        ended = Counter(connection.execute("SELECT ticket FROM call WHERE ended = 'finished'").fetchall())
        (ratings,) = connection.execute("SELECT count(*) FROM rating").fetchone()
    finished = Counter(number for number, state, _ in tickets if state == "finished")
    served = Counter(number for clerk in clerks for number in clerk.served)
    assert conflicts == []
    assert served <= finished <= served + Counter(number for clerk in clerks for number in clerk.unanswered)
    assert {state for _, state, _ in tickets} <= {"finished", "missed", "closed", "void"}
    assert {source for _, _, source in tickets} <= {"hall", "band"}  # each slip has found its ticket
    assert max(ended.values()) == 1
    assert ratings == finished.total()


@virtual
async def test_after_three_days_nothing_grows(tmp_path: Path, quiet: None) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        sizes = await days_of(tmp_path, monkeypatch, seed=1)
    last, before = sizes[-1], sizes[-2]
    assert last.blocks - before.blocks < MANY_BLOCKS
    assert last.resident - before.resident < MUCH_MEMORY
    assert last.descriptors == before.descriptors == sizes[0].descriptors
    assert last.journals <= before.journals * 1.1


async def days_of(folder: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> list[Size]:
    """The sizes each morning at seven, when the day has turned and nobody is there yet."""
    for module, name, seconds in SELDOM:
        monkeypatch.setattr(module, name, seconds)
    random.seed(seed)  # the boxes' own pauses
    draw, sizes, site = random.Random(seed), list[Size](), Site(folder, monkeypatch)
    kiosk, trouble = Kiosk(site, draw), Trouble(site, draw)
    clerks = [Clerk(site, window, kiosk, draw) for window in COUNTER_WINDOWS]
    async with site.open():
        for number in range(DAYS):
            morning = asyncio.get_running_loop().time()
            async with asyncio.TaskGroup() as group:
                for work in (kiosk.day(), trouble.day(), *(clerk.day() for clerk in clerks)):
                    group.create_task(work)
            if number == CUT_OFF:
                await trouble.night(morning + 23 * HOUR)
            left = morning + 24 * HOUR - asyncio.get_running_loop().time()
            assert left > MINUTE
            await asyncio.sleep(left)
            assert {name: journal.outbox for name, journal in site.journals.items()} == dict.fromkeys(site.journals, 0)
            sizes.append(measured(folder))
    everybody_was_served(folder, clerks)
    return sizes
