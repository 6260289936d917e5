"""What a box measures of itself, as a scrape reads it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from config.durations import Durations
from config.metrics import LATELY, LoopLag
from device.api.metrics import MetricsPage
from device.cell import Cell
from drivers.contract import COVER_OPEN, Phase, State
from hall.contract import Welcome
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import Scene, scene_of
from tests.device.test_checkup import Device, cell_of
from tests.scraped import Samples, scraped
from tests.virtual_time import VirtualTimeLoop, virtual

PROMISED = {
    "yichuang_box_info",
    "yichuang_device_state",
    "yichuang_device_accepting",
    "yichuang_device_reason",
    "yichuang_device_statistic_total",
    "yichuang_device_command_duration_seconds_bucket",
    "yichuang_device_command_duration_seconds_count",
    "yichuang_device_command_duration_seconds_sum",
    "yichuang_outbox_facts",
    "yichuang_journal_seq",
    "yichuang_journal_backed_up_seq",
    "yichuang_journal_size_bytes",
    "yichuang_journal_stopped",
    "yichuang_data_free_bytes",
    "yichuang_link_up",
    "yichuang_link_reached",
    "yichuang_link_recovering",
    "yichuang_link_refusal",
    "yichuang_clock_offset_seconds",
    "yichuang_clock_trust",
    "yichuang_loop_lag_seconds",
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
}
"""README and dashboards may build on these."""


def page_of(scene: Scene, folder: Path, *cells: Cell[Any]) -> MetricsPage:
    settings: Any = SimpleNamespace(box=SimpleNamespace(name="kiosk-1", mode="demo"))
    return MetricsPage(settings, folder, list(cells), scene.journal, scene.link, scene.clock)


def measured(page: MetricsPage) -> dict[str, Samples]:
    return scraped(page._exposition.text().decode())


@virtual
async def test_every_promised_name_is_there(tmp_path: Path) -> None:
    device = Device()
    device.state = State.of(COVER_OPEN)
    async with scene_of(tmp_path, FakeHall()) as scene, cell_of("ticket_printer", device) as cell:
        page = page_of(scene, tmp_path, cell)
        scene.tasks.start("lag", page.lag.run())
        scene.start("link")
        await scene.link.up()
        await cell.do(lambda driver, deadline: driver.print_slip(None, deadline), 5)
        await asyncio.sleep(2)
        scene.link.refusal = "identity-twice"
        assert measured(page).keys() >= PROMISED


@virtual
async def test_a_device_is_told_by_its_state_its_reasons_and_what_it_did(tmp_path: Path) -> None:
    device = Device()
    async with scene_of(tmp_path, FakeHall()) as scene, cell_of("ticket_printer", device) as cell:
        page = page_of(scene, tmp_path, cell)
        for _ in range(2):
            await cell.do(lambda driver, deadline: driver.print_slip(None, deadline), 5)
        told = measured(page)
        assert told["yichuang_device_state"] == {
            ("it", "ticket_printer", phase): float(phase == Phase.IDLE) for phase in Phase
        }
        assert told["yichuang_device_accepting"] == {("it", "ticket_printer"): 1}
        assert told["yichuang_device_statistic_total"][("it", "PaperCutCount")] == 2
        assert "yichuang_device_reason" not in told
        device.state = State.of(COVER_OPEN)
        await cell.do(lambda driver, deadline: asyncio.sleep(3), 5)
        cell._set(device.state)
        told = measured(page)
        assert told["yichuang_device_reason"] == {("it", "cover-open", "error"): 1}
        took = told["yichuang_device_command_duration_seconds_bucket"]
        assert (took[("it", "2.5")], took[("it", "5.0")], took[("it", "+Inf")]) == (2, 3, 3)
        assert told["yichuang_device_command_duration_seconds_sum"] == {("it",): 3}


@virtual
async def test_what_is_not_known_is_not_told_as_nought(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        page = page_of(scene, tmp_path)
        told = measured(page)
        assert "yichuang_clock_offset_seconds" not in told
        assert "yichuang_loop_lag_seconds" not in told
        assert told["yichuang_clock_trust"][("unknown",)] == 1
        assert (told["yichuang_link_up"], told["yichuang_link_reached"]) == ({(): 0}, {(): 0})
        scene.start("link")
        await scene.link.up()
        told = measured(page)
        assert told["yichuang_clock_offset_seconds"] == {(): 5}
        assert (told["yichuang_link_up"], told["yichuang_clock_trust"][("compared",)]) == ({(): 1}, 1)


@virtual
async def test_what_the_hall_has_not_stored_stands_in_the_outbox(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        page = page_of(scene, tmp_path)
        first = scene.journal.head()[0]
        for _ in range(3):
            await scene.journal.record("device", {"name": "printer"})
        told = measured(page)
        assert (told["yichuang_outbox_facts"], told["yichuang_journal_seq"]) == ({(): first + 3},) * 2
        assert told["yichuang_journal_size_bytes"][()] > 0
        scene.start("link")
        await scene.link.up()
        assert measured(page)["yichuang_outbox_facts"] == {(): 0}


@virtual
async def test_a_hall_that_restores_its_data_is_told_while_it_is_there(tmp_path: Path) -> None:
    hall = FakeHall()
    hall.recovering = True
    async with scene_of(tmp_path, hall) as scene:
        scene.start("link")
        await scene.link.reached()
        page = page_of(scene, tmp_path)
        assert measured(page)["yichuang_link_recovering"] == {(): 1}
        scene.link.lost("gone")
        assert isinstance(scene.link.welcome, Welcome)
        assert measured(page)["yichuang_link_recovering"] == {(): 0}


@virtual
async def test_a_loop_that_comes_back_late_says_by_how_much() -> None:
    lag = LoopLag()
    loop = asyncio.get_running_loop()
    running = asyncio.ensure_future(lag.run())
    await asyncio.sleep(1.5)
    assert lag.worst_s == 0
    assert isinstance(loop, VirtualTimeLoop)
    await asyncio.sleep(0.4)
    loop._jumping.now += 0.5  # something kept the loop busy for so long
    await asyncio.sleep(0.2)
    assert lag.worst_s == pytest.approx(0.4)
    await asyncio.sleep(LATELY * 1.0 + 1)
    assert lag.worst_s == 0, "a minute later it is forgotten"
    running.cancel()


def test_a_bucket_counts_what_took_at_most_so_long() -> None:
    durations = Durations((0.1, 1.0))
    for seconds in (0.05, 0.1, 0.2, 5.0):
        durations.add(seconds)
    assert durations.buckets() == [("0.1", 2), ("1.0", 3), ("+Inf", 4)]
    assert durations.seconds == pytest.approx(5.35)
