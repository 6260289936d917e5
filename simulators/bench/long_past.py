"""How soon a hall with years behind it is ready: its start, beside its own start before it had a past."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from simulators.bench import million
from simulators.bench.figures import Figure, at_most, median
from simulators.bench.scene import Scene
from simulators.bench.settings import OLD


async def start_figures(scene: Scene, facts: int, starts: int) -> list[Figure]:
    """Start to first answer, without and with so many facts. The scene's hall is this one, never started yet."""
    database = scene.run.root / f"{OLD}-data" / "hall.db"
    await scene.start_hall()
    await scene.hall.stop()
    before = await _starts(scene, database, starts)
    await asyncio.to_thread(million.fill, database, facts)
    after = await _starts(scene, database, starts)
    return [
        Figure("start on no facts, median", median(before), "s"),
        Figure(f"start on {facts} facts, median", median(after), "s", at_most(1)),
    ]


async def _starts(scene: Scene, database: Path, count: int) -> list[float]:
    taken: list[float] = []
    for _ in range(count):
        forget(database)
        taken.append(await scene.start_hall())
        await scene.hall.stop()
    return taken


def forget(file: Path) -> None:
    """Have the kernel drop what it holds of a file: the next reader waits for the disk, as after a power cut."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
