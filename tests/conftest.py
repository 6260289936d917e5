"""Every test leaves nothing behind: no task, no timer, no thread, no listening port."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

LISTENING = "0A"
TURNS = 3
EXECUTOR = "asyncio_"
END_SECONDS = 2.0
"""A thread that has been told to end may still be ending when its test is over."""


@asynccontextmanager
async def leaving_nothing_in_the_loop() -> AsyncIterator[None]:
    """Fails when tasks or timers begun inside are left at the end."""
    tasks, running = asyncio.all_tasks(), timers()
    yield
    for _ in range(TURNS):  # what was cancelled last may end now
        await asyncio.sleep(0)
    left = asyncio.all_tasks() - tasks - {asyncio.current_task()}
    assert not left, f"left-over tasks: {left}"
    assert not timers() - running, f"left-over timers: {timers() - running}"


@pytest.fixture
async def loop_left_clean() -> AsyncIterator[None]:
    async with leaving_nothing_in_the_loop():
        yield


def timers() -> set[asyncio.TimerHandle]:
    """Timers of the running loop that will still fire (the standard library's loop knows them; another has none)."""
    scheduled: list[asyncio.TimerHandle] = getattr(asyncio.get_running_loop(), "_scheduled", [])
    return {timer for timer in scheduled if not timer.cancelled()}


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set up first and so torn down last: the test's other fixtures have cleaned up by then."""
    if inspect.iscoroutinefunction(getattr(request.node, "obj", None)):
        request.getfixturevalue("loop_left_clean")
    threads, ports = own_threads(), listening_ports()
    yield
    deadline = time.monotonic() + END_SECONDS
    for thread in own_threads() - threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    left = own_threads() - threads
    assert not left, f"left-over threads: {left}"
    assert listening_ports() <= ports, "left-over listening ports"


def own_threads() -> set[threading.Thread]:
    """Threads that somebody started; those of a loop's own executor end with the loop."""
    return {thread for thread in threading.enumerate() if not thread.name.startswith(EXECUTOR)}


def listening_ports() -> set[int]:
    """Ports on which this process itself listens."""
    own = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            own.add(descriptor.readlink().name)
    rows = [line.split() for line in Path("/proc/self/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows if row[3] == LISTENING and f"socket:[{row[9]}]" in own}
