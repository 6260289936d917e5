"""How each kind of trouble is made and mended. Whatever happens inside, it is mended at the end."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from simulators.drill import losses
from simulators.drill.proxy import Slow
from simulators.drill.settings import HALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulators.drill.schedule import Trouble
    from simulators.drill.stage import DrillStage

FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
"""Debian's libfaketime, where it is installed."""

ALONE_SECONDS = 8.0
"""By then a counter that is cut off knows it."""

HANDS_SECONDS = 1.0
"""Nobody lays in a roll faster: paper that ends within a slip in the fault's last moment is out for as long as that."""

SLOW_FSYNC_MICROSECONDS = 2_000_000
STRACE_END_SECONDS = 3.0

Makes = Callable[["DrillStage", "Trouble"], Awaitable[None]]


async def befall(stage: DrillStage, trouble: Trouble) -> None:
    """Let a trouble happen and pass."""
    await MAKERS[trouble.kind](stage, trouble)


async def _kill(stage: DrillStage, trouble: Trouble) -> None:
    await stage.processes[trouble.target].kill()


async def _kill_at_step(stage: DrillStage, trouble: Trouble) -> None:
    """At the very step, or, when it does not come in time, at any."""
    await stage.moments.wait(trouble.detail("after"), "" if trouble.target == HALL else trouble.target, trouble.seconds)
    await asyncio.sleep(float(trouble.detail("by")))
    await stage.processes[trouble.target].kill()


async def _stop(stage: DrillStage, trouble: Trouble) -> None:
    async with stage.processes[trouble.target].away():
        await asyncio.sleep(trouble.seconds)


async def _cut(stage: DrillStage, trouble: Trouble) -> None:
    with stage.cables[trouble.target].cut():
        await asyncio.sleep(trouble.seconds)


async def _half_open(stage: DrillStage, trouble: Trouble) -> None:
    with stage.cables[trouble.target].half_open():
        await asyncio.sleep(trouble.seconds)


async def _stalled(stage: DrillStage, trouble: Trouble) -> None:
    with stage.cables[trouble.target].stalled():
        await asyncio.sleep(trouble.seconds)


async def _slow_link(stage: DrillStage, trouble: Trouble) -> None:
    with stage.cables[trouble.target].slow(Slow(float(trouble.detail("delay")), int(trouble.detail("rate")))):
        await asyncio.sleep(trouble.seconds)


async def _reordered(stage: DrillStage, trouble: Trouble) -> None:
    with stage.cables[trouble.target].reordered():
        await asyncio.sleep(trouble.seconds)


async def _lost_answers(stage: DrillStage, trouble: Trouble) -> None:
    of, box = trouble.detail("of"), trouble.target
    with stage.cables[box].losing_answers(
        int(trouble.detail("answers")), lambda: of == "any" or stage.moments.just(of, box)
    ):
        await asyncio.sleep(trouble.seconds)


async def _hall_cut(stage: DrillStage, trouble: Trouble) -> None:
    with ExitStack() as cut:
        for cable in stage.cables.values():
            cut.enter_context(cable.cut())
        await asyncio.sleep(trouble.seconds)


async def _shared_slip(stage: DrillStage, trouble: Trouble) -> None:
    """Two counters are cut off, and one slip is shown at both (or its photograph)."""
    one, other = trouble.target.split("+")
    with stage.cables[one].cut(), stage.cables[other].cut():
        await asyncio.sleep(ALONE_SECONDS)
        slip = stage.holders.step_up(stage.random)
        if slip is not None:
            for counter in (one, other):
                stage.shown_there[counter].append(slip)
        await asyncio.sleep(trouble.seconds - ALONE_SECONDS)
        for counter in (one, other):
            stage.shown_there[counter].clear()


async def _printer(stage: DrillStage, trouble: Trouble) -> None:
    async with _faults(stage, trouble.target, trouble.detail("fault").split("+")):
        await asyncio.sleep(trouble.seconds)
    await asyncio.sleep(HANDS_SECONDS)
    await stage.props.do(trouble.target, "refill")


async def _bus(stage: DrillStage, trouble: Trouble) -> None:
    async with _faults(stage, trouble.target, [trouble.detail("fault")]):
        await asyncio.sleep(trouble.seconds)


@asynccontextmanager
async def _faults(stage: DrillStage, line: str, names: list[str]) -> AsyncIterator[None]:
    for name in names:
        await stage.props.fault(line, name, True)
    try:
        yield
    finally:
        for name in names:
            await stage.props.fault(line, name, False)


async def _disk_full(stage: DrillStage, trouble: Trouble) -> None:
    with _filled(stage.run.disk(trouble.target)):
        await asyncio.sleep(trouble.seconds)


@contextmanager
def _filled(disk: Path) -> Iterator[None]:
    """Not a byte is free inside."""
    filler = disk / "filler"
    try:
        with filler.open("wb") as file, suppress(OSError):
            while free := os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize:
                os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), free)
        yield
    finally:
        filler.unlink()


async def _slow_disk(stage: DrillStage, trouble: Trouble) -> None:
    """Every fsync takes two seconds longer (strace(1), -e inject)."""
    pid = stage.processes[trouble.target].child.pid
    if pid is None:
        return  # its own trouble has just ended it
    calls = "fdatasync,fsync"
    tracing = await asyncio.create_subprocess_exec(
        *("strace", "-f", "-qq", "-e", f"trace={calls}", "-o", os.devnull),
        *("-e", f"inject={calls}:delay_exit={SLOW_FSYNC_MICROSECONDS}", "-p", str(pid)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        await asyncio.sleep(trouble.seconds)
    finally:
        with suppress(ProcessLookupError):
            tracing.send_signal(signal.SIGINT)  # it lets go of what it traces
        try:
            async with asyncio.timeout(STRACE_END_SECONDS):
                await tracing.wait()
        except TimeoutError:
            tracing.kill()
            await tracing.wait()


async def _clock(stage: DrillStage, trouble: Trouble) -> None:
    """The wall clock of one process jumps, and later jumps back; no other clock moves."""
    file = stage.run.wall_clock(trouble.target)
    _set_clock(file, trouble.detail("to"))
    try:
        await asyncio.sleep(trouble.seconds)
    finally:
        _set_clock(file, "+0")


def _set_clock(file: Path, to: str) -> None:
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text(f"{to}\n", encoding="ascii")
    fresh.replace(file)


def faked_clock(file: Path) -> dict[str, str]:
    """The environment of a process whose wall clock, and no other, this file sets (libfaketime's README).

    Its care for waits on the monotonic clock must be off: Python waits so for the interpreter's lock, and such a wait
    then ends at once, again and again (measured: 61 turns where there are 4087 without).
    """
    return {
        "LD_PRELOAD": str(FAKETIME or ""),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
    }


def missing(isolated: bool) -> dict[str, str]:
    """What some kinds of trouble need and this machine does not give, and why."""
    lacks = {}
    if not isolated:
        lacks["mounts"] = "no mount namespace here"
    if shutil.which("strace") is None:
        lacks["strace"] = "strace is not installed"
    if FAKETIME is None:
        lacks["libfaketime"] = "libfaketime is not installed"
    return lacks


MAKERS: dict[str, Makes] = {
    "kill": _kill,
    "kill-at-step": _kill_at_step,
    "stop": _stop,
    "cut": _cut,
    "half-open": _half_open,
    "stalled": _stalled,
    "slow-link": _slow_link,
    "reordered": _reordered,
    "lost-answers": _lost_answers,
    "hall-cut": _hall_cut,
    "printer": _printer,
    "bus": _bus,
    "disk-full": _disk_full,
    "slow-disk": _slow_disk,
    "clock": _clock,
    "island": _cut,
    "shared-slip": _shared_slip,
    "old-journal": losses.old_journal,
    "lost-journal": losses.lost_journal,
    "damaged-journal": losses.damaged_journal,
    "backup": losses.backup,
    "restored-hall": losses.restored_hall,
    "rebuilt-hall": losses.rebuilt_hall,
}
"""An island is a cut that lasts: clerks go on with whoever shows them a slip."""
