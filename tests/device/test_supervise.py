import asyncio
import itertools

import pytest

from device.supervise import Backoff, Tasks, supervise
from drivers.contract import Gone
from tests.virtual_time import virtual


def test_pauses_double_from_one_second_to_a_minute_with_jitter() -> None:
    longest = Backoff(draw=lambda: 1.0)
    assert [longest.next() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    shortest = Backoff(draw=lambda: 0.0)
    assert [shortest.next() for _ in range(3)] == [0.5, 1, 2]


def test_a_success_begins_with_the_shortest_pause_again() -> None:
    backoff = Backoff(draw=lambda: 1.0)
    backoff.next()
    backoff.next()
    backoff.reset()
    assert backoff.next() == 1.0


@virtual
async def test_a_device_fault_restarts_the_child_after_a_growing_pause() -> None:
    began: list[float] = []

    async def child() -> None:
        began.append(asyncio.get_running_loop().time())
        if len(began) < 4:
            raise Gone("unplugged")

    await supervise("printer", child, backoff=Backoff(draw=lambda: 1.0))
    assert [later - earlier for earlier, later in itertools.pairwise(began)] == [1, 2, 4]


@virtual
async def test_a_child_that_ran_steadily_restarts_soon() -> None:
    began: list[float] = []

    async def child() -> None:
        began.append(asyncio.get_running_loop().time())
        if len(began) == 6:
            return
        await asyncio.sleep(100 if len(began) == 5 else 0)
        raise Gone("unplugged")

    await supervise("printer", child, backoff=Backoff(draw=lambda: 1.0))
    assert began[4] - began[3] == 8
    assert began[5] - began[4] == 101


@virtual
async def test_a_bug_ends_the_group_and_its_siblings() -> None:
    ended = asyncio.Event()

    async def sibling() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def child() -> None:
        raise KeyError("a bug")

    async def box() -> None:
        async with Tasks() as tasks:
            tasks.start("sibling", sibling())
            tasks.start("child", supervise("child", child))

    with pytest.raises(ExceptionGroup) as caught:
        await box()
    assert isinstance(caught.value.exceptions[0], KeyError)
    assert ended.is_set()


@virtual
async def test_a_stop_cancels_all_and_is_no_error() -> None:
    async with Tasks() as tasks:
        tasks.start("display", asyncio.Event().wait())
        tasks.start("caller", asyncio.Event().wait())
        assert tasks.running() == ["caller", "display"]
        tasks.stop()
    assert tasks.running() == []


@virtual
async def test_an_end_waits_until_nothing_runs() -> None:
    ended = []

    async def slow_to_end() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.5)
            ended.append("display")

    async with Tasks() as tasks:
        tasks.start("display", slow_to_end())
        await asyncio.sleep(0)
        await tasks.end()
        assert (ended, tasks.running()) == (["display"], [])


@virtual
async def test_a_short_task_gives_its_result() -> None:
    async with Tasks() as tasks:
        assert await tasks.start("sum", asyncio.sleep(1, 3)) == 3
        assert tasks.running() == []
