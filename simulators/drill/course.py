"""The course of a drill: visitors, clerks and troubles at once; then everything is mended and everybody called."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from config.wording import one_line
from simulators.account import Ticket
from simulators.client import BoxClient, CallFailed, HallReader
from simulators.demo.evidence import BoxMark, Evidence
from simulators.demo.guides import Guide
from simulators.demo.play import UNDER_WAY
from simulators.demo.stage import Tell
from simulators.demo.wished import Wish
from simulators.drill.clerks import DrillClerk
from simulators.drill.faults import befall
from simulators.drill.schedule import Trouble
from simulators.drill.settings import GUIDE, HALL, SERVICES, clerk_of, services_of
from simulators.drill.stage import DrillStage
from simulators.drill.visitors import Visitors

CLOSING_SECONDS = 45.0
"""The end of every drill, without a fault: everything is mended, everybody is called, every box has told everything."""

STANDSTILL_SECONDS = 20.0
"""With everything mended, something moves on at least this often, or the drill ends and the judge says why."""

LOOK_SECONDS = 0.5
MENDED_SECONDS = 30.0
TOLD_EVERY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Course:
    """How a drill went, for its report."""

    seed: int
    seconds: float
    troubles: tuple[str, ...]
    left_out: tuple[str, ...]
    lost_answers: int
    restarts: dict[str, int]
    outcomes: dict[str, int]
    sources: dict[str, int]
    wishes: dict[str, int]
    presses: int
    settled: bool


class Drill:
    """One drill on a stage that is set up. ``seconds`` from the first visitor to the last call."""

    def __init__(
        self,
        stage: DrillStage,
        seed: int,
        seconds: float,
        schedule: Sequence[Trouble],
        lacks: dict[str, str],
        tell: Tell,
    ) -> None:
        self._stage, self._props, self._tell = stage, stage.props, tell
        self._seed, self._seconds, self._schedule, self._lacks = seed, seconds, schedule, lacks
        self._closing, self._over = asyncio.Event(), asyncio.Event()
        self._begun = 0.0
        self._happened: list[str] = []
        self._left_out: list[str] = []
        self._reader: HallReader = stage.reader()
        self._settled = True
        self._dates: set[str] = set()
        self._boxes: dict[str, BoxClient] = {name: stage.box(name) for name in stage.size.boxes}
        codes = [code for code, *_ in SERVICES]
        self._visitors = [
            Visitors(
                name,
                self._boxes[name],
                self._props,
                codes,
                Random(f"{seed}/{name}"),
                stage.moments,
                self._closing,
                stage,
                Random(f"{seed}/{name}/holders"),
            )
            for name in stage.size.kiosk_names
        ]
        self._clerks = [self._clerk(window, codes) for window in stage.size.windows]
        self._guide = Guide(
            stage.guide_page(),
            GUIDE,
            self._props,
            codes,
            Random(f"{seed}/guide"),
            self._closing,
            self._over,
            stage.holders.at_kiosks.absent,
            lambda: [digits for clerk in self._clerks for digits in clerk.missed],
        )

    def _clerk(self, window: int, codes: list[str]) -> DrillClerk:
        counter = self._stage.size.counter_of(window)
        return DrillClerk(
            window,
            clerk_of(window),
            self._stage.box(counter),  # a client of its own: it keeps this window's token
            self._props,
            codes,
            Random(f"{self._seed}/window {window}"),
            self._closing,
            self._over,
            counter=counter,
            stage=self._stage,
        )

    async def run(self) -> tuple[Evidence, Course]:
        """Run it to the end."""
        self._begun = time.monotonic()
        async with AsyncExitStack() as after:
            after.push_async_callback(self._reader.close)
            for box in (*self._boxes.values(), *(clerk.box for clerk in self._clerks)):
                after.push_async_callback(box.close)
            after.push_async_callback(self._guide.page.close)
            async with asyncio.TaskGroup() as group:
                beside = [group.create_task(visitors.mirror.follow()) for visitors in self._visitors]
                beside.append(group.create_task(self._report()))
                for clerk in self._clerks:
                    group.create_task(clerk.work())
                group.create_task(self._guide.work())
                await self._everything_goes_wrong()
                self._tell(one_line("demo", "mended"))
                self._closing.set()
                await self._last_visitors()
                await self._until_settled()
                self._over.set()
                for task in beside:
                    task.cancel()
            evidence = await self._evidence()
        return evidence, self._course()

    async def _everything_goes_wrong(self) -> None:
        """Visitors come, troubles befall; over when the time for faults is over and all are mended."""
        async with asyncio.TaskGroup() as group:
            visiting = [group.create_task(visitors.come()) for visitors in self._visitors]
            troubles = [group.create_task(self._befall(trouble)) for trouble in self._schedule]
            await self._until(self._seconds - CLOSING_SECONDS)
            await asyncio.gather(*troubles)
            self._closing.set()
            await asyncio.gather(*visiting)

    async def _until(self, at: float) -> None:
        await asyncio.sleep(max(0.0, self._begun + at - time.monotonic()))

    async def _befall(self, trouble: Trouble) -> None:
        await self._until(trouble.at)
        if why := self._lacks.get(trouble.kind):
            self._left_out.append(f"{trouble}: {why}")
            return
        self._tell(str(trouble))
        self._happened.append(str(trouble))
        await befall(self._stage, trouble)

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(TOLD_EVERY_SECONDS)
            slips = sum(slip.complete for slip in self._props.slips)
            told = one_line("demo", "course", slips=slips, faults=len(self._happened))
            self._tell(f"{self._now():7.1f} s  · {told}")

    def _now(self) -> float:
        return time.monotonic() - self._begun

    async def _last_visitors(self) -> None:
        """Every kiosk that has been mended gives a number again; one that does not leaves the hall unsettled."""
        given = await asyncio.gather(*(self._one_more(visitors) for visitors in self._visitors))
        for visitors, well in zip(self._visitors, given, strict=True):
            if not well:
                self._tell(
                    f"✗ {visitors.kiosk} gives no numbers although everything is mended: {visitors.mirror.state}"
                )
                self._settled = False

    async def _one_more(self, visitors: Visitors) -> bool:
        ends = time.monotonic() + MENDED_SECONDS
        while (left := ends - time.monotonic()) > 0:
            if await visitors.mirror.until(lambda s: bool(s["can_issue"]), left) and await visitors.visit():
                return True
        return False

    async def _tickets(self) -> list[Ticket] | None:
        try:
            self._dates.add((await self._reader.status()).business_date)
            return [ticket for date in sorted(self._dates) for ticket in await self._reader.tickets(date)]
        except CallFailed:
            return None

    async def _until_settled(self) -> None:
        """Wait until no ticket is under way and every box has told everything; give up when nothing moves."""
        before, moved = None, time.monotonic()
        while time.monotonic() - moved < STANDSTILL_SECONDS:
            tickets = await self._tickets() or []
            await self._bring_back(tickets)
            states = {ticket.ticket_id: ticket.state for ticket in tickets}
            marks = await self._marks()
            told = bool(states and marks) and not any(mark.outbox for mark in marks)
            if told and not {*UNDER_WAY, "away"}.intersection(states.values()) and await self._all_free():
                return
            if states != before:
                before, moved = states, time.monotonic()
            await asyncio.sleep(LOOK_SECONDS)
        self._settled = False

    async def _bring_back(self, tickets: Sequence[Ticket]) -> None:
        """Whoever is away comes back, at the first kiosk."""
        await self._stage.holders.at_kiosks.bring_back(self._visitors[0].box, tickets)

    async def _all_free(self) -> bool:
        try:
            windows = await self._reader.windows()
        except CallFailed:
            return False
        return not any(w["phase"] in {"called", "serving"} or w["parked"] for w in windows)

    async def _outboxes_empty(self) -> tuple[BoxMark, ...]:
        """The clerks' last facts go up; what is left after a while is for the judge."""
        ends = time.monotonic() + STANDSTILL_SECONDS
        while True:
            marks = await self._marks()
            if (marks and not any(m.outbox for m in marks)) or time.monotonic() > ends:
                return marks
            await asyncio.sleep(LOOK_SECONDS)

    async def _marks(self) -> tuple[BoxMark, ...]:
        try:
            told: list[tuple[str, dict[str, Any]]] = [(name, await box.health()) for name, box in self._boxes.items()]
        except CallFailed:
            return ()
        return tuple(BoxMark(name, health["journal"], health["outbox"]) for name, health in told)

    async def _evidence(self) -> Evidence:
        """What was seen, and the hall's own account; without it when the hall is not there any more."""
        seen = self._seen(await self._outboxes_empty())
        try:
            return await self._with_account(seen)
        except CallFailed:
            self._settled = False
            self._tell(f"✗ the hall does not answer: {self._stage.processes[HALL].child.story()}")
            return seen

    def _seen(self, boxes: tuple[BoxMark, ...]) -> Evidence:
        touches = {touch: ids for visitors in self._visitors for touch, ids in visitors.touches.items()}
        return replace(
            self._props.evidence(),
            touches=tuple((touch, tuple(sorted(ids))) for touch, ids in touches.items()),
            refused_slips=frozenset().union(*(visitors.refused for visitors in self._visitors)),
            boxes=boxes,
            page_presses=tuple(press for clerk in self._clerks for press in clerk.page_presses),
            ends=(*(end for kept in self._stage.processes.values() for end in kept.lives()), *self._stage.other_ends),
            noted=(*(noted for visitors in self._visitors for noted in visitors.noted), *self._guide.noted),
            wishes=tuple(self._wishes()),
            serves=tuple((window, frozenset(services_of(window))) for window in self._stage.size.windows),
            lost_ms=tuple(self._stage.lost_ms),
            admissions=tuple(admission for clerk in self._clerks for admission in clerk.admissions),
            tampered=frozenset(self._stage.tampered),
        )

    def _wishes(self) -> Iterator[Wish]:
        yield from (*self._stage.holders.at_kiosks.wishes, *self._guide.wishes)
        for clerk in self._clerks:
            yield from clerk.wishes

    async def _with_account(self, seen: Evidence) -> Evidence:
        dates = sorted(self._dates)
        return replace(
            seen,
            tickets=tuple(await self._tickets() or ()),
            calls=tuple([call for date in dates for call in await self._reader.calls(date)]),
            ratings=tuple([rating for date in dates for rating in await self._reader.ratings(date)]),
            facts=tuple(await self._reader.facts()),
            conflicts=tuple(await self._reader.conflicts()),
        )

    def _course(self) -> Course:
        stage = self._stage
        return Course(
            seed=self._seed,
            seconds=round(self._now(), 1),
            troubles=tuple(self._happened),
            left_out=tuple(self._left_out),
            lost_answers=sum(cable.lost_answers for cable in stage.cables.values()),
            restarts={name: len(kept.ends) for name, kept in stage.processes.items() if kept.ends or name == HALL},
            outcomes=dict(Counter(outcome for visitors in self._visitors for outcome in visitors.outcomes)),
            wishes=dict(Counter(f"{wish.what} {wish.came}" for wish in self._wishes())),
            sources=dict(Counter(source for visitors in self._visitors for source in visitors.sources)),
            presses=sum(clerk.presses for clerk in self._clerks),
            settled=self._settled,
        )
