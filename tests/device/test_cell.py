"""A cell keeps its device open, runs its commands in turn, says how it is, and backs off when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from device.cell import PROBES, Cell
from device.supervise import Backoff
from drivers.contract import (
    COVER_OPEN,
    Completion,
    CompletionCode,
    Garbled,
    Gone,
    Phase,
    Refused,
    Remedy,
    Silent,
    State,
)
from drivers.deadline import Deadline
from tests.virtual_time import virtual


class Lamp:
    """A device with one verb, whose next answers are laid out beforehand: a fault is raised, anything else returned."""

    def __init__(self, poll_seconds: float = 0.0) -> None:
        self.poll_seconds = poll_seconds
        self.opens: list[State | Exception] = []
        self.polls: list[State | Exception] = []
        self.shines: list[Exception | None] = []
        self.opened = self.closed = self.polled = self.shone = 0
        self.presses: asyncio.Queue[str | Exception] = asyncio.Queue()

    async def open(self, deadline: Deadline) -> State:
        self.opened += 1
        return _give(self.opens, State.of())

    async def poll(self, deadline: Deadline) -> State:
        self.polled += 1
        return _give(self.polls, State.of())

    async def close(self) -> None:
        self.closed += 1

    async def shine(self, deadline: Deadline) -> Completion:
        self.shone += 1
        fault = self.shines.pop(0) if self.shines else None
        if fault is not None:
            raise fault
        return Completion(CompletionCode.SUCCESS, True, "acknowledged")

    async def next_press(self) -> str:
        press = await self.presses.get()
        if isinstance(press, Exception):
            raise press
        return press


def _give(laid_out: list[State | Exception], otherwise: State) -> State:
    given = laid_out.pop(0) if laid_out else otherwise
    if isinstance(given, Exception):
        raise given
    return given


def cell_of(lamp: Lamp, **more: object) -> Cell[Lamp]:
    return Cell("lamp", "lamp", lamp, family="lamp", backoff=Backoff(first_s=0.01, most_s=0.02), **more)  # type: ignore[arg-type]


@asynccontextmanager
async def running(cell: Cell[Lamp]) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(cell.run())
        try:
            await until(cell, lambda: cell.state.accepting)
            yield
        finally:
            task.cancel()


async def until(cell: Cell[Lamp], true: object) -> None:
    async with asyncio.timeout(2):
        with cell.watch.watching() as changed:
            while not true():  # type: ignore[operator]
                await changed.wait()
                changed.clear()


async def test_a_device_that_is_not_there_is_opened_again_until_it_is() -> None:
    lamp = Lamp()
    lamp.opens = [Gone("no port"), Silent("no answer")]
    cell = cell_of(lamp)
    assert cell.state.keywords() == {"link-lost"}
    async with running(cell):
        assert cell.state.phase is Phase.IDLE
        assert lamp.opened == 3
        assert lamp.closed == 2
    assert lamp.closed == 3


async def test_a_command_runs_and_its_completion_comes_back() -> None:
    cell = cell_of(Lamp())
    async with running(cell):
        completion = await cell.do(Lamp.shine, 1.0)
    assert completion.confirmed


async def test_a_command_for_a_device_that_is_not_there_is_gone_at_once() -> None:
    with pytest.raises(Gone):
        await cell_of(Lamp()).do(Lamp.shine, 1.0)


async def test_a_silent_or_garbled_answer_is_tried_again_as_often_as_was_asked() -> None:
    lamp = Lamp()
    lamp.shines = [Silent("lost"), Garbled("noise")]
    cell = cell_of(lamp)
    async with running(cell):
        assert (await cell.do(Lamp.shine, 1.0, attempts=3)).confirmed
    assert lamp.shone == 3


async def test_a_device_that_stays_silent_is_lost_and_opened_again() -> None:
    lamp = Lamp()
    lamp.shines = [Silent("lost"), Silent("lost")]
    cell = cell_of(lamp)
    async with running(cell):
        with pytest.raises(Silent):
            await cell.do(Lamp.shine, 1.0, attempts=2)
        await until(cell, lambda: lamp.opened == 2 and cell.state.accepting)


async def test_a_refusal_is_the_callers_to_know_and_the_device_stays_open() -> None:
    lamp = Lamp()
    lamp.shines = [Refused("no such font", CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)]
    cell = cell_of(lamp)
    async with running(cell):
        with pytest.raises(Refused):
            await cell.do(Lamp.shine, 1.0)
        assert (await cell.do(Lamp.shine, 1.0)).confirmed
    assert lamp.opened == 1


async def test_polls_tell_the_state_and_one_lost_poll_is_no_fault() -> None:
    lamp = Lamp(poll_seconds=0.01)
    lamp.polls = [Silent("lost"), State.of(COVER_OPEN)]
    cell = cell_of(lamp)
    async with running(cell):
        await until(cell, lambda: "cover-open" in cell.state.keywords())
        assert not cell.state.accepting or lamp.polled > PROBES
    assert lamp.opened == 1


async def test_polls_that_stay_unanswered_lose_the_device() -> None:
    lamp = Lamp(poll_seconds=0.01)
    lamp.polls = [Silent("lost")] * PROBES
    cell = cell_of(lamp)
    async with running(cell):
        await until(cell, lambda: "link-lost" in cell.state.keywords())
        await until(cell, lambda: cell.state.accepting)
    assert cell.statistics.report(0.0)["SilentCount"] >= PROBES


async def test_a_press_reaches_whoever_listens_and_an_unplugged_device_refuses_what_was_queued() -> None:
    lamp = Lamp()
    cell = cell_of(lamp, listen=Lamp.next_press)
    async with running(cell):
        lamp.presses.put_nowait("call")
        assert await cell.heard.get() == "call"
        lamp.presses.put_nowait(Gone("unplugged"))
        await until(cell, lambda: not cell.state.accepting)
        with pytest.raises(Gone):
            await cell.do(Lamp.shine, 1.0)


async def test_a_simulated_device_always_says_so() -> None:
    cell = cell_of(Lamp(), simulated=True)
    assert "simulated" in cell.state.keywords()
    async with running(cell):
        assert "simulated" in cell.state.keywords()


async def test_what_is_not_one_of_the_four_faults_is_a_bug_and_ends_the_cell() -> None:
    lamp = Lamp()
    lamp.opens = [ZeroDivisionError("a bug")]
    with pytest.raises(ZeroDivisionError):
        await cell_of(lamp).run()
    assert lamp.closed == 1


async def test_a_verbs_time_begins_when_the_line_is_its_own() -> None:
    lamp, line = Lamp(), asyncio.Lock()

    @asynccontextmanager
    async def turn() -> AsyncIterator[None]:
        async with line:
            yield

    async def patient(_: Lamp, deadline: Deadline) -> float:
        return deadline.left()

    cell = cell_of(lamp, turn=turn)
    async with running(cell), asyncio.TaskGroup() as group:
        async with line:
            waiting = group.create_task(cell.do(patient, 0.5))
            await asyncio.sleep(0.1)  # others talk
        assert await waiting > 0.45


@virtual
@pytest.mark.parametrize("passes", range(8))
@pytest.mark.parametrize("where", ["listening", "polled", "at work"])
async def test_a_cell_told_to_end_in_the_very_moment_its_device_fails_ends(where: str, passes: int) -> None:
    lamp = Lamp(poll_seconds=1.0 if where == "polled" else 0.0)
    failing = asyncio.Event()

    async def fail(*_: object) -> State:
        await failing.wait()
        raise Gone("unplugged")

    lamp.poll = fail  # type: ignore[assignment, method-assign]
    cell = cell_of(lamp, listen=fail if where == "listening" else Lamp.next_press)
    async with asyncio.TaskGroup() as group:
        ending = group.create_task(cell.run())
        await asyncio.sleep(2.0)  # virtual: open, and polled once
        if where == "at work":
            group.create_task(gone(cell, fail))
            await asyncio.sleep(0.1)
        failing.set()
        for _ in range(passes):
            await asyncio.sleep(0)
        ending.cancel()
        try:
            await asyncio.wait({ending}, timeout=60.0)
            assert ending.cancelled()
        finally:
            ending.cancel()


async def gone(cell: Cell[Lamp], verb: Callable[..., Awaitable[State]]) -> None:
    with pytest.raises(Gone):
        await cell.do(verb, 1.0)


@virtual
async def test_a_fault_leaves_no_cancellation_behind_that_a_later_time_out_would_be_taken_for() -> None:
    lamp = Lamp()
    left: list[int] = []

    async def opened(deadline: Deadline) -> State:
        task = asyncio.current_task()
        assert task is not None
        left.append(task.cancelling())
        return State.of()

    lamp.open = opened  # type: ignore[method-assign]
    lamp.shines = [Gone("unplugged"), Gone("unplugged")]
    cell = cell_of(lamp)
    async with running(cell):
        for _ in range(2):
            with pytest.raises(Gone):
                await cell.do(Lamp.shine, 1.0)
            await asyncio.sleep(0.1)  # virtual
    assert left == [0, 0, 0]


@virtual
async def test_a_command_does_not_wait_behind_a_poll_that_waits_for_the_line() -> None:
    lamp, line = Lamp(poll_seconds=1.0), asyncio.Lock()

    @asynccontextmanager
    async def behind_everybody() -> AsyncIterator[None]:
        async with line:
            yield

    cell = cell_of(lamp, poll_turn=behind_everybody)
    async with running(cell):
        async with line:
            await asyncio.sleep(5.0)  # the poll waits
            assert lamp.polled == 0
            begun = asyncio.get_running_loop().time()
            assert (await cell.do(Lamp.shine, 1.0)).confirmed
            assert asyncio.get_running_loop().time() == begun
        await asyncio.sleep(1.0)
        assert lamp.polled > 0
    assert lamp.opened == 1


@virtual
async def test_whoever_works_at_it_is_told_with_its_state_until_they_leave() -> None:
    lamp = Lamp(poll_seconds=1.0)
    cell = cell_of(lamp)
    async with running(cell):
        cell.maintain(True)
        lamp.polls = [State.of(COVER_OPEN)]
        await asyncio.sleep(1.5)
        assert cell.state.keywords() == {"cover-open", "in-maintenance"}
        await asyncio.sleep(1.0)
        cell.maintain(False)
        assert cell.state == State.of()
