"""From the touch of a service to the first byte of its slip, with the hall and without it."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import AsyncIterator
from itertools import cycle, islice
from typing import NamedTuple

from simulators.bench.ear import Ear
from simulators.bench.figures import Figure, at_most, percentile
from simulators.bench.scene import Scene
from simulators.bench.settings import SERVICES
from simulators.bench.wire import Broken, Connection
from simulators.demo.settings import KIOSK

BETWEEN_SECONDS = (0.06, 0.12)
"""The printer takes what comes within 50 ms for the same job; more, so that no poll keeps step with us."""


class Touched(NamedTuple):
    """What one touch took, in seconds, and how many bytes its slip was. ``source`` is hall or band."""

    seconds: float
    size: int
    source: str


def touches(scene: Scene, count: int) -> list[Touched]:
    """Touch ``count`` times, each after the slip before it has come out. Raises Broken, TimeoutError."""
    with Connection(scene.ports.kiosk) as kiosk, Ear(scene.run.control("printer")) as printer:
        return [_touch(kiosk, printer, service) for service in islice(cycle(SERVICES), count)]


def _touch(kiosk: Connection, printer: Ear, service: str) -> Touched:
    time.sleep(random.uniform(*BETWEEN_SECONDS))
    touched = kiosk.ready("POST", "/kiosk/tickets", b'{"service":"%b","touch":"%b"}' % _names(service))
    begun = time.monotonic()
    taken = kiosk.ask(touched).json()
    byte = printer.until(lambda event: event["event"] == "byte" and event["t"] >= begun)
    slip = printer.until(lambda event: event["event"] == "slip")
    if taken["outcome"] != "printed" or not slip["complete"] or not slip["qr"]:
        raise Broken(f"no whole slip for {taken}: {slip}")
    return Touched(byte["t"] - begun, slip["bytes"], taken["source"])


def _names(service: str) -> tuple[bytes, bytes]:
    return service.encode(), uuid.uuid4().hex.encode()


async def touch_figures(scene: Scene, count: int, rounds: int) -> list[Figure]:
    """The kiosk's figures. The scene's hall, printer and kiosk are up."""
    await scene.box_works(KIOSK)
    answered = await asyncio.to_thread(touches, scene, count)
    alone = [touched async for touched in _without_hall(scene, rounds)]
    _from("hall", answered)
    _from("band", alone)
    times = [touched.seconds * 1000 for touched in answered]
    sizes = [touched.size for touched in (*answered, *alone)]
    return [
        Figure("touch to first byte, hall answering, p50", percentile(times, 50), "ms", at_most(10)),
        Figure("touch to first byte, hall answering, p99", percentile(times, 99), "ms", at_most(30)),
        Figure("touch to first byte, hall not answering, max", max(t.seconds for t in alone), "s", at_most(0.75)),
        Figure("ticket with its signed code, max", max(sizes), "bytes", at_most(800)),
    ]


async def _without_hall(scene: Scene, rounds: int) -> AsyncIterator[Touched]:
    for _ in range(rounds):
        scene.freeze_hall(True)
        try:
            taken = await asyncio.to_thread(touches, scene, 1)
        finally:
            scene.freeze_hall(False)
        yield taken[0]
        await scene.box_works(KIOSK)


def _from(source: str, taken: list[Touched]) -> None:
    """All numbers came from where they should: else another thing was measured. Raises Broken."""
    if strangers := [touched for touched in taken if touched.source != source]:
        raise Broken(f"{len(strangers)} of {len(taken)} numbers did not come from the {source}")
