"""What a box tells its hall of itself, and what it carries out for a technician beyond the hall."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from config.box import load_box
from device.hardware import Hardware
from device.maintenance.bench import Bench
from device.maintenance.role import Maintenance, maintenance, with_hall
from device.maintenance.telling import PAUSE_S, REPEAT_S
from device.sync.downlink import Downlink
from drivers.contract import COVER_OPEN, State
from hall.contract.maintenance import LEASE_S, AskLease, BoxReport, Relay
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import Scene, scene_of
from tests.device.test_checkup import Device, cell_of
from tests.virtual_time import virtual

BOX = """
[box]
name = "kiosk-1"
mode = "demo"
port = 8620
data = "."
[hall]
url = "https://hall.test"
ca = "ca.pem"
certificate = "c.pem"
key = "c.key"
[[window]]
number = 3
[[line]]
name = "line"
port = "/dev/x"
[[device]]
name = "it"
model = "onbon-bx5k"
line = "line"
address = 1
"""


@dataclass
class Box:
    hall: FakeHall
    scene: Scene
    device: Device
    built: Maintenance
    ready: bool = True

    async def told(self, count: int) -> Any:
        await self.hall.until(lambda: len(self.hall.conditions) >= count)
        return self.hall.conditions[-1]

    async def relays(self, verb: str, body: Any = None, limit_s: float = 5.0, request: str = "r1") -> None:
        text = msgspec.json.encode(body or {}).decode()
        await self.hall.push("maintenance", Relay(request=request, verb=verb, body=text, limit_s=limit_s))

    async def answers(self, count: int = 1) -> Any:
        await self.hall.until(lambda: len(self.hall.relayed) >= count)
        return self.hall.relayed[count - 1]


@asynccontextmanager
async def box(folder: Path, hall: FakeHall | None = None) -> AsyncIterator[Box]:
    hall, device = hall or FakeHall(), Device()
    (folder / "box.toml").write_text(BOX, encoding="utf-8")
    async with cell_of("window_display", device) as cell, scene_of(folder, hall) as scene:
        it: Box
        bench = Bench(
            load_box(folder / "box.toml"),
            Hardware({}, [cell]),
            scene.clock,
            scene.journal,
            scene.link,
            scene.desired,
            lambda: it.ready,
        )
        built = maintenance(bench)
        it = Box(hall, scene, device, built)
        downlink = Downlink(scene.link, scene.desired)
        works = {**built.long_lived, **with_hall(built, bench, scene.tasks, downlink), "down": downlink.run}
        del works["maintenance socket"]  # virtual time has no sockets
        for name, work in works.items():
            scene.tasks.start(name, work())
        scene.start("link")
        yield it


@virtual
async def test_the_hall_is_told_once_it_is_reached_and_then_once_a_minute(tmp_path: Path) -> None:
    async with box(tmp_path) as it:
        first = await it.told(1)
        assert (first.ready, first.advice, first.leases, first.clock.trust) == (True, [], [], "compared")
        began = asyncio.get_running_loop().time()
        await it.told(3)
        assert 2 * REPEAT_S - 1 <= asyncio.get_running_loop().time() - began <= 2 * REPEAT_S + 5 * PAUSE_S


@virtual
async def test_what_needs_a_person_is_told_at_once_and_at_most_once_a_second(tmp_path: Path) -> None:
    async with box(tmp_path) as it:
        await it.told(1)
        began = asyncio.get_running_loop().time()
        cell = it.built.checks.cell("it")
        for _ in range(20):
            for state in (State.of(COVER_OPEN), State.of()):
                it.device.state = state
                await cell.do(lambda driver, deadline: driver.poll(deadline), 1.0)
                cell._set(state)
                await asyncio.sleep(0.1)
        seconds = asyncio.get_running_loop().time() - began
        assert len(it.hall.conditions) - 1 <= seconds / PAUSE_S + 1
        cell._set(State.of(COVER_OPEN))
        count = len(it.hall.conditions)
        told = await it.told(count + 1)
        assert [(advice.device, advice.severity) for advice in told.advice] == [("it", "error")]


@virtual
async def test_a_lease_is_told_and_its_end_and_figures_alone_are_not(tmp_path: Path) -> None:
    async with box(tmp_path) as it:
        await it.told(1)
        it.built.leases.ask(AskLease(who="Wu"))
        assert [lease.who for lease in (await it.told(2)).leases] == ["Wu"]
        for _ in range(5):
            await it.scene.journal.record("device", {"name": "x", "family": "x", "phase": "idle", "reasons": ""})
            await asyncio.sleep(2)
        assert len(it.hall.conditions) == 2
        assert (await it.told(3)).leases == []


@virtual
async def test_a_hall_that_does_not_know_conditions_is_asked_no_oftener(tmp_path: Path) -> None:
    hall = FakeHall()
    hall.refuse["/device/condition"] = 404, {"error": "no-such-call"}
    async with box(tmp_path, hall) as it:
        await hall.until(lambda: hall.requests["/device/condition"])
        await asyncio.sleep(REPEAT_S * 2.5)
        assert hall.requests["/device/condition"] == 3
        assert it.scene.link.hall == "up"
        assert it.built.reporter.now().link.round_trip_ms is not None


@virtual
async def test_a_hall_that_was_lost_is_told_anew(tmp_path: Path) -> None:
    async with box(tmp_path) as it:
        await it.told(1)
        it.scene.link.lost("the cable")
        assert it.built.reporter.now().link.hall == "down"
        await it.told(2)
        assert it.built.reporter.now().link.hall in {"reached", "up"}


@virtual
async def test_a_relayed_verb_is_carried_out_and_answered_as_the_socket_would(tmp_path: Path) -> None:
    async with box(tmp_path) as it:
        await it.hall.until(lambda: it.hall.streams)
        await it.relays("report")
        told = await it.answers()
        assert (told.request, told.status) == ("r1", 200)
        report = msgspec.json.decode(told.body, type=BoxReport)
        assert (report.box, report.flows, [device.name for device in report.devices]) == ("kiosk-1", True, ["it"])
        await it.relays("sing", request="r2")
        told = await it.answers(2)
        assert (told.status, msgspec.json.decode(told.body)["error"]) == (404, "no-such-verb")


@virtual
async def test_the_downlink_goes_on_while_a_relayed_check_takes_its_time(tmp_path: Path) -> None:
    async with box(tmp_path) as it:
        await it.hall.until(lambda: it.hall.streams)
        lease = it.built.leases.ask(AskLease(who="Wu")).lease
        assert lease is not None
        await it.relays("check", {"device": "it", "level": "external", "lease": lease.id}, limit_s=60.0)
        await it.relays("frames", {"line": "none"}, request="r2")
        assert [(await it.answers(1)).request, (await it.answers(2)).request] == ["r2", "r1"]
        assert msgspec.json.decode(it.hall.relayed[1].body)["outcome"] == "sound"


@virtual
async def test_a_verb_that_takes_longer_than_its_limit_is_given_up_and_told_as_late(tmp_path: Path) -> None:
    async with box(tmp_path) as it:
        await it.hall.until(lambda: it.hall.streams)
        lease = it.built.leases.ask(AskLease(who="Wu")).lease
        assert lease is not None
        await it.relays("check", {"device": "it", "level": "external", "lease": lease.id}, limit_s=1.0)
        told = await it.answers()
        assert (told.status, msgspec.json.decode(told.body)["error"]) == (504, "late")
        await it.relays("check", {"device": "it", "level": "internal"}, request="r2")
        assert msgspec.json.decode((await it.answers(2)).body)["outcome"] == "sound"


@virtual
async def test_a_technician_beyond_a_hall_that_is_lost_holds_nothing_for_long(tmp_path: Path) -> None:
    async with box(tmp_path) as it:
        await it.hall.until(lambda: it.hall.streams)
        await it.relays("lease", AskLease(who="Wu"))
        assert (await it.answers()).status == 200
        it.hall.there = False
        it.scene.link.lost("the cable")
        await asyncio.sleep(LEASE_S + 1)
        assert it.built.leases.standing() == []


@virtual
async def test_an_event_that_nobody_understands_ends_no_downlink(tmp_path: Path) -> None:
    async with box(tmp_path) as it:
        await it.hall.until(lambda: it.hall.streams)
        it.hall.streams[-1].put_nowait(b'event: maintenance\ndata: {"verb": 7}\n\n')
        await it.relays("report")
        assert (await it.answers()).status == 200
        assert len(it.hall.streams) == 1
