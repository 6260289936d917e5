"""Facts a second into the hall, in batches as boxes send them, beside bare commits of the same bytes."""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple

from simulators.bench.baseline import commit_batches
from simulators.bench.box import Chain, batches
from simulators.bench.crew import Spot, together
from simulators.bench.figures import Figure, at_least
from simulators.bench.issue import band, tell_band
from simulators.bench.scene import Scene
from simulators.bench.settings import LOADERS, LOADING, Loader

FACTS_A_TICKET = 3


def tell(spot: Spot, loader: Loader, first: int, count: int, date: str) -> float:
    """Tell of ``count`` tickets, one batch after the other; the seconds it took. All is laid out before it begins."""
    chain = Chain(loader.name)
    tell_band(chain, band(loader.digit, first, count), date)
    with spot.connect() as connection:
        connection.post("/device/hello", chain.hello()).json()
        told = [connection.ready("POST", "/device/facts", chain.batch(some)) for some in batches(chain.untold())]
        spot.line_up()
        begun = time.monotonic()
        for batch in told:
            connection.ask(batch).json()
        return time.monotonic() - begun


class Pace(NamedTuple):
    """Facts a second: stored and nothing else, told by one client, told by eight."""

    bare: float
    alone: float
    eight: float

    def figures(self) -> list[Figure]:
        """A fact is also read, hashed and understood: a tenth of what the disk alone would take is the bar."""
        return [
            Figure("ingest: bare commits of the same facts", self.bare, "facts/s"),
            Figure("ingest: one client", self.alone, "facts/s", at_least(self.bare / 10)),
            Figure("ingest: eight clients", self.eight, "facts/s", at_least(self.bare / 10)),
        ]


async def ingest_pace(scene: Scene, facts: int) -> Pace:
    """One client's pace, and eight clients'. The scene's hall is up and knows nothing of the loaders' bands."""
    date = await scene.business_date()
    return await asyncio.to_thread(_measure, scene, facts // FACTS_A_TICKET, date)


def _measure(scene: Scene, count: int, date: str) -> Pace:
    facts = count * FACTS_A_TICKET
    same = Chain(LOADING[0].name)
    tell_band(same, band(LOADING[0].digit, 0, count), date)
    bare = commit_batches(scene.run.root, list(batches(same.untold())))
    alone = together(tell, scene.spots(1), LOADING[:1], [0], [count], [date])
    eight = together(tell, scene.spots(LOADERS), LOADING, [count] * LOADERS, [count] * LOADERS, [date] * LOADERS)
    return Pace(facts / bare, facts / alone.gave[0], facts * LOADERS / eight.seconds)
