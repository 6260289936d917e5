"""A hall whose database is gone, put together again from the journals of its 65 boxes: how long, and is it the same.

The boxes are threads of the bench: each sends what it has in batches, one after the other, as boxes do when a hall
welcomes them. The hall is `yichuang hall rebuild` with no backup, then `yichuang hall`; the clock runs from the start
of the latter until it says of itself that it is no longer recovering.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from simulators.bench.baseline import commit_batches
from simulators.bench.box import batches
from simulators.bench.busy_day import BusyDay, Known, busy_day
from simulators.bench.figures import Figure, at_most
from simulators.bench.full_hall import FULL
from simulators.bench.scene import Scene
from simulators.bench.wire import Broken
from simulators.demo.processes import Child

Journals = dict[str, list[bytes]]
"""The facts of each box."""

LIMIT_SECONDS = 300.0
POLL_SECONDS = 0.05

BAR_MINUTES = 1.0
"""Kiosks give numbers of their own and counters serve slips meanwhile; longer than that, and clerks begin to wonder."""


async def rebuild_figures(scene: Scene, tickets: int) -> list[Figure]:
    """Minutes until the hall is itself again. The scene's hall is this one, and has never been started."""
    day = await asyncio.to_thread(busy_day, tickets)
    journals = {name: chain.untold() for name, chain in day.chains.items()}
    facts = sum(map(len, journals.values()))
    same = [batch for journal in journals.values() for batch in batches(journal)]
    bare = await asyncio.to_thread(commit_batches, scene.run.root, same)
    await Child("hall rebuild", ["hall", "rebuild", str(scene.run.settings(FULL))], scene.run.log("hall")).run()
    begun = time.monotonic()
    await scene.start_hall()
    told, whole = await asyncio.to_thread(_tell_all, scene, day, journals)
    known = await _known(scene, day)
    different = differences(day.known, known)
    return [
        Figure(f"rebuilt from {len(journals)} boxes: facts", facts, "facts"),
        Figure("bare commits of the same facts", bare, "s"),
        Figure(f"rebuilt from {len(journals)} boxes: hall started → all told", told - begun, "s"),
        Figure(f"rebuilt from {len(journals)} boxes: hall started → itself again", whole - begun, "s"),
        Figure(f"rebuilt from {len(journals)} boxes, in minutes", (whole - begun) / 60, "min", at_most(BAR_MINUTES)),
        Figure("rebuilt otherwise than it was", different, f"of {_size(day.known)}", at_most(0)),
    ]


def _tell_all(scene: Scene, day: BusyDay, journals: Journals) -> tuple[float, float]:
    """The moments when all is told, and when the hall is itself again. Raises Broken."""
    with ThreadPoolExecutor(len(journals)) as threads:
        told = max(threads.map(lambda box: _tell(scene, day, box, journals[box]), journals))
    with scene.spot("observer").connect() as onlooker:
        while time.monotonic() < told + LIMIT_SECONDS:
            if not onlooker.get("/api/status").json()["recovering"]:
                return told, time.monotonic()
            time.sleep(POLL_SECONDS)
    raise Broken(f"still recovering {LIMIT_SECONDS:.0f} s after the last fact was told")


def _tell(scene: Scene, day: BusyDay, box: str, facts: Sequence[bytes]) -> float:
    """Everything that one box has; the moment of the last receipt."""
    chain = day.chains[box]
    with scene.spot(box).connect() as connection:
        welcome = connection.post("/device/hello", chain.hello(term=day.term)).json()
        if (welcome["recovering"], welcome["high"], welcome["business_date"]) != (True, 0, day.date):
            raise Broken(f"{box} was welcomed by another hall than one that is rebuilt: {welcome}")
        for batch in batches(facts):
            connection.ask(connection.ready("POST", "/device/facts", chain.batch(batch))).json()
    return time.monotonic()


async def _known(scene: Scene, day: BusyDay) -> Known:
    """What the hall says now. Every conflict counts as a ticket that it should not have."""
    reader = scene.reader()
    try:
        known = Known()
        known.tickets = {ticket.ticket_id: ticket.state for ticket in await reader.tickets(day.date)}
        known.tickets |= {f"conflict {one.row}": one.why for one in await reader.conflicts()}
        calls = await reader.calls(day.date)
        known.calls = {call.call_id: (call.ticket_id, call.window, call.ended) for call in calls}
        ratings = await reader.ratings(day.date)
        known.ratings = {one.visit: one.grade or one.reason or "" for one in ratings}
        known.windows = dict(map(_window, await reader.windows()))
        known.waiting.update(await reader.counts())
        return known
    finally:
        await reader.close()


def _window(state: dict[str, Any]) -> tuple[int, tuple[str, str]]:
    return state["window"], (state["phase"], state["held"]["ticket"] if state["held"] else "")


def differences(left: Known, right: Known) -> int:
    """Tickets, calls, ratings, windows and counts that are not the same in both."""
    pairs = zip(_parts(left), _parts(right), strict=True)
    return sum(one.get(key) != other.get(key) for one, other in pairs for key in one.keys() | other.keys())


def _size(known: Known) -> int:
    return sum(map(len, _parts(known)))


def _parts(known: Known) -> list[dict[Any, Any]]:
    """Nobody waiting is as good as no count, and a closed window as one where nothing ever happened."""
    waiting = {code: count for code, count in known.waiting.items() if count}
    windows = {number: state for number, state in known.windows.items() if state != ("closed", "")}
    return [known.tickets, known.calls, known.ratings, windows, waiting]
