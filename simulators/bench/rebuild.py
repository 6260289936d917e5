"""A hall whose database is gone, put together again from the journals of its 65 boxes: how long, and is it the same.

The boxes are threads of the bench: each sends what it has in batches, one after the other, as boxes do when a hall
welcomes them. The hall is `yichuang hall rebuild` with no backup, then `yichuang hall`; the clock runs from the start
of the latter until it says of itself that it is no longer recovering.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from simulators.bench.baseline import commit_batches
from simulators.bench.box import batches
from simulators.bench.busy_day import BusyDay, Known, busy_day
from simulators.bench.figures import Figure, at_most
from simulators.bench.full_hall import BOXES, FULL
from simulators.bench.scene import Scene
from simulators.bench.wire import Broken
from simulators.demo.processes import Child

LIMIT_SECONDS = 300.0
POLL_SECONDS = 0.05

BAR_MINUTES = 2.0
"""A hall full of people waits no longer for a new server than for a lift that is stuck."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box as it comes back: its hello, and the bodies of its batches."""

    name: str
    hello: dict[str, object]
    told: list[bytes]


async def rebuild_figures(scene: Scene, tickets: int) -> list[Figure]:
    """Minutes until the hall is itself again. The scene's hall is this one, and has never been started."""
    day = await asyncio.to_thread(busy_day, tickets)
    journals = {name: chain.untold() for name, chain in day.chains.items()}
    facts = sum(map(len, journals.values()))
    same = [batch for journal in journals.values() for batch in batches(journal)]
    bare = await asyncio.to_thread(commit_batches, scene.run.root, same)
    await Child("hall rebuild", ["hall", "rebuild", str(scene.run.settings(FULL))], scene.run.log("hall")).run()
    boxes = [
        Box(name, chain.hello(term=day.term), [chain.batch(batch) for batch in batches(journals[name])])
        for name, chain in day.chains.items()
    ]
    begun = time.monotonic()
    await scene.start_hall()
    told, whole = await asyncio.to_thread(_tell_all, scene, boxes, day.date)
    known = await _known(scene, day)
    different = differences(day.known, known)
    return [
        Figure(f"rebuilt from {len(BOXES)} boxes: facts", facts, "facts"),
        Figure("bare commits of the same facts", bare, "s"),
        Figure(f"rebuilt from {len(BOXES)} boxes: hall started → all told", told - begun, "s"),
        Figure(f"rebuilt from {len(BOXES)} boxes: hall started → itself again", whole - begun, "s"),
        Figure(f"rebuilt from {len(BOXES)} boxes, in minutes", (whole - begun) / 60, "min", at_most(BAR_MINUTES)),
        Figure("rebuilt otherwise than it was", different, f"of {_size(day.known)}", at_most(0)),
    ]


def _tell_all(scene: Scene, boxes: list[Box], date: str) -> tuple[float, float]:
    """The moments when all is told, and when the hall is itself again. Raises Broken."""
    with ThreadPoolExecutor(len(boxes)) as threads:
        told = max(threads.map(lambda box: _tell(scene, box, date), boxes))
    with scene.spot("observer").connect() as onlooker:
        while time.monotonic() < told + LIMIT_SECONDS:
            if not onlooker.get("/api/status").json()["recovering"]:
                return told, time.monotonic()
            time.sleep(POLL_SECONDS)
    raise Broken(f"still recovering {LIMIT_SECONDS:.0f} s after the last fact was told")


def _tell(scene: Scene, box: Box, date: str) -> float:
    """Everything that one box has; the moment of the last receipt."""
    with scene.spot(box.name).connect() as connection:
        welcome = connection.post("/device/hello", box.hello).json()
        if (welcome["recovering"], welcome["high"], welcome["business_date"]) != (True, 0, date):
            raise Broken(f"{box.name} was welcomed by another hall than one that is rebuilt: {welcome}")
        for body in box.told:
            connection.ask(connection.ready("POST", "/device/facts", body)).json()
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
    waiting = {code: count for code, count in known.waiting.items() if count}
    return [known.tickets, known.calls, known.ratings, known.windows, waiting]
