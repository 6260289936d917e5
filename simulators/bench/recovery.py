"""How soon a hall is itself again: its process killed under a clerk's hands, its boxes' facts brought home.

| the clock starts      | it stops                            | beside                                     |
|-----------------------|-------------------------------------|--------------------------------------------|
| the hall is killed    | a clerk's press is answered: a call | the hall's bare start, to its first word   |
| the hall speaks again | the box's outbox begins to empty    | the longest pause between two hellos       |
| it begins to empty    | it is empty                         | a bare client's pace (ingest, one client)  |

A hall is started at once when it has been killed, as systemd does.
"""

from __future__ import annotations

import asyncio
import time

from simulators.bench.backlog import fill
from simulators.bench.display import Clerk
from simulators.bench.figures import Figure, at_least, at_most, median
from simulators.bench.issue import issue
from simulators.bench.scene import Scene
from simulators.bench.settings import ALONE, LOADING
from simulators.bench.wire import Broken, Connection
from simulators.demo.settings import KIOSK

TOLD_SECONDS = 3.0
"""After so long a clerk is told that the hall does not answer. Who pressed when it was killed need not hear of it."""

HELLO_SECONDS = 8.0
"""The longest pause between two hellos of a box."""

AGAIN_SECONDS = 0.2
"""Between two presses of a clerk in a hurry, the first of which was refused."""

SLOWER = 4
"""A box reads its facts, checks and remembers what was stored; a bare client has all its batches ready."""

LIMIT_SECONDS = 60.0
ASIDE = 10
"""Tickets waiting beside those that are called."""


async def killed_figures(scene: Scene, kills: int) -> list[Figure]:
    """Hall killed → first call. The scene's hall, and the line and box with one display, are up."""
    await asyncio.to_thread(issue, scene.spot(LOADING[0].name), LOADING[0], kills + ASIDE)
    await scene.box_works(ALONE)
    bare: list[float] = []
    calls: list[float] = []
    with Connection(scene.ports.alone) as box:
        clerk = await asyncio.to_thread(Clerk.signing_in, box)
    for _ in range(kills):
        await scene.hall.kill()
        bare.append(await scene.start_hall())
        await scene.box_works(ALONE)
        with Connection(scene.ports.alone) as box:
            calls.append(await _first_call(scene, clerk.through(box)))
            await asyncio.to_thread(clerk.through(box).press, "finish")
    return [
        Figure("hall killed → its first word, p50", median(bare), "s"),
        Figure("hall killed → first call, p50", median(calls), "s", at_most(TOLD_SECONDS)),
        Figure("hall killed → first call, max", max(calls), "s"),
    ]


async def _first_call(scene: Scene, clerk: Clerk) -> float:
    """Seconds from the kill until a press of *next*, repeated when it is refused, has brought a call."""
    await scene.hall.kill()
    begun = time.monotonic()
    await scene.hall.start()
    return await asyncio.to_thread(_called, clerk) - begun


def _called(clerk: Clerk) -> float:
    limit = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < limit:
        try:
            _, window = clerk.press("next")
        except Broken:
            time.sleep(AGAIN_SECONDS)
            continue
        if window["held"] is not None:
            return time.monotonic()
    raise Broken(f"no call in {LIMIT_SECONDS:.0f} s after a kill")


async def outbox_figures(scene: Scene, facts: int, pace: float) -> list[Figure]:
    """Link back → outbox empty; ``pace``: a bare client's facts a second.

    The scene's hall is up, the printer's line too, the kiosk is not.
    """
    date = await scene.business_date()
    await scene.start_box(KIOSK)
    await scene.box_works(KIOSK)
    await scene.boxes[KIOSK].stop()
    await scene.hall.stop()
    fill(scene.run.root / f"{KIOSK}-data" / "journal.db", KIOSK, 1, facts, date)
    await scene.start_box(KIOSK)
    full = int(scene.health(KIOSK)["outbox"])
    if full < facts:
        raise Broken(f"the kiosk has {full} facts to tell, not {facts}")
    await scene.start_hall()
    back = time.monotonic()
    begun = await _outbox_below(scene, full)
    empty = await _outbox_below(scene, 1)
    await scene.boxes[KIOSK].stop()
    begins = f"link back → a box with {facts} untold facts begins to tell"
    return [
        Figure(begins, begun - back, "s", at_most(HELLO_SECONDS)),
        Figure("its outbox", full / (empty - begun), "facts/s", at_least(pace / SLOWER)),
        Figure("link back → its outbox empty", empty - back, "s"),
    ]


async def _outbox_below(scene: Scene, facts: int) -> float:
    """The moment at which fewer wait. Raises NotReady, DiedAtStart."""
    return await scene.until(scene.boxes[KIOSK], lambda: int(scene.health(KIOSK)["outbox"]) < facts)
