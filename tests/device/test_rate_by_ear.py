"""At the window: who is served is confirmed in the headphone, and the visit is rated by five keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from device.flows.mouth import Mouth
from device.flows.rate_by_ear import ALONE_SECONDS, RateByEar
from device.supervise import Tasks
from drivers.contract import AccessKey, AccessPress, GradePress, Headphone
from tests.device.counter import Counter, held
from tests.device.ear_scene import HeadphoneCell, KeypadCell
from tests.virtual_time import virtual

UP, DOWN, CHOOSE, BACK, HELP = AccessKey
LONG = 20.0


class Window:
    """A window of a counter, and whoever stands before it with a headphone."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.headphone, self.keypad = HeadphoneCell(), KeypadCell()
        speaker: Any = self.headphone
        keypads: Any = [self.keypad]
        self.ear = RateByEar(counter.desk, Mouth(speaker), keypads)

    @property
    def heard(self) -> str:
        said, self.headphone.said = "".join(self.headphone.said), []
        return said

    async def plug(self, into: bool) -> None:
        self.keypad.heard.put_nowait(Headphone(into))
        await asyncio.sleep(LONG)

    async def press(self, *keys: AccessKey) -> str:
        for key in keys:
            self.keypad.heard.put_nowait(AccessPress(key))
            await asyncio.sleep(LONG / 4)
        return self.heard

    async def finished(self, number: str = "A1001") -> None:
        """The clerk has finished this visit."""
        self.counter.rating.invite(held(number), "007", "社保岗")
        await asyncio.sleep(LONG / 2)

    def facts(self) -> list[tuple[str, Any, Any]]:
        kinds = ("rated", "not-rated")
        return [
            (fact.kind, fact.data.get("grade") or fact.data.get("reason"), fact.data.get("channel"))
            for fact in self.counter.facts()
            if fact.kind in kinds
        ]


@asynccontextmanager
async def at_window(folder: Path) -> AsyncIterator[Window]:
    async with Tasks() as tasks:
        counter = Counter(folder, tasks)
        window = Window(counter)
        tasks.start("rating", counter.rating.run())
        tasks.start("by ear", window.ear.run())
        await asyncio.sleep(0.01)
        try:
            yield window
        finally:
            tasks.stop()
    await counter.journal.close()


@virtual
async def test_a_visit_is_rated_by_keys(tmp_path: Path) -> None:
    async with at_window(tmp_path) as window:
        await window.plug(True)
        assert "1号窗口" in window.heard
        await window.finished()
        assert "A1001号业务办完了，请您评价" in window.heard
        assert "第1项，共5项：非常满意" in await window.press(DOWN)
        assert "第2项，共5项：满意" in await window.press(DOWN)
        assert "评价已经记下：满意" in await window.press(CHOOSE)
        assert window.facts() == [("rated", "satisfied", "keys")]


@virtual
async def test_nothing_is_chosen_before_a_level_was_heard(tmp_path: Path) -> None:
    async with at_window(tmp_path) as window:
        await window.plug(True)
        await window.finished()
        assert window.heard
        assert "还没有选" in await window.press(CHOOSE)
        assert window.facts() == []
        assert "第5项，共5项：非常不满意" in await window.press(UP)


@virtual
async def test_who_does_not_want_to_rate_presses_back(tmp_path: Path) -> None:
    async with at_window(tmp_path) as window:
        await window.plug(True)
        await window.finished()
        assert "不评价" in await window.press(DOWN, BACK)
        assert window.facts() == [("not-rated", "declined", None)]


@virtual
async def test_pad_and_keys_are_one_rating_and_the_first_counts(tmp_path: Path) -> None:
    async with at_window(tmp_path) as window:
        await window.plug(True)
        await window.finished()
        await window.press(DOWN)
        window.counter.pad.heard.put_nowait(GradePress(1, "dissatisfied"))
        await asyncio.sleep(1)
        assert "评价已经记下" not in await window.press(CHOOSE)
        assert window.facts() == [("rated", "dissatisfied", "pad")]


@virtual
async def test_a_headphone_put_in_while_a_rating_is_open_is_invited(tmp_path: Path) -> None:
    async with at_window(tmp_path) as window:
        await window.finished()
        assert window.heard == ""
        await window.plug(True)
        assert "请您评价" in window.heard


@virtual
async def test_the_headphone_out_is_silence_and_what_was_chosen_is_forgotten(tmp_path: Path) -> None:
    async with at_window(tmp_path) as window:
        await window.plug(True)
        await window.finished()
        await window.press(DOWN)
        await window.plug(False)
        assert window.heard == ""
        assert await window.press(CHOOSE) == ""
        await window.plug(True)
        assert "请您评价" in window.heard
        assert "还没有选" in await window.press(CHOOSE)


@virtual
async def test_a_keypad_that_is_lost_is_as_a_headphone_taken_out(tmp_path: Path) -> None:
    async with at_window(tmp_path) as window:
        await window.plug(True)
        assert window.heard
        window.keypad.lose()
        await asyncio.sleep(1)
        await window.finished()
        assert window.heard == ""


@virtual
async def test_where_no_jack_tells_a_key_begins_and_being_left_alone_ends(tmp_path: Path) -> None:
    async with at_window(tmp_path) as window:
        assert "1号窗口" in await window.press(CHOOSE)
        await asyncio.sleep(ALONE_SECONDS)
        assert "现在没有要评价的" in window.heard
        await window.finished()
        assert window.heard == ""


@virtual
async def test_help_says_what_the_five_keys_do(tmp_path: Path) -> None:
    async with at_window(tmp_path) as window:
        await window.plug(True)
        assert window.heard
        assert "现在没有要评价的" in await window.press(HELP)
        await window.finished()
        assert "一共五项" in await window.press(HELP)
