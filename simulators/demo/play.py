"""A whole day in a minute: visitors, clerks and troubles at once; then everybody is called and evidence collected."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from config.wording import one_line
from simulators.client import BoxClient, CallFailed, HallReader
from simulators.demo.clerks import Clerk
from simulators.demo.evidence import BoxMark, Evidence
from simulators.demo.guides import Guide
from simulators.demo.props import Props
from simulators.demo.settings import CLERKS, COUNTER, GUIDE, KIOSK, WINDOWS, services_of_windows
from simulators.demo.slip_holders import SlipHolders
from simulators.demo.stage import Stage, Tell
from simulators.demo.troubles import Trouble, befall, schedule
from simulators.demo.visitors import Visitors
from simulators.demo.wished import Wish

UNDER_WAY = {"issued", "waiting", "called", "serving", "parked", "redirected"}
QUIET_SECONDS = 60.0
STANDSTILL_SECONDS = 30.0
"""With everything mended, some ticket moves on at least this often, or the play ends and the judge says why."""

LOOK_SECONDS = 0.25
TOLD_EVERY = 20


@dataclass(frozen=True, slots=True)
class Course:
    """How a play went, for its report."""

    visitors: int
    seed: int
    seconds: float
    troubles: tuple[str, ...]
    outcomes: dict[str, int]
    sources: dict[str, int]
    wishes: dict[str, int]
    presses: int
    settled: bool


class Play:
    """N visitors through the whole hall."""

    def __init__(self, stage: Stage, props: Props, visitors: int, seed: int, tell: Tell) -> None:
        self._stage, self._props, self._tell = stage, props, tell
        self._count, self._seed = visitors, seed
        self._closing, self._over = asyncio.Event(), asyncio.Event()
        self._troubles = schedule(visitors, Random(f"{seed}/troubles"))
        self._reader: HallReader = stage.reader()
        self._kiosk = BoxClient(stage.kiosk_url)
        self._counters = {window: BoxClient(stage.counter_url) for window in WINDOWS}
        self._served = services_of_windows(stage.run)
        self._services = sorted({code for codes in self._served.values() for code in codes})
        self._holders = SlipHolders(props)
        self._visitors = Visitors(
            self._kiosk,
            props,
            self._services,
            Random(f"{seed}/visitors"),
            self._quiet,
            self._holders,
            Random(f"{seed}/holders"),
        )
        self._clerks = [
            Clerk(w, clerk, self._counters[w], props, self._services, Random(f"{seed}/{w}"), self._closing, self._over)
            for w, clerk in zip(WINDOWS, CLERKS, strict=True)
        ]
        self._guide = Guide(
            stage.guide_page(),
            GUIDE,
            props,
            self._services,
            Random(f"{seed}/guide"),
            self._closing,
            self._over,
            self._holders.absent,
            lambda: [digits for clerk in self._clerks for digits in clerk.missed],
        )
        self._troubling: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._settled = True

    async def run(self) -> tuple[Evidence, Course]:
        """Play it to the end. Raises KioskStuck, DiedAtStart, NotReady."""
        begun = time.monotonic()
        async with AsyncExitStack() as after:
            after.push_async_callback(self._reader.close)
            for box in (self._kiosk, *self._counters.values()):
                after.push_async_callback(box.close)
            after.push_async_callback(self._guide.page.close)
            async with asyncio.TaskGroup() as group:
                mirroring = group.create_task(self._visitors.mirror.follow())
                for clerk in self._clerks:
                    group.create_task(clerk.work())
                group.create_task(self._guide.work())
                await self._all_visitors()
                self._tell(one_line("demo", "mended"))
                self._closing.set()
                await self._until_settled()
                self._over.set()
                mirroring.cancel()
            boxes = await self._outboxes_empty()
            evidence = await self._collect(boxes)
        return evidence, self._course(time.monotonic() - begun)

    async def _all_visitors(self) -> None:
        """Visitors in turn; troubles outside the kiosk run beside them and are over when this returns."""
        async with asyncio.TaskGroup() as besides:
            for number in range(self._count):
                trouble = self._troubles.get(number)
                if trouble is not None and trouble.scene != "kiosk":
                    besides.create_task(self._alone(trouble))
                    trouble = None
                await self._visitors.visit(trouble)
                if (number + 1) % TOLD_EVERY == 0:
                    self._tell(one_line("demo", "visitors", done=number + 1, count=self._count))

    async def _alone(self, trouble: Trouble) -> None:
        """One trouble of a kind at a time: two of one line would undo each other's switches."""
        async with self._troubling[trouble.line if trouble.scene == "line" else "process"]:
            await befall(self._stage, self._props, trouble)

    async def _quiet(self) -> None:
        """Wait until nobody waits, so that every clerk is free."""
        deadline = time.monotonic() + QUIET_SECONDS
        while time.monotonic() < deadline:
            tickets = await self._tickets()
            if tickets is not None and not any(t.state in UNDER_WAY for t in tickets):
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _tickets(self) -> list[Any] | None:
        try:
            return list(await self._reader.tickets((await self._reader.status()).business_date))
        except CallFailed:
            return None

    async def _until_settled(self) -> None:
        """Wait until no ticket is under way and both boxes have told everything; give up when nothing moves."""
        before, moved = None, time.monotonic()
        while time.monotonic() - moved < STANDSTILL_SECONDS:
            tickets = await self._tickets()
            await self._holders.bring_back(self._kiosk, tickets or ())
            states = None if tickets is None else {t.ticket_id: t.state for t in tickets}
            marks = await self._marks()
            if states is not None and marks and not any(m.outbox for m in marks):
                held = [w for w in await self._reader.windows() if w["phase"] in {"called", "serving"} or w["parked"]]
                if not held and not {*UNDER_WAY, "away"}.intersection(states.values()):
                    return
            if states != before:
                before, moved = states, time.monotonic()
            await asyncio.sleep(LOOK_SECONDS)
        self._settled = False

    async def _outboxes_empty(self) -> tuple[BoxMark, ...]:
        """The clerks' last facts go up; what is left after a while is for the judge."""
        begun = time.monotonic()
        while True:
            marks = await self._marks()
            if (marks and not any(m.outbox for m in marks)) or time.monotonic() - begun > STANDSTILL_SECONDS:
                return marks
            await asyncio.sleep(LOOK_SECONDS)

    async def _marks(self) -> tuple[BoxMark, ...]:
        boxes = ((KIOSK, self._kiosk), (COUNTER, self._counters[WINDOWS[0]]))
        try:
            told: list[tuple[str, dict[str, Any]]] = [(name, await box.health()) for name, box in boxes]
        except CallFailed:
            return ()
        return tuple(BoxMark(name, health["journal"], health["outbox"]) for name, health in told)

    async def _collect(self, boxes: tuple[BoxMark, ...]) -> Evidence:
        date = (await self._reader.status()).business_date
        return replace(
            self._props.evidence(),
            noted=tuple(self._guide.noted),
            wishes=tuple(self._wishes()),
            serves=tuple((window, frozenset(codes)) for window, codes in self._served.items()),
            touches=tuple((touch, tuple(sorted(ids))) for touch, ids in self._visitors.touches.items()),
            refused_slips=frozenset(self._visitors.refused),
            tickets=tuple(await self._reader.tickets(date)),
            calls=tuple(await self._reader.calls(date)),
            ratings=tuple(await self._reader.ratings(date)),
            facts=tuple(await self._reader.facts()),
            conflicts=tuple(await self._reader.conflicts()),
            boxes=boxes,
            page_presses=tuple(press for clerk in self._clerks for press in clerk.page_presses),
        )

    def _wishes(self) -> Iterator[Wish]:
        yield from (*self._holders.wishes, *self._guide.wishes)
        for clerk in self._clerks:
            yield from clerk.wishes

    def _course(self, seconds: float) -> Course:
        return Course(
            visitors=self._count,
            seed=self._seed,
            seconds=round(seconds, 1),
            troubles=tuple(f"{number + 1}: {trouble}" for number, trouble in sorted(self._troubles.items())),
            outcomes=dict(Counter(self._visitors.outcomes)),
            sources=dict(Counter(self._visitors.sources)),
            wishes=dict(Counter(f"{wish.what} {wish.came}" for wish in self._wishes())),
            presses=sum(clerk.presses for clerk in self._clerks),
            settled=self._settled,
        )
