"""What sets in is in the log once, however often it is tried again, and once when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from device.supervise import Backoff, supervise
from drivers.contract import Silent
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import scene_of
from tests.virtual_time import virtual


def levels(logs: Sequence[Mapping[str, Any]], event: str) -> list[object]:
    return [line["log_level"] for line in logs if line["event"] == event]


@virtual
async def test_facts_that_the_hall_refuses_for_an_hour_are_one_error_and_one_line_when_it_is_over(
    tmp_path: Path,
) -> None:
    hall = FakeHall()
    hall.refuse["/device/facts"] = (422, {"error": "invalid"})
    with capture_logs() as logs:
        async with scene_of(tmp_path, hall) as scene:
            await scene.journal.record("device", {"name": "pad-1"})
            scene.start("link")
            await asyncio.sleep(3600)
            assert hall.requests["/device/facts"] > 10
            assert levels(logs, "facts refused") == ["error"]
            del hall.refuse["/device/facts"]
            await hall.until(lambda: hall.facts)
            await asyncio.sleep(1)
    assert levels(logs, "facts taken again") == ["info"]


@virtual
async def test_a_hall_that_recovers_for_an_hour_is_one_line(tmp_path: Path) -> None:
    hall = FakeHall()
    hall.recovering = True
    with capture_logs() as logs:
        async with scene_of(tmp_path, hall) as scene:
            scene.start("link")
            await asyncio.sleep(3600)
            assert len(hall.hellos) > 100
            assert levels(logs, "hall is reached") == ["info"]
            hall.recovering = False
            await scene.link.up()
    assert levels(logs, "hall is reached") == ["info", "info"]
    assert levels(logs, "hall is up") == ["info"]


@virtual
async def test_a_hall_that_refuses_the_box_all_day_is_one_error_because_a_person_must_act(tmp_path: Path) -> None:
    hall = FakeHall()
    hall.refuse["/device/hello"] = (403, {"error": "not-enrolled"})
    with capture_logs() as logs:
        async with scene_of(tmp_path, hall) as scene:
            scene.start("link")
            await asyncio.sleep(8 * 3600)
    assert hall.requests["/device/hello"] > 100
    assert levels(logs, "hall refuses us") == ["error"]


@virtual
async def test_a_child_that_fails_over_and_over_is_one_warning_until_it_has_run_steadily() -> None:
    runs = 0

    async def fails() -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(100 if runs == 20 else 0)
        raise Silent("no answer")

    with capture_logs() as logs:
        async with asyncio.TaskGroup() as group:
            child = group.create_task(supervise("reader", fails, backoff=Backoff(draw=lambda: 1.0)))
            await asyncio.sleep(3600)
            assert runs > 25
            child.cancel()
    assert levels(logs, "child restarts") == ["warning", "warning"]
