"""Whether a device works, asked in three levels: what is done for each, and what is said of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from device.cell import Cell
from device.checkup import PERSON_SECONDS, STANDS_SECONDS, Checkup, Level, Outcome, check_health
from device.hardware import HEADPHONE
from device.trials import TRIALS
from device.trials.sounds import TURN_SECONDS
from drivers import registry
from drivers.contract import (
    CARD_PRESENT,
    COVER_OPEN,
    MEDIA_LOW,
    CallerKey,
    Completion,
    CompletionCode,
    GradePress,
    KeyPress,
    Silent,
    State,
)
from tests.virtual_time import virtual

PRESS = GradePress(4, "very-satisfied")
SPOKEN = ("请0000号到0号窗口", "Ticket 0000, please go to counter 0.")


class Device:
    """Every family at once: what it is told to do is written down, what it answers is the test's to say."""

    poll_seconds = 0.0

    def __init__(self, confirmed: bool | None = True) -> None:
        self.state = State.of()
        self.confirmed = confirmed
        self.done: list[str] = []
        self.presses: asyncio.Queue[Any] = asyncio.Queue()
        self.silent = False

    async def open(self, deadline: object) -> State:
        return self.state

    async def poll(self, deadline: object) -> State:
        if self.silent:
            raise Silent("no answer")
        return self.state

    async def close(self) -> None:
        return None

    async def print_slip(self, slip: Any, deadline: object) -> Completion:
        self.done.append("slip")
        return Completion(CompletionCode.SUCCESS, self.confirmed, "status")

    async def show(self, text: str, deadline: object) -> Completion:
        self.done.append(text)
        return Completion(CompletionCode.SUCCESS, self.confirmed, "acknowledged")

    async def chime(self, deadline: object) -> Completion:
        self.done.append("chime")
        return Completion(CompletionCode.SUCCESS, self.confirmed, "played")

    async def speak(self, text: str, language: str, deadline: object, pace: float = 1.0) -> Completion:
        self.done.append(text)
        return Completion(CompletionCode.SUCCESS, self.confirmed, "played")

    async def show_number(self, digits: str, waiting: int, deadline: object) -> bool:
        self.done.append(digits)
        return bool(self.confirmed)

    async def light(self, lit: bool, deadline: object) -> bool:
        self.done.append("lit" if lit else "dark")
        return bool(self.confirmed)

    async def acknowledge(self, press: GradePress, deadline: object) -> None:
        self.done.append("acknowledged")

    async def next_press(self) -> Any:
        return await self.presses.get()


@asynccontextmanager
async def cell_of(family: str, device: Device, window: int | None = None) -> AsyncIterator[Cell[Any]]:
    listens = family in ("caller", "rating_keypad")
    cell: Cell[Any] = Cell(
        "it", "model", device, family=family, window=window, listen=Device.next_press if listens else None
    )
    async with asyncio.TaskGroup() as group:
        running = group.create_task(cell.run())
        await asyncio.sleep(0.01)
        yield cell
        await asyncio.sleep(0.01)
        running.cancel()


def test_every_family_has_a_way_to_show_that_it_works() -> None:
    families = {registry.driver_class(model).family for model in registry.MODELS}
    assert {*TRIALS} == families | {HEADPHONE}, "a headphone is a speaker that the settings name so"


@pytest.mark.parametrize("family", TRIALS)
@virtual
async def test_internal_asks_the_device_and_moves_nothing(family: str) -> None:
    device = Device()
    async with cell_of(family, device) as cell:
        assert await check_health(cell, Level.INTERNAL) == Checkup(Level.INTERNAL, Outcome.SOUND)
    assert device.done == []


@pytest.mark.parametrize("level", list(Level))
@virtual
async def test_what_says_itself_that_it_is_broken_is_not_tried_further(level: Level) -> None:
    device = Device()
    device.state = State.of(COVER_OPEN)
    async with cell_of("ticket_printer", device) as cell:
        assert await check_health(cell, level) == Checkup(level, Outcome.FAULTY, ("cover-open",))
    assert device.done == []


@virtual
async def test_a_warning_is_told_and_is_no_fault() -> None:
    device = Device()
    device.state = State.of(MEDIA_LOW)
    async with cell_of("ticket_printer", device) as cell:
        told = await check_health(cell, Level.EXTERNAL)
    assert (told.outcome, told.reasons) == (Outcome.SOUND, ("media-low",))


@virtual
async def test_a_device_of_a_family_from_outside_is_asked_and_not_tried() -> None:
    async with cell_of("lamp", Device()) as cell:
        assert await check_health(cell, Level.EXTERNAL) == Checkup(Level.EXTERNAL, Outcome.NOT_SUPPORTED)


@virtual
async def test_what_was_found_cannot_be_changed_any_more() -> None:
    async with cell_of("ticket_printer", Device()) as cell:
        told = await check_health(cell, Level.EXTERNAL)
    assert dict(told.found) == {"evidence": "status"}
    with pytest.raises(TypeError):
        told.found["name"] = "张三"  # type: ignore[index]


@virtual
async def test_a_check_waits_for_a_call_that_is_being_spoken_and_not_for_ever() -> None:
    device = Device()
    async with cell_of("speaker", device) as cell, cell.in_a_row:
        assert (await check_health(cell, Level.EXTERNAL)).outcome is Outcome.BUSY
        assert device.done == []
        asyncio.get_running_loop().call_later(TURN_SECONDS - 1, cell.in_a_row.release)
        assert (await check_health(cell, Level.EXTERNAL)).outcome is Outcome.SOUND
        await cell.in_a_row.acquire()


@virtual
async def test_one_of_the_four_is_a_finding() -> None:
    device = Device()
    async with cell_of("window_display", device) as cell:
        device.silent = True
        told = await check_health(cell, Level.INTERNAL)
    assert (told.outcome, told.fault) == (Outcome.FAULTY, "silent: no answer")


@pytest.mark.parametrize(
    ("family", "confirmed", "outcome", "done"),
    [
        ("ticket_printer", True, Outcome.SOUND, ["slip"]),
        ("ticket_printer", None, Outcome.LOOK, ["slip"]),
        ("ticket_printer", False, Outcome.FAULTY, ["slip"]),
        ("window_display", True, Outcome.SOUND, ["测试8888"]),
        ("window_display", None, Outcome.LOOK, ["测试8888"]),
        ("caller", True, Outcome.LOOK, ["8888"]),
        ("caller", False, Outcome.NOT_SUPPORTED, ["8888"]),
        ("rating_keypad", True, Outcome.LOOK, ["lit", "dark"]),
        ("rating_keypad", False, Outcome.NOT_SUPPORTED, ["lit", "dark"]),
        ("smart_card", True, Outcome.NOT_SUPPORTED, []),
        ("id_card", True, Outcome.NOT_SUPPORTED, []),
        ("speaker", True, Outcome.SOUND, ["chime", *SPOKEN]),
        ("speaker", None, Outcome.LISTEN, ["chime", *SPOKEN]),
        ("speaker", False, Outcome.FAULTY, ["chime", *SPOKEN]),
    ],
)
@virtual
async def test_external_shows_that_it_works(
    family: str, confirmed: bool | None, outcome: Outcome, done: list[str]
) -> None:
    device = Device(confirmed)
    async with cell_of(family, device) as cell:
        told = await check_health(cell, Level.EXTERNAL)
    assert (told.outcome, device.done) == (outcome, done)


@pytest.mark.parametrize(
    ("family", "outcome"),
    [("ticket_printer", Outcome.LOOK), ("window_display", Outcome.LOOK), ("speaker", Outcome.LISTEN)],
)
@virtual
async def test_interactive_leaves_the_judgement_to_who_looks_or_listens(family: str, outcome: Outcome) -> None:
    device = Device()
    async with cell_of(family, device) as cell:
        assert (await check_health(cell, Level.INTERACTIVE)).outcome is outcome


@virtual
async def test_a_display_is_given_back_to_whoever_keeps_it() -> None:
    async with cell_of("window_display", Device()) as cell:
        with cell.watch.watching() as changed:
            begun = asyncio.get_running_loop().time()
            await check_health(cell, Level.EXTERNAL)
            assert changed.is_set()
        assert asyncio.get_running_loop().time() - begun >= STANDS_SECONDS


@pytest.mark.parametrize(
    ("family", "press", "done", "found"),
    [
        ("caller", KeyPress(CallerKey.CALL), [], {"key": "call"}),
        ("rating_keypad", PRESS, ["lit", "acknowledged", "dark"], {"level": "very-satisfied"}),
        ("rating_keypad", GradePress(4), ["lit", "acknowledged", "dark"], {"level": 4}),
    ],
)
@virtual
async def test_a_testers_press_is_heard_and_reaches_no_flow(
    family: str, press: Any, done: list[str], found: dict[str, str | int]
) -> None:
    device = Device()
    async with cell_of(family, device) as cell:
        asyncio.get_running_loop().call_later(3, device.presses.put_nowait, press)
        told = await check_health(cell, Level.INTERACTIVE)
        assert (told.outcome, told.found) == (Outcome.SOUND, found)
        assert cell.heard.empty()
        device.presses.put_nowait(press)
        assert await cell.heard.get() == press
    assert device.done == done


@pytest.mark.parametrize("family", ["caller", "rating_keypad", "smart_card"])
@virtual
async def test_nobody_came(family: str) -> None:
    device = Device()
    async with cell_of(family, device) as cell:
        begun = asyncio.get_running_loop().time()
        assert (await check_health(cell, Level.INTERACTIVE)).outcome is Outcome.NOBODY_CAME
        assert asyncio.get_running_loop().time() - begun == pytest.approx(PERSON_SECONDS, abs=1)
    assert "lit" not in device.done[-1:]


@virtual
async def test_a_card_is_seen_and_not_read() -> None:
    device = Device()
    async with cell_of("smart_card", device) as cell:
        asyncio.get_running_loop().call_later(3, setattr, device, "state", State.of(CARD_PRESENT))
        assert (await check_health(cell, Level.INTERACTIVE)).outcome is Outcome.SOUND
    assert device.done == []
