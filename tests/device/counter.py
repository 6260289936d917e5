"""A counter with everything around it in reach: hall, link, display and pad are the test's to play."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec

from device.clock import Clock
from device.flows.island import Island
from device.flows.own_facts import Admissions
from device.flows.press import Press, Pressed, press
from device.flows.rate import RatingDesk
from device.flows.serve import WindowDesk
from device.journal import Journal
from device.supervise import Tasks
from device.sync.desired import Desired
from device.sync.link import HallUnreachable
from device.watch import Watch
from device.writer import Writer
from drivers.contract import Gone, GradePress, State
from drivers.deadline import Deadline
from hall.contract import Answer, Clerk, Command, Fact, Held, QueueCounts, Term, WindowInfo, WindowState
from hall.contract.numbering import ticket_id
from tests.device.inline_writer import InlineWriter
from tests.device.slips import DATE, SERVICES

TERM = Term(n=1, draw="x")
CLERK = Clerk(staff_no="007", name="王小明", post="社保岗")
INFO = WindowInfo(number=1, name="社保", name_en="Social security", services=["1", "2"])
BOOT = "boot-1"


def held(number: str, calls: int = 1) -> Held:
    return Held(ticket=f"t-{number}", number=number, service="1", call=f"c-{number}", visit=f"t-{number}", calls=calls)


class Link:
    """The way to the hall as the test lays it."""

    def __init__(self) -> None:
        self.hall = "up"
        self.refusal = ""
        self.known_down = self.reached_hall = False
        self.watch = Watch()
        self.welcome = SimpleNamespace(windows=[INFO], services=SERVICES, slip_keys={}, recovering=False)

    def turn(self, hall: str, *, known_down: bool = False, recovering: bool = False) -> None:
        self.hall, self.known_down = hall, known_down
        self.reached_hall = hall == "up" or recovering
        self.welcome.recovering = recovering
        self.watch.changed()


class HallCommands:
    """Takes commands; answers as the test laid out, or not in time."""

    def __init__(self, link: Link, journal: Journal) -> None:
        self.sent: list[Command] = []
        self.answers: Callable[[Command], Answer] = lambda command: Answer(request=command.request, outcome="done")
        self._link = link
        self._journal = journal

    async def send(self, command: Command, deadline: Deadline, *, ticket: str = "", visit: str = "") -> Answer:
        self.sent.append(command)
        await self._journal.command_sent(command, ticket=ticket, visit=visit)
        if self._link.hall == "down":
            raise HallUnreachable("cut off")
        answer = self.answers(command)
        await self._journal.command_answered(command, answer)
        return answer


class Display:
    """Wants are granted at once, or never."""

    ascii_only = False

    def __init__(self) -> None:
        self.wanted: list[str] = []
        self.answers = True

    def want(self, text: str) -> int:
        if not self.wanted or self.wanted[-1] != text:
            self.wanted.append(text)
        return len(self.wanted)

    async def granted(self, wish: int, seconds: float) -> bool:
        return self.answers


class Pad:
    """A rating keypad: lit or dark, pressed by the test."""

    def __init__(self) -> None:
        self.watch = Watch()
        self.heard: asyncio.Queue[GradePress] = asyncio.Queue()
        self.state = State.of()
        self.lit = False
        self.there = self.has_light = True
        self.acknowledged: asyncio.Queue[GradePress] = asyncio.Queue()

    async def do(self, verb: Any, seconds: float, attempts: int = 1) -> Any:
        if not self.there:
            raise Gone("unplugged")
        return await verb(self, None)

    async def light(self, lit: bool, deadline: object) -> bool:
        self.lit = lit and self.has_light
        return self.has_light

    async def acknowledge(self, press: GradePress, deadline: object) -> None:
        self.acknowledged.put_nowait(press)


class Counter:
    """Window 1 (and 2, where a test wants it) of one box, on virtual time."""

    def __init__(self, folder: Path, tasks: Tasks, writer: type[Writer] = InlineWriter) -> None:
        loop = asyncio.get_running_loop()
        self.clock = Clock(wall_ms=lambda: 1, mono_ms=lambda: int(loop.time() * 1000), boot_id=BOOT)
        self.journal = Journal.open(folder / "journal.db", "counter-1", self.clock, "demo", writer=writer)
        self.link = Link()
        self.desired = Desired(self.journal)
        self.desired.business_date = DATE
        self.desired.counts = QueueCounts(term=TERM, version=1, waiting={"1": 2, "2": 3, "3": 9})
        self.hall = HallCommands(self.link, self.journal)
        self.admissions = Admissions(self.journal)
        self.display, self.pad, self.watch = Display(), Pad(), Watch()
        self.rating = RatingDesk(1, self.journal, self.clock, self.watch, self.pad)  # type: ignore[arg-type]
        self.island = self.new_island(1)
        self.desk = WindowDesk(
            1,
            self.journal,
            self.link,  # type: ignore[arg-type]
            self.desired,
            self.hall,  # type: ignore[arg-type]
            tasks,
            self.watch,
            self.rating,
            self.display,  # type: ignore[arg-type]
            None,
            self.island,
        )
        self.version = 0

    def new_island(self, number: int) -> Island:
        link: Any = self.link
        return Island(number, self.journal, self.clock, link, self.desired, self.admissions)

    async def tell(self, phase: Any = "idle", number: int = 1, *, again: bool = False, **more: Any) -> WindowState:
        """The hall tells a window's state: a newer one, or the same ``again``."""
        self.version += not again
        more = {"clerk": CLERK, **more}
        state = WindowState(window=number, term=TERM, version=self.version, phase=phase, **more)
        await self.desired.offer_window(state)
        await self.settle()
        return state

    def versions_after(self, version: int) -> None:
        """The hall's next word is newer than this one."""
        self.version = max(self.version, version)

    async def settle(self) -> None:
        """Let everything that can happen now happen."""
        for _ in range(30):
            await asyncio.sleep(0)

    async def cut(self) -> None:
        self.link.turn("down", known_down=True)
        await self.settle()

    async def back(self) -> None:
        """The hall is up and has all facts."""
        self.journal.acknowledge(self.journal.head()[0], 0)
        self.link.turn("up")
        await self.settle()

    async def press(self, act: str, request: str = "", clerk: Clerk = CLERK, **more: str) -> Pressed:
        pressed = await press(self.desk, Press(act, request or f"r-{act}", **more), clerk, "demo")
        await self.settle()
        return pressed

    async def admit(self, digits: str = "12001", request: str = "p1") -> None:
        """Type a number that nobody refuses."""
        assert (await self.press("call-number", request, digits=digits)).reason is None

    def ticket_of(self, fact: Fact) -> str:
        """The id under which an *admitted* serves."""
        return ticket_id("counter-1", self.journal.id, fact.seq)

    @property
    def phase(self) -> str:
        return self.state.phase

    @property
    def state(self) -> WindowState:
        assert self.desk.state is not None
        return self.desk.state

    def facts(self, *kinds: str) -> list[Fact]:
        raw = [msgspec.json.decode(body, type=Fact) for _, body in self.journal.unsent(0, 1000)]
        return [fact for fact in raw if (fact.kind in kinds if kinds else fact.kind not in ("opened", "request"))]

    def kinds(self) -> list[str]:
        return [fact.kind for fact in self.facts()]

    @staticmethod
    def kinds_of(journal: Journal) -> list[str]:
        return [msgspec.json.decode(body, type=Fact).kind for _, body in journal.unsent(0, 1000)]


@asynccontextmanager
async def counter_of(folder: Path, *, told: bool = True, writer: type[Writer] = InlineWriter) -> AsyncIterator[Counter]:
    """A running counter with its clerk at work; not ``told``: started anew, the hall not yet reached."""
    async with Tasks() as tasks:
        counter = Counter(folder, tasks, writer)
        if not told:
            counter.link.turn("down")
        for name, work in (
            ("window", counter.desk.run()),
            ("rating", counter.rating.run()),
            ("alone", counter.island.run()),
        ):
            tasks.start(name, work)
        await counter.settle()
        if told:
            await counter.tell()
        try:
            yield counter
        finally:
            tasks.stop()
            await counter.journal.close()
