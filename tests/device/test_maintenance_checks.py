"""Checks for a technician: what can be seen needs the device, and ends with whoever had it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from device.cell import Cell
from device.checkup import Level
from device.maintenance.checks import Checks
from device.maintenance.leases import Leases
from device.maintenance.refusal import Refusal
from hall.contract.maintenance import LEASE_S, AskCheck, AskLease
from tests.device.test_checkup import Device, cell_of
from tests.virtual_time import virtual


class Bench:
    def __init__(self, cell: Cell[Any]) -> None:
        self.leases = Leases([cell])
        self.open: set[int] = set()
        self.checks = Checks([cell], self.leases, self.open.__contains__)

    def take(self) -> str:
        lease = self.leases.ask(AskLease(who="Wu")).lease
        assert lease is not None
        return lease.id


@asynccontextmanager
async def bench(device: Device, family: str = "rating_keypad") -> AsyncIterator[Bench]:
    async with cell_of(family, device, window=1) as cell, asyncio.TaskGroup() as group:
        it = Bench(cell)
        ending = group.create_task(it.leases.run())
        try:
            yield it
        finally:
            ending.cancel()


@virtual
async def test_what_moves_nothing_needs_no_lease() -> None:
    device = Device()
    async with bench(device) as it:
        told = await it.checks.check(AskCheck(device="it", level="internal"))
    assert (told.outcome, told.text["en"], device.done) == ("sound", "works", [])


@pytest.mark.parametrize("lease", ["", "0" * 16])
@virtual
async def test_what_can_be_seen_does_nothing_without_the_lease(lease: str) -> None:
    device = Device()
    async with bench(device) as it:
        it.take()
        with pytest.raises(Refusal) as refused:
            await it.checks.check(AskCheck(device="it", level="external", lease=lease))
    assert (refused.value.keyword, device.done) == ("lease-gone" if lease else "needs-lease", [])


@virtual
async def test_nothing_that_can_be_seen_is_done_at_an_open_window_lease_or_not() -> None:
    device = Device()
    async with bench(device) as it:
        it.open.add(1)
        with pytest.raises(Refusal, match="window-open"):
            await it.checks.check(AskCheck(device="it", level="interactive", lease=it.take()))
        assert (await it.checks.check(AskCheck(device="it", level="internal"))).outcome == "sound"
    assert device.done == []


@virtual
async def test_a_check_is_given_up_with_its_lease_and_the_keypad_goes_dark_again() -> None:
    device = Device()
    async with bench(device) as it, asyncio.TaskGroup() as group:
        lease = it.take()
        checking = group.create_task(_caught(it.checks.check(AskCheck(device="it", level="interactive", lease=lease))))
        await asyncio.sleep(LEASE_S - 1)
        assert not checking.done()
        assert device.done[-1] == "lit"
        await asyncio.sleep(2)
        assert (await checking) == "lease-gone"
        await asyncio.sleep(1)
        assert device.done[-1] == "dark"
        assert (await it.checks.check(AskCheck(device="it", level="internal"))).outcome == "sound"


async def _caught(asking: Any) -> str:
    try:
        return str((await asking).outcome)
    except Refusal as refused:
        return refused.keyword


@virtual
async def test_who_checks_without_a_terminal_has_the_device_meanwhile_and_not_longer() -> None:
    async with bench(Device(), "window_display") as it, asyncio.TaskGroup() as group:
        checking = group.create_task(it.checks.check_now("it", Level.EXTERNAL, "yichuang check"))
        await asyncio.sleep(1)
        assert [lease.who for lease in it.leases.standing()] == ["yichuang check"]
        with pytest.raises(Refusal, match="leased"):
            it.take()
        _, checkup = await checking
        assert (checkup.outcome, it.leases.standing()) == ("sound", [])
        it.take()
        with pytest.raises(Refusal, match="leased"):
            await it.checks.check_now("it", Level.EXTERNAL, "yichuang check")
