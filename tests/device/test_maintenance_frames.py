"""Frames for a technician: decoded, masked, and looked at only while somebody asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from device.bus import Bus
from device.clock import Clock
from device.line_monitor import REST_SECONDS, LineMonitor
from device.maintenance.frames import IDLE_SECONDS, KEPT, LineFrames, LinesFrames
from device.maintenance.refusal import Refusal
from drivers.deadline import Deadline
from drivers.dialect.follow import Interpreter
from drivers.dialect.table import dialect_of
from hall.contract.maintenance import AskFrames
from tests.device.test_bus import Port, running
from tests.device.test_line_monitor import CARD, STATUS, WELL
from tests.virtual_time import virtual

NOW_MS = 1_800_000_000_000


class Scene:
    def __init__(self, interpret: Any = None, models: tuple[str, ...] = ("sdt-reader",)) -> None:
        self.port = Port()
        self.bus = Bus("cards", lambda: self.port, 0.0)
        self.tap = self.bus.tap()
        monitor = LineMonitor(self.bus, Path("nowhere"), {}, interpret or self._interpreter)
        clock = Clock(wall_ms=lambda: NOW_MS, mono_ms=lambda: 0, boot_id="b")
        self.made = 0
        self.line = LineFrames(monitor, models, clock)
        self.lines = LinesFrames([self.line])

    def _interpreter(self) -> Interpreter:
        self.made += 1
        return Interpreter([dialect_of("sdt-reader")])

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        async with running(self.bus), asyncio.TaskGroup() as group:
            task = group.create_task(self.line.run())
            await self.tap.open(Deadline.after(5))
            try:
                yield
            finally:
                task.cancel()
                await self.tap.close()

    async def arrives(self, data: bytes) -> None:
        self.port.arrive(data)
        while await self.tap.read(Deadline.after(5)) != data:
            pass
        await asyncio.sleep(0.01)

    @property
    def looked_at(self) -> bool:
        return bool(self.bus._onlookers)


@virtual
async def test_nothing_is_looked_at_until_somebody_asks_and_soon_after_the_last_question() -> None:
    scene = Scene()
    async with scene.at_work():
        await scene.arrives(WELL)
        assert (scene.looked_at, scene.made) == (False, 0)
        assert scene.line.after(0).frames == []
        await asyncio.sleep(0)
        for _ in range(3):
            await asyncio.sleep(IDLE_SECONDS - 1)
            assert scene.looked_at
            scene.line.after(0)
        await asyncio.sleep(IDLE_SECONDS + 2 * REST_SECONDS)
        assert not scene.looked_at
        scene.line.after(0)
        await asyncio.sleep(0)
        assert scene.looked_at


@virtual
async def test_both_ways_are_told_in_both_languages_with_their_bytes_and_time() -> None:
    scene = Scene()
    async with scene.at_work():
        mark = scene.line.after(0).mark
        await asyncio.sleep(0)
        await scene.tap.write(STATUS, Deadline.after(5))
        await scene.arrives(WELL)
        told = scene.line.after(mark)
    asked, answered = told.frames
    assert (asked.way, asked.hex, asked.model, asked.sound) == ("to-device", STATUS.hex(" "), "sdt-reader", True)
    assert (answered.way, answered.hex) == ("from-device", WELL.hex(" "))
    assert set(asked.texts) == {"zh-CN", "en"}
    assert asked.text == asked.texts["zh-CN"]
    assert NOW_MS - 100 <= asked.at_ms <= answered.at_ms <= NOW_MS
    assert (told.mark, told.lost) == (answered.mark, 0)


@virtual
async def test_what_a_card_says_is_masked_whole_or_torn() -> None:
    scene = Scene()
    async with scene.at_work():
        scene.line.after(0)
        await asyncio.sleep(0)
        await scene.arrives(CARD)
        await scene.arrives(CARD[:25])
        await asyncio.sleep(2 * REST_SECONDS)
        whole, torn = scene.line.after(0).frames
    assert whole.hex.split()[10:] == ["··"] * 29
    assert (torn.sound, set(torn.hex.split())) == (False, {"··"})


@virtual
async def test_who_asks_too_seldom_is_told_how_much_went_by() -> None:
    scene = Scene()
    async with scene.at_work():
        scene.line.after(0)
        await asyncio.sleep(0)
        await scene.arrives(WELL)
        mark = scene.line.after(0).mark
        for _ in range(KEPT + 7):
            await scene.arrives(WELL)
        told = scene.line.after(mark)
    assert (len(told.frames), told.lost) == (KEPT, 7)


@virtual
async def test_a_line_of_several_models_names_none() -> None:
    scene = Scene(models=("sdt-reader", "ff68-caller"))
    async with scene.at_work():
        scene.line.after(0)
        await asyncio.sleep(0)
        await scene.arrives(WELL)
        (frame,) = scene.line.after(0).frames
    assert frame.model == ""


@virtual
async def test_a_mistake_in_decoding_ends_that_and_nothing_else() -> None:
    class Wrong:
        def hear(self, way: str, data: bytes, at: float) -> Any:
            raise ZeroDivisionError(data.hex())

        def rest(self) -> Any:
            return ()

    scene = Scene(Wrong)
    with capture_logs() as logs:
        async with scene.at_work():
            scene.line.after(0)
            await asyncio.sleep(0)
            await scene.arrives(CARD)
            assert not scene.looked_at
    (logged,) = logs
    assert "ZeroDivisionError at test_maintenance_frames.py" in logged["where"]
    assert CARD.hex() not in str(logged)


@virtual
async def test_a_line_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(Refusal) as refused:
        await Scene().lines.answer(AskFrames(line="printers"))
    assert (refused.value.status, b"cards" in refused.value.body()) == (404, True)


@virtual
async def test_for_a_support_bundle_every_line_is_looked_at_for_a_while() -> None:
    scene = Scene()
    async with scene.at_work(), asyncio.TaskGroup() as group:
        watching = group.create_task(scene.lines.watch(3.0))
        await asyncio.sleep(0.1)
        await scene.arrives(WELL)
        (told,) = await watching
    assert (told.line, len(told.frames)) == ("cards", 1)
