"""A technician's lease: one has a device, everybody sees it, and nobody has it for ever."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.cell import Cell
from device.maintenance.leases import Leases
from device.maintenance.refusal import Refusal
from drivers.contract import IN_MAINTENANCE
from hall.contract.maintenance import LEASE_S, AskLease, Lease
from tests.device.test_checkup import Device
from tests.virtual_time import run, virtual

NAMES = ("display", "keypad", "printer")


def cells() -> list[Cell[Any]]:
    return [Cell(name, "model", Device(), family="window_display") for name in NAMES]


@asynccontextmanager
async def watched(leases: Leases) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        ending = group.create_task(leases.run())
        await asyncio.sleep(0)  # it runs
        try:
            yield
        finally:
            ending.cancel()


def serviced(cell: Cell[Any]) -> bool:
    return IN_MAINTENANCE in cell.state.reasons


def taken(leases: Leases, who: str, *devices: str, process: int | None = None) -> Lease:
    lease = leases.ask(AskLease(who=who, devices=list(devices)), process).lease
    assert lease is not None
    return lease


@virtual
async def test_a_lease_is_seen_on_its_devices_and_on_no_other() -> None:
    display, keypad, printer = all_ = cells()
    leases = Leases(all_)
    async with watched(leases):
        lease = taken(leases, "Wu", "display", "printer")
        assert [serviced(cell) for cell in all_] == [True, False, True]
        assert leases.ask(AskLease(who="Wu", id=lease.id, give_back=True)).lease is None
        assert not any(serviced(cell) for cell in (display, keypad, printer))


@virtual
async def test_naming_no_device_takes_all() -> None:
    leases = Leases(cells())
    async with watched(leases):
        assert taken(leases, "Wu").devices == list(NAMES)


@virtual
async def test_a_lease_that_is_kept_stands_and_one_that_is_not_is_over_after_its_time() -> None:
    all_ = cells()
    leases = Leases(all_)
    async with watched(leases):
        lease = taken(leases, "Wu", "display")
        for _ in range(4):
            await asyncio.sleep(LEASE_S - 1)
            assert leases.ask(AskLease(who="Wu", id=lease.id)).lease is not None
        await asyncio.sleep(LEASE_S - 0.1)
        assert serviced(all_[0])
        await asyncio.sleep(0.2)
        assert not serviced(all_[0])
        with pytest.raises(Refusal, match="lease-gone"):
            leases.ask(AskLease(who="Wu", id=lease.id))


@virtual
async def test_giving_back_twice_is_no_error_for_the_first_answer_may_be_lost() -> None:
    leases = Leases(cells())
    async with watched(leases):
        lease = taken(leases, "Wu", "display")
        for _ in range(2):
            assert leases.ask(AskLease(who="Wu", id=lease.id, give_back=True)).lease is None


@pytest.mark.parametrize(
    ("ask", "status", "error"),
    [
        (AskLease(who="Li", devices=["keypad", "display"]), 409, "leased"),
        (AskLease(who="Li"), 409, "leased"),
        (AskLease(who="Li", devices=["lamp"]), 404, "no-such-device"),
        (AskLease(who=" \n", devices=["keypad"]), 400, "no-name"),
        (AskLease(who="Li", id="0" * 16), 409, "lease-gone"),
    ],
)
@virtual
async def test_what_is_refused_takes_nothing(ask: AskLease, status: int, error: str) -> None:
    all_ = cells()
    leases = Leases(all_)
    async with watched(leases):
        taken(leases, "Wu", "display")
        with pytest.raises(Refusal) as refused:
            leases.ask(ask)
        assert (refused.value.status, refused.value.keyword) == (status, error)
        assert [serviced(cell) for cell in all_] == [True, False, False]


@virtual
async def test_who_changes_paper_there_is_still_at_it_when_the_lease_ends() -> None:
    printer = cells()[2]
    leases = Leases([printer])
    async with watched(leases):
        lease = taken(leases, "Wu", "printer")
        printer.maintain(True)
        leases.ask(AskLease(who="Wu", id=lease.id, give_back=True))
        assert serviced(printer)
        printer.maintain(False)
        assert not serviced(printer)


@virtual
async def test_a_box_that_stops_leaves_no_device_in_maintenance() -> None:
    all_ = cells()
    leases = Leases(all_)
    async with watched(leases):
        taken(leases, "Wu")
    assert not any(serviced(cell) for cell in all_)


@pytest.mark.wire
async def test_the_end_of_the_terminals_process_is_the_end_of_its_lease() -> None:
    all_ = cells()
    leases = Leases(all_)
    terminal = await asyncio.create_subprocess_exec("cat", stdin=asyncio.subprocess.PIPE)
    async with watched(leases), asyncio.timeout(10):
        taken(leases, "Wu", "display", process=terminal.pid)
        with leases.watch.watching() as changed:
            terminal.kill()
            await changed.wait()
        assert leases.standing() == []
        assert not serviced(all_[0])
        await terminal.wait()


@pytest.mark.wire
async def test_a_terminal_that_is_gone_before_it_is_answered_gets_no_lease() -> None:
    leases = Leases(cells())
    terminal = await asyncio.create_subprocess_exec("true")
    await terminal.wait()
    async with watched(leases):
        with pytest.raises(Refusal, match="lease-gone"):
            taken(leases, "Wu", "display", process=terminal.pid)
        assert leases.standing() == []


@pytest.mark.wire
async def test_no_handle_on_a_process_is_left_open() -> None:
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208 - what is open, not what is there
    leases = Leases(cells())
    async with watched(leases):
        lease = taken(leases, "Wu", "display", process=os.getpid())
        taken(leases, "Li", "keypad", process=os.getpid())
        leases.ask(AskLease(who="Wu", id=lease.id, give_back=True))
    assert len(set(os.listdir("/proc/self/fd")) - before) <= 0  # noqa: PTH208 - as above


@dataclass
class Model:
    """What must be so: who has what, until when."""

    now: float = 0.0
    leases: dict[str, tuple[list[str], float]] = field(default_factory=dict)

    def passes(self, seconds: float) -> None:
        self.now += seconds
        self.leases = {id_: (devices, until) for id_, (devices, until) in self.leases.items() if until > self.now}

    def taken(self) -> set[str]:
        return {device for devices, _ in self.leases.values() for device in devices}


ACTIONS = st.one_of(
    st.tuples(st.just("take"), st.lists(st.sampled_from(NAMES), unique=True)),
    st.tuples(st.sampled_from(["keep", "back"]), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 4.5, 9.5])),
)


@settings(max_examples=60, deadline=None)
@given(actions=st.lists(ACTIONS, max_size=25))
def test_whatever_is_asked_a_device_has_one_holder_at_most_and_its_state_says_so(actions: list[Any]) -> None:
    run(_play(actions))


async def _play(actions: list[Any]) -> None:
    all_, model, ids = cells(), Model(), [""]
    leases = Leases(all_)
    async with watched(leases):
        for action, value in actions:
            if action == "wait":
                await asyncio.sleep(value)
                model.passes(value)
            elif action == "take":
                _take(leases, model, ids, value)
            else:
                _ask_again(leases, model, ids[value % len(ids)], give_back=action == "back")
            assert {cell.name for cell in all_ if serviced(cell)} == model.taken()
            assert {lease.id for lease in leases.standing()} == set(model.leases)


def _take(leases: Leases, model: Model, ids: list[str], devices: list[str]) -> None:
    wanted = devices or list(NAMES)
    if model.taken() & set(wanted):
        with pytest.raises(Refusal, match="leased"):
            taken(leases, "Wu", *devices)
    else:
        lease = taken(leases, "Wu", *devices)
        ids.append(lease.id)
        model.leases[lease.id] = wanted, model.now + LEASE_S


def _ask_again(leases: Leases, model: Model, id_: str, *, give_back: bool) -> None:
    if not id_:
        return
    if give_back:
        assert leases.ask(AskLease(who="Wu", id=id_, give_back=True)).lease is None
        model.leases.pop(id_, None)
    elif id_ in model.leases:
        assert leases.ask(AskLease(who="Wu", id=id_)).lease is not None
        model.leases[id_] = model.leases[id_][0], model.now + LEASE_S
    else:
        with pytest.raises(Refusal, match="lease-gone"):
            leases.ask(AskLease(who="Wu", id=id_))
