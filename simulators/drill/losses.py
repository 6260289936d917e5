"""Data that is lost, old or broken: a box's journal, the hall's database.

What nobody could have kept is not lost here: a box has told everything before its journal goes, people leave it alone
meanwhile, and the hall is backed up: from then on that backup and the boxes together have everything, and a hall is
rebuilt from both.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from simulators.client import CallFailed
from simulators.demo.processes import Child
from simulators.drill.settings import HALL

if TYPE_CHECKING:
    from simulators.drill.schedule import Trouble
    from simulators.drill.stage import DrillStage

TELL_SECONDS = 12.0
LOOK_SECONDS = 0.1
QUIET_LOOKS = 3
"""An outbox is empty when it was so often in a row: the last visit's facts are still being written at the first."""

PAGE = 4096
PAGES_BROKEN = 2


async def old_journal(stage: DrillStage, trouble: Trouble) -> None:
    """The journal is replaced by a copy of itself from before."""
    box = trouble.target
    data, copy = stage.run.data(box), stage.run.root / f"copy-of-{box}"
    async with stage.processes[box].away():
        shutil.copytree(data, copy)
    await asyncio.sleep(trouble.seconds)
    async with _told(stage, box) as told:
        if told:
            shutil.rmtree(data)
            shutil.copytree(copy, data)
    shutil.rmtree(copy)


async def lost_journal(stage: DrillStage, trouble: Trouble) -> None:
    """The journal is gone."""
    async with _told(stage, trouble.target) as told:
        if told:
            shutil.rmtree(stage.run.data(trouble.target))


async def damaged_journal(stage: DrillStage, trouble: Trouble) -> None:
    """Some pages of the journal are garbage."""
    async with _told(stage, trouble.target) as told:
        if told:
            file = stage.run.data(trouble.target) / "journal.db"
            spoil(file, float(trouble.detail("page")), Random(trouble.detail("seed")))


def spoil(file: Path, where: float, random: Random) -> None:
    """Overwrite pages from this part (0–1) of a file on, never its first one: that would be another file."""
    pages = file.stat().st_size // PAGE
    with file.open("r+b") as opened:
        opened.seek(max(1, int(where * (pages - PAGES_BROKEN))) * PAGE)
        opened.write(random.randbytes(PAGES_BROKEN * PAGE))


@asynccontextmanager
async def _told(stage: DrillStage, box: str) -> AsyncIterator[bool]:
    """Nobody uses the box; it has told the hall everything, and is stopped. False, and running, when it could not."""
    stage.resting.add(box)
    try:
        async with stage.losing:
            told = await _has_told(stage, box)
            if told is None or not _is_backed_up(await _back_up(stage), box, *told):
                yield False
                return
            async with stage.processes[box].away():
                stage.tampered.add(box)
                yield True
    finally:
        stage.resting.discard(box)


def _is_backed_up(manifest: dict[str, Any], box: str, journal: str, seq: int) -> bool:
    """Whether this backup has so much of a box's journal: its link may have been cut, and the hall rebuilt unseen."""
    kept: int = manifest.get("journals", {}).get(box, {}).get(journal, 0)
    return kept >= seq


async def _has_told(stage: DrillStage, box: str) -> tuple[str, int] | None:
    """The box's journal and its last fact, when the hall has acknowledged that one; None when it did not in time."""
    client = stage.box(box)
    health: dict[str, Any] = {}
    ends, quiet = time.monotonic() + TELL_SECONDS, 0
    try:
        while quiet < QUIET_LOOKS and time.monotonic() < ends:
            with suppress(CallFailed):
                health = await client.health()
                quiet = quiet + 1 if not stage.busy(box) and health["hall"] == "up" and health["outbox"] == 0 else 0
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        await client.close()
    return (health["journal"], health["seq"]) if quiet >= QUIET_LOOKS else None


async def backup(stage: DrillStage, _trouble: Trouble) -> None:
    """A copy of the hall's database, made while it works."""
    await _back_up(stage)


async def _back_up(stage: DrillStage) -> dict[str, Any]:
    """What is said beside the newest backup of what it holds; nothing when none was made."""
    await _hall_command(stage, "backup", "--to", str(stage.run.root / "backups"))
    newest = _newest_backup(stage)
    told: dict[str, Any] = json.loads(newest.with_suffix(".json").read_text("utf-8")) if newest else {}
    return told


def _newest_backup(stage: DrillStage) -> Path | None:
    return max((stage.run.root / "backups").glob("hall-*.db"), key=lambda file: file.stat().st_mtime_ns, default=None)


async def restored_hall(stage: DrillStage, trouble: Trouble) -> None:
    """The database is lost; the newest backup takes its place, by the command made for it or by a plain copy."""
    async with stage.losing, _without_database(stage):
        newest = _newest_backup(stage)
        if newest and trouble.detail("how") == "copied":
            shutil.copyfile(newest, stage.run.data(HALL) / "hall.db")
        else:
            await _rebuild(stage, newest)


async def rebuilt_hall(stage: DrillStage, trouble: Trouble) -> None:
    """The database is lost, and the mark beside it may be, as on a new machine.

    No backup is used as long as the boxes have everything.
    """
    async with stage.losing, _without_database(stage):
        if trouble.detail("mark") == "gone":
            for file in stage.run.disk(HALL).glob("*.mark"):
                file.unlink()
        await _rebuild(stage, _newest_backup(stage) if stage.tampered else None)


async def _rebuild(stage: DrillStage, backup: Path | None) -> None:
    await _hall_command(stage, "rebuild", *(("--backup", str(backup)) if backup else ()))


@asynccontextmanager
async def _without_database(stage: DrillStage) -> AsyncIterator[None]:
    """The hall is dead, and its data with it."""
    await stage.processes[HALL].kill()
    async with stage.processes[HALL].away():
        data = stage.run.data(HALL)
        shutil.rmtree(data)
        data.mkdir()
        yield
        stage.lost_ms.append(stage.props.now_ms())


async def _hall_command(stage: DrillStage, act: str, *more: str) -> None:
    """A command line of the hall's; how it ended is evidence like any other end."""
    child = Child(f"hall {act}", ["hall", act, str(stage.run.settings(HALL)), *more], stage.run.log(f"hall-{act}"))
    await child.start()
    await stage.note_end(child, await child.ended())
