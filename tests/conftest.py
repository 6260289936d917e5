"""Every test leaves nothing behind: no task, no timer, no thread, no listening port."""

from __future__ import annotations

import asyncio
import functools
import inspect
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

LISTENING = "0A"
END_SECONDS = 2.0
"""A thread that has been told to end may still be ending when its test is over."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.obj = leaving_no_task(item.obj)


def leaving_no_task(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Coroutine[Any, Any, None]]:
    """The test, failing when tasks or timers that it started are left when it returns."""

    @functools.wraps(test)
    async def checked(*arguments: Any, **named: Any) -> None:
        before = asyncio.all_tasks(), timers()
        await test(*arguments, **named)
        await asyncio.sleep(0)  # what was cancelled last may end now
        tasks = asyncio.all_tasks() - before[0]
        assert not tasks, f"left-over tasks: {tasks}"
        left = timers() - before[1]
        assert not left, f"left-over timers: {left}"

    return checked


def timers() -> set[asyncio.TimerHandle]:
    """Timers of the running loop that will still fire (the standard library's loop knows them; another has none)."""
    scheduled: list[asyncio.TimerHandle] = getattr(asyncio.get_running_loop(), "_scheduled", [])
    return {timer for timer in scheduled if not timer.cancelled()}


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Threads and listening ports after the test and its fixtures are those before."""
    threads, ports = set(threading.enumerate()), listening_ports()
    yield
    deadline = time.monotonic() + END_SECONDS
    for thread in set(threading.enumerate()) - threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    left = set(threading.enumerate()) - threads
    assert not left, f"left-over threads: {left}"
    assert listening_ports() <= ports, "left-over listening ports"


def listening_ports() -> set[int]:
    """Ports on which this process itself listens."""
    own = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            own.add(descriptor.readlink().name)
    rows = [line.split() for line in Path("/proc/self/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows if row[3] == LISTENING and f"socket:[{row[9]}]" in own}
