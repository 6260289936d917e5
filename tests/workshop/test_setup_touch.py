"""Each device is touched, and stands at its window then: with hands of the test's own, and on simulators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from drivers.contract import Silent
from workshop.setup.person import NotAnswered
from workshop.setup.touch import Part, RealHands, bind
from workshop.simulated import press, simulators

T = TypeVar("T")


class Hands:
    """Presses what it is given, in this order; then waits for ever, as hands do."""

    def __init__(self, presses: Sequence[Part | None] = (), mute: Sequence[int] = ()) -> None:
        self.presses = list(presses)
        self.mute = mute
        self.shown: list[tuple[int | None, str]] = []

    async def pressed(self, known: Sequence[Part]) -> Part:
        part = self.presses.pop(0) if self.presses else None
        if part is None or part.place in {each.place for each in known}:
            raise Silent("no key was pressed")
        return part

    async def shows(self, part: Part, text: str) -> bool:
        self.shown.append((part.address, text))
        return part.address not in self.mute


class Technician:
    """Answers from a list."""

    language = "en"

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.told: list[str] = []

    def tell(self, key: str, **fields: object) -> None:
        self.told.append(" ".join([key, *(f"{name}={value}" for name, value in fields.items())]))

    async def ask(self, key: str, **fields: object) -> str:
        self.tell(key, **fields)
        if not self.answers:
            raise NotAnswered(key)
        return self.answers.pop(0)

    async def unless_skipped(self, work: Coroutine[Any, Any, T]) -> T | None:
        return await work


def where(parts: Sequence[Part]) -> list[tuple[str, int | None, int | None]]:
    return [(part.model, part.address, part.window) for part in parts]


DISPLAYS = [Part("/dev/ttyS0", "cpower5200", 9600, address) for address in (1, 2)]


async def test_displays_show_a_number_and_are_where_it_is_seen() -> None:
    hands, person = Hands(), Technician("4", "3")
    assert where(await bind(DISPLAYS, (3, 4), hands, person)) == [("cpower5200", 1, 4), ("cpower5200", 2, 3)]
    assert hands.shown == [(1, "1"), (2, "2")]


async def test_an_answer_that_is_no_window_is_asked_again_and_none_leaves_it_out() -> None:
    person = Technician("9", "three", "3", "")
    assert where(await bind(DISPLAYS, (3, 4), Hands(), person)) == [("cpower5200", 1, 3)]
    assert sum(line.startswith("no-such-window") for line in person.told) == 2


async def test_a_display_that_stays_dark_is_left_out_and_said() -> None:
    person = Technician("4")
    assert where(await bind(DISPLAYS, (3, 4), Hands(mute=[1]), person)) == [("cpower5200", 2, 4)]
    assert "display-mute port=/dev/ttyS0 address=1" in person.told


async def test_what_is_alone_is_not_asked_about() -> None:
    printer = Part("usb:class-07", "escpos")
    bound = await bind([DISPLAYS[0], printer], (3,), Hands(), Technician())
    assert sorted(where(bound)) == [("cpower5200", 1, 3), ("escpos", None, 0)]


FONT_CARD = Part("/dev/ttyS0", "onbon-bx5k", 9600, 1)


async def test_a_card_is_told_in_each_unit_of_width_until_its_number_is_seen() -> None:
    hands, person = Hands(), Technician("", "3")
    (bound,) = await bind([FONT_CARD], (3,), hands, person)
    assert (bound.window, dict(bound.options)) == (3, {"unit": "dots15"})
    assert len(hands.shown) == 2


async def test_a_card_whose_number_is_seen_in_no_unit_is_left_out() -> None:
    hands, person = Hands(), Technician("", "", "")
    assert await bind([FONT_CARD], (3,), hands, person) == []
    assert not any(line.startswith("display-mute") for line in person.told), "it took them, and was not seen"


async def test_a_card_whose_unit_is_in_the_settings_is_told_once() -> None:
    known = replace(FONT_CARD, options=(("unit", "dots"),))
    hands = Hands()
    (bound,) = await bind([known], (3,), hands, Technician())
    assert (bound.window, len(hands.shown)) == (3, 1)


async def test_keypads_are_pressed_window_by_window_until_no_more_comes() -> None:
    pads = [Part("/dev/ttyS1", "ff68-keypad", 9600, address) for address in (129, 130)]
    hands = Hands([pads[1], None, pads[0], pads[1]])
    assert where(await bind([], (3, 4), hands, Technician())) == [("ff68-keypad", 130, 3), ("ff68-keypad", 129, 4)]


@asynccontextmanager
async def pressing(control: Path, command: dict[str, Any]) -> AsyncIterator[None]:
    """Somebody presses a key again and again."""

    async def again() -> None:
        while True:
            await press(control, command)
            await asyncio.sleep(0.2)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(again())
        yield
        task.cancel()


@pytest.mark.wire
async def test_a_press_on_a_real_line_tells_which_keypad_it_was() -> None:
    lines = {
        "pads": ("keypads", "--callers", "1", "--keypads", "129"),
        "panel": ("displays", "--addresses", "5", "--no-pictures"),
    }
    async with simulators(lines) as folder:
        port = str(folder / "pads")
        hands = RealHands([port], None)
        async with asyncio.timeout(15), pressing(folder / "pads.control", {"do": "grade", "address": 129, "grade": 4}):
            pad = await hands.pressed([])
        assert (pad.port, pad.model, pad.address, pad.simulated) == (port, "ff68-keypad", 129, True)
        caller = {"do": "press", "address": 1, "keys": "1,call"}
        async with asyncio.timeout(15), pressing(folder / "pads.control", caller):
            pressed = await hands.pressed([pad])
        assert (pressed.model, pressed.address) == ("ff68-caller", 1)
        panel = Part(str(folder / "panel"), "onbon-bx5k", 9600, 5, options=(("unit", "dots15"),))
        assert await hands.shows(panel, "1")
        assert not await hands.shows(replace(panel, address=6), "1"), "nobody has this number"
