"""The hall under load: tickets issued, tickets called, with nobody, with 50,000 waiting, with 50,000 served."""

from __future__ import annotations

import asyncio

from simulators.bench import proc
from simulators.bench.baseline import commit_times, echoing
from simulators.bench.call import Called, Calls, call_next, violations
from simulators.bench.crew import Effort, together
from simulators.bench.figures import Figure, at_most
from simulators.bench.hall_figures import CallPace, Counts, IssuePace, calling, flat_calls, flat_rate, issuing
from simulators.bench.issue import Issued, issue, preload
from simulators.bench.scene import Scene
from simulators.bench.settings import LOADERS, LOADING

ROUNDS = 3
"""Baseline and hall take turns: a machine that slows down slows both."""

FEW = 100
"""Left waiting behind those who are called first."""

ALL = 1_000_000
"""Calls until nobody waits."""


class HallLoad:
    """One hall from empty to 50,000 served."""

    def __init__(self, scene: Scene, counts: Counts) -> None:
        self._scene = scene
        self._counts = counts
        self._digits: list[str] = []
        self._called: list[Called] = []

    async def figures(self) -> list[Figure]:
        """All of them, in the order of the hall's day. The scene's hall is up and has no tickets."""
        date = await self._scene.business_date()
        figures = await asyncio.to_thread(self._run, date)
        told = await self._told(date)
        return [*figures, *told]

    async def _told(self, date: str) -> list[Figure]:
        """What the hall's read API says of numbers and calls, beside what the answers said."""
        reader = self._scene.reader()
        try:
            tickets = await reader.tickets(date)
            calls = await reader.calls(date)
        finally:
            await reader.close()
        digits = [*(ticket.digits for ticket in tickets), *set(self._digits)]
        twice = len(self._digits) - len(set(self._digits)) + len(tickets) - len({t.digits for t in tickets})
        called = [*self._called, *(Called(call.ticket_id, call.call_id, call.window) for call in calls)]
        return [
            Figure("numbers given twice", twice, f"of {len(set(digits))}", at_most(0)),
            Figure("violations of one call a ticket", violations(called), f"of {len(self._called)}", at_most(0)),
        ]

    def _run(self, date: str) -> list[Figure]:
        crowd = self._counts.crowd
        with echoing(self._scene.run, self._scene.ports.echo):
            few = self._first_calls()
            empty = self._issue()
            self._gather(date)
            memory = self._memory()
            crowded = self._issue()
            waiting = self._one_clerk()
            self._eight_clerks(self._counts.together // LOADERS)
            self._eight_clerks((crowd - len(self._called)) // LOADERS)
            served = self._one_clerk()
        return [
            *issuing("0 waiting", empty),
            *issuing(f"{crowd} waiting", crowded),
            flat_rate(empty, crowded),
            *calling("few waiting", few),
            *calling(f"{crowd} waiting", waiting),
            *calling(f"{crowd} served", served),
            flat_calls([few, waiting, served]),
            Figure(f"hall memory, {crowd} waiting", memory, "MB", at_most(90)),
        ]

    def _first_calls(self) -> CallPace:
        """One clerk calls with some hundreds waiting; then the hall is emptied."""
        self._take(together(issue, self._scene.spots(1), LOADING[:1], [2 * (self._counts.calls + FEW)]))
        pace = self._one_clerk()
        self._eight_clerks(ALL)
        return pace

    def _issue(self) -> IssuePace:
        pace = IssuePace()
        share = self._counts.tickets // ROUNDS
        for _ in range(ROUNDS):
            self._issue_alone(pace, share)
            self._issue_together(pace, share)
        return pace

    def _issue_alone(self, pace: IssuePace, count: int) -> None:
        pace.commit += commit_times(self._scene.run.root, count)
        pace.echo += self._echo(1, count).gave[0].requests
        issued = self._take(together(issue, self._scene.spots(1), LOADING[:1], [count])).gave[0]
        pace.reserve += issued.reserve
        pace.confirm += issued.confirm

    def _issue_together(self, pace: IssuePace, count: int) -> None:
        pace.echo_rate.append(2 * count * LOADERS / self._echo(LOADERS, count).seconds)
        effort = self._take(together(issue, self._scene.spots(LOADERS), LOADING, [count] * LOADERS))
        pace.ticket_rate.append(count * LOADERS / effort.seconds)

    def _echo(self, clients: int, count: int) -> Effort[Issued]:
        """The same clients with the same work before the bare echo: two requests a ticket that is none."""
        return together(issue, self._scene.echo_spots(clients), LOADING[:clients], [count] * clients)

    def _take(self, effort: Effort[Issued]) -> Effort[Issued]:
        for issued in effort.gave:
            self._digits += issued.digits
        return effort

    def _gather(self, date: str) -> None:
        """Bring the number waiting to the crowd's size."""
        missing = self._counts.crowd - (len(self._digits) - len(self._called))
        shares = [missing // LOADERS + (index < missing % LOADERS) for index in range(LOADERS)]
        for digits in together(preload, self._scene.spots(LOADERS), LOADING, shares, [date] * LOADERS).gave:
            self._digits += digits

    def _memory(self) -> float:
        pid = self._scene.hall.pid
        return proc.rss_mb(pid) if pid is not None else 0.0

    def _one_clerk(self) -> CallPace:
        count = self._counts.calls
        commit, echo = commit_times(self._scene.run.root, count), self._echo(1, count).gave[0].requests
        calls: Calls = together(call_next, self._scene.spots(1), LOADING[:1], [count]).gave[0]
        self._called += calls.called
        return CallPace(commit, echo, calls.taken)

    def _eight_clerks(self, each: int) -> None:
        for calls in together(call_next, self._scene.spots(LOADERS), LOADING, [each] * LOADERS).gave:
            self._called += calls.called
