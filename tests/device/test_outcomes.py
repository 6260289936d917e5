"""What became of a slip is told, however long the journal cannot write."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from device.journal import JournalStopped
from drivers.contract import Completion
from tests.device.inline_writer import InlineWriter
from tests.device.kiosk_scene import NOT_PRINTED, PRINTED, KioskScene
from tests.device.test_ask_citizen import kiosk_of
from tests.virtual_time import virtual


class Disk:
    """Stands before a journal's *record*: while it is full, nothing is written."""

    def __init__(self, scene: KioskScene) -> None:
        self.full = True
        self._record = scene.journal.record
        scene.journal.record = self.record  # type: ignore[method-assign]

    async def record(self, *what: Any, **more: Any) -> Any:
        if self.full and what[0] in ("printed", "voided"):
            raise JournalStopped("disk-full", "no room")
        return await self._record(*what, **more)


@pytest.mark.parametrize(("completion", "told"), [(PRINTED, "printed"), (NOT_PRINTED, "voided")])
@virtual
async def test_a_slip_that_comes_out_while_the_disk_is_full_is_told_as_soon_as_there_is_room(
    completion: Completion, told: str, tmp_path: Path
) -> None:
    async with kiosk_of(tmp_path) as scene:
        disk = Disk(scene)
        scene.printer.completions = [completion]
        taken = await scene.kiosk.take("1", "touch-1")
        assert taken.outcome == ("printed" if told == "printed" else "not-printed")
        await asyncio.sleep(30)
        assert scene.kinds() == ["opened", "requested", "issued"]
        disk.full = False
        await asyncio.sleep(2)
        assert scene.kinds()[3:] == [told]


@virtual
async def test_when_the_power_goes_before_there_is_room_its_number_stays_callable(tmp_path: Path) -> None:
    scene = KioskScene(tmp_path, InlineWriter)
    disk = Disk(scene)
    await scene.kiosk.take("1", "touch-1")
    disk.full = False
    await scene.new_kiosk().settle_the_past()
    assert (scene.kinds()[-1], scene.facts()[-1].data["evidence"]) == ("doubtful", "power-cut")
    await scene.journal.close()
