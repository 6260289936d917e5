"""What a box is when nobody comes: its memory, its processor time, its wake-ups; and how it begins."""

from __future__ import annotations

import asyncio

from simulators.bench import proc
from simulators.bench.figures import Figure, at_most, median
from simulators.bench.scene import Scene
from simulators.demo.settings import COUNTER, KIOSK

SETTLE_SECONDS = 5.0
MEMORY_MB = {KIOSK: 80.0, COUNTER: 64.0}
KIND = {KIOSK: "kiosk", COUNTER: "counter"}


async def idle_figures(scene: Scene, seconds: float, starts: int) -> list[Figure]:
    """Both boxes' figures. The scene's hall and all lines are up; the boxes are not."""
    begun = {name: [await _start(scene, name) for _ in range(starts)] for name in KIND}
    for name in KIND:
        await scene.start_box(name)
    for name in KIND:
        await scene.box_works(name)
    await asyncio.sleep(SETTLE_SECONDS)
    used = await _use(scene, seconds)
    return [figure for name in KIND for figure in _figures(scene, name, begun[name], used[name])]


async def _start(scene: Scene, name: str) -> float:
    """One cold start of a box: settings valid, journal open, cells started; in seconds."""
    took = await scene.start_box(name)
    await scene.boxes[name].stop()
    return took


async def _use(scene: Scene, seconds: float) -> dict[str, tuple[float, float]]:
    """Share of a core in per cent and wake-ups a second, by box."""
    pids = {name: pid for name in KIND if (pid := scene.boxes[name].pid) is not None}
    before = {name: proc.use(pid) for name, pid in pids.items()}
    await asyncio.sleep(seconds)
    used: dict[str, tuple[float, float]] = {}
    for name, pid in pids.items():
        first, last = before[name], proc.use(pid)
        span = last.at - first.at
        used[name] = ((last.cpu - first.cpu) / span * 100, (last.switches - first.switches) / span)
    return used


def _figures(scene: Scene, name: str, starts: list[float], used: tuple[float, float]) -> list[Figure]:
    box = scene.boxes[name]
    memory = proc.rss_mb(box.pid) if box.pid is not None else 0.0
    cpu, wakes = used
    kind = KIND[name]
    return [
        Figure(f"{kind} idle, memory", memory, "MB", at_most(MEMORY_MB[name])),
        Figure(f"{kind} idle, processor", cpu, "% of a core", at_most(1)),
        Figure(f"{kind} idle, wake-ups", wakes, "1/s", at_most(25)),
        Figure(f"{kind} cold start to ready, median", median(starts), "s", at_most(0.8)),
    ]
