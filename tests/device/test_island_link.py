"""A counter over a real link: the hall goes, the counter serves, the hall comes back, facts before state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from device.flows.island import Island
from device.flows.own_facts import Admissions
from device.watch import Watch
from hall.contract import Clerk, WindowState
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import scene_of
from tests.virtual_time import virtual

CLERK = Clerk(staff_no="007", name="王小明", post="社保岗")


async def until(watch: Watch, true: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        with watch.watching() as changed:
            while not true():
                await changed.wait()
                changed.clear()


@virtual
async def test_a_cut_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    hall = FakeHall()
    async with scene_of(tmp_path, hall) as scene:
        island = Island(3, scene.journal, scene.clock, scene.link, scene.desired, Admissions(scene.journal))
        scene.start("link", "uplink", "downlink", "commands")
        scene.tasks.start("alone", island.run())
        await hall.until(lambda: hall.streams and island.state)
        told = WindowState(window=3, term=hall.term, version=7, phase="idle", clerk=CLERK)
        await hall.push("window", told)
        await until(scene.desired.watch, lambda: island.state == told)

        hall.there = False
        scene.link.lost("the cable is out")
        await until(scene.link.watch, lambda: island.away)
        assert await island.admit("p1", CLERK, "1001") is None
        assert await island.step("started", CLERK) is None

        hall.there = True
        await hall.until(lambda: scene.link.hall == "up" and len(hall.streams) == 2)
        assert [fact.kind for fact in hall.facts if fact.kind in ("admitted", "started")] == ["admitted", "started"]
        assert island.state is not None
        assert island.state.held is not None
        serving = replace(told, version=8, phase="serving", held=replace(island.state.held, ticket="kiosk-1/x/1"))
        await hall.push("window", serving)
        await until(scene.desired.watch, lambda: island.state == serving)
