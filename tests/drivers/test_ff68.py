"""Callers and rating keypads: one press is one event, answered at once, whatever is repeated or shared."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from drivers.caller.ff68 import CallerSettings, Ff68Caller
from drivers.contract import STATUS_UNKNOWN, CallerKey, Gone, GradePress, KeyPress, Refused, State
from drivers.deadline import Deadline
from drivers.ff68_frame import Frame
from drivers.rating_keypad.ff68 import Ff68Keypad, KeypadSettings
from drivers.rating_keypad.levels import WORDS
from tests.drivers.devices import Keys
from tests.drivers.line import Line
from tests.virtual_time import virtual

CALL = Frame(5, 1, b"\x0c")
GOOD = Frame(0x85, 0x11, b"\x02")
RECEIVED = bytes.fromhex("68 02 02 68 85 01 86 16")


@asynccontextmanager
async def listening(next_press: Callable[[], Awaitable[Any]]) -> AsyncIterator[list[Any]]:
    """Every press as it comes; the list grows while the block runs."""
    heard: list[Any] = []

    async def listen() -> None:
        while True:
            heard.append(await next_press())

    async with asyncio.TaskGroup() as group:
        task = group.create_task(listen())
        yield heard
        task.cancel()


async def caller(keys: Keys, address: int = 5) -> tuple[Ff68Caller, Line]:
    line = Line(keys)
    driver = Ff68Caller(CallerSettings(address), line)
    await driver.open(Deadline.after(1))
    return driver, line


async def keypad(keys: Keys, settings: KeypadSettings | None = None) -> tuple[Ff68Keypad, Line]:
    line = Line(keys)
    driver = Ff68Keypad(settings or KeypadSettings(0x85), line)
    await driver.open(Deadline.after(1))
    return driver, line


@virtual
async def test_a_press_is_echoed_unchanged_and_at_once() -> None:
    keys = Keys()
    driver, line = await caller(keys)
    async with listening(driver.next_press) as heard:
        pressed_at = asyncio.get_running_loop().time() + line.wire_time(10)
        assert await keys.press(CALL)
    assert heard == [KeyPress(CallerKey.CALL)]
    assert line.written == [CALL.encode()]
    assert line.first_write_at - pressed_at < 0.08


@virtual
async def test_digits_before_the_key_come_with_it() -> None:
    keys = Keys()
    driver, _ = await caller(keys)
    async with listening(driver.next_press) as heard:
        await keys.press(Frame(5, 1, b"\x01\x00\x01\x02\x0c"))
    assert heard == [KeyPress(CallerKey.CALL, "1012")]


@virtual
async def test_a_caller_that_missed_our_echo_repeats_and_is_one_press() -> None:
    keys = Keys()
    driver, line = await caller(keys)
    async with listening(driver.next_press) as heard:
        for _ in range(3):
            keys.say(CALL.encode())
            await asyncio.sleep(0.3)
    assert heard == [KeyPress(CallerKey.CALL)]
    assert line.written == [CALL.encode()] * 3


@virtual
async def test_so_it_is_when_the_line_lost_its_second_try_as_well() -> None:
    keys = Keys()
    driver, _ = await caller(keys)
    async with listening(driver.next_press) as heard:
        keys.say(CALL.encode())
        await asyncio.sleep(0.65)
        keys.say(CALL.encode())
        await asyncio.sleep(0.1)
    assert heard == [KeyPress(CallerKey.CALL)]


@virtual
async def test_the_same_key_a_good_second_later_is_a_second_press() -> None:
    keys = Keys()
    driver, _ = await caller(keys)
    async with listening(driver.next_press) as heard:
        await keys.press(CALL)
        await asyncio.sleep(1.05)
        await keys.press(CALL)
    assert heard == [KeyPress(CallerKey.CALL)] * 2


@virtual
async def test_while_another_device_has_the_line_the_echo_waits_and_the_press_is_still_one() -> None:
    keys = Keys()
    driver, line = await caller(keys)
    async with listening(driver.next_press) as heard:
        async with line.turn():
            keys.say(CALL.encode())
            await asyncio.sleep(0.35)
            assert line.written == []
            keys.say(CALL.encode())
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.1)
        assert line.written
    assert heard == [KeyPress(CallerKey.CALL)]


@virtual
async def test_an_adapter_that_echoes_makes_no_presses_and_no_storm() -> None:
    keys = Keys()
    driver, line = await caller(keys)
    hear = keys.hear

    def echo(data: bytes) -> None:
        keys.say(data)
        hear(data)

    keys.hear = echo  # type: ignore[method-assign]
    line._device = keys
    async with listening(driver.next_press) as heard:
        keys.say(CALL.encode())
        await asyncio.sleep(1.0)
    assert heard == [KeyPress(CallerKey.CALL)]
    assert line.written == [CALL.encode()]


@virtual
async def test_frames_of_other_addresses_are_left_alone() -> None:
    keys = Keys()
    driver, line = await caller(keys, address=6)
    async with listening(driver.next_press) as heard:
        keys.say(CALL.encode() + GOOD.encode())
        await asyncio.sleep(1.0)
    assert (heard, line.written) == ([], [])


@virtual
async def test_number_and_outcome_reach_the_caller() -> None:
    keys = Keys()
    driver, _ = await caller(keys)
    await driver.show_number("1012", 7, Deadline.after(1))
    await driver.tell(True, Deadline.after(1))
    await asyncio.sleep(0.1)
    assert keys.told == [Frame(5, 2, b"\x01\x00\x01\x02\x0a\x07"), Frame(5, 2, b"\x01")]


@virtual
async def test_what_is_no_number_is_refused() -> None:
    driver, _ = await caller(Keys())
    with pytest.raises(Refused):
        await driver.show_number("A1001", 0, Deadline.after(1))


@virtual
async def test_a_device_never_heard_is_idle_but_unknown() -> None:
    keys = Keys()
    driver, _ = await caller(keys)
    state = await driver.poll(Deadline.after(1))
    assert state == State.of(STATUS_UNKNOWN)
    async with listening(driver.next_press):
        await keys.press(CALL)
    assert (await driver.poll(Deadline.after(1))).keywords() == set()


@virtual
async def test_waiting_for_a_press_ends_when_the_line_does() -> None:
    driver, line = await caller(Keys())
    asyncio.get_running_loop().call_later(1, line.unplug)
    with pytest.raises(Gone):
        await driver.next_press()


@virtual
async def test_a_press_half_answered_when_the_listener_stops_is_given_to_the_next_one() -> None:
    keys = Keys()
    driver, line = await caller(keys)
    async with line.turn(), listening(driver.next_press) as stopped:
        keys.say(CALL.encode())
        await asyncio.sleep(0.1)
    async with listening(driver.next_press) as heard:
        await keys.press(CALL)
    assert (stopped, heard) == ([], [KeyPress(CallerKey.CALL)])


@asynccontextmanager
async def journaling(driver: Ff68Keypad) -> AsyncIterator[list[GradePress]]:
    """Take each grade as a box does: keep it, then acknowledge it."""

    async def take() -> GradePress:
        press = await driver.next_press()
        await driver.acknowledge(press, Deadline.after(1))
        return press

    async with listening(take) as heard:
        yield heard


@virtual
async def test_a_grade_kept_is_acknowledged_without_ff_and_carries_its_word() -> None:
    keys = Keys()
    driver, line = await keypad(keys)
    async with journaling(driver) as heard:
        assert await keys.press(GOOD, RECEIVED)
    assert heard == [GradePress(2, "basically-satisfied")]
    assert line.written == [RECEIVED]


@virtual
async def test_a_grade_not_kept_yet_is_not_acknowledged_and_its_repeats_are_the_same_press() -> None:
    keys = Keys()
    driver, line = await keypad(keys)
    async with listening(driver.next_press) as heard:
        assert not await keys.press(GOOD, RECEIVED)
    assert heard == [GradePress(2, "basically-satisfied")]
    assert line.written == []


@virtual
async def test_a_grade_that_nobody_acknowledged_does_not_hide_the_same_grade_of_the_next_visit() -> None:
    keys = Keys()
    driver, _ = await keypad(keys)
    async with listening(driver.next_press) as heard:
        await keys.press(GOOD, RECEIVED)
        await asyncio.sleep(60)
        await keys.press(GOOD, RECEIVED)
    assert len(heard) == 2


@virtual
async def test_a_grade_whose_acknowledgement_was_lost_is_acknowledged_again_and_counts_once() -> None:
    keys = Keys()
    driver, line = await keypad(keys)
    async with journaling(driver) as heard:
        keys.say(GOOD.encode())
        await asyncio.sleep(0.3)
        keys.say(GOOD.encode())
        await asyncio.sleep(0.3)
    assert len(heard) == 1
    assert line.written == [RECEIVED] * 2


@virtual
async def test_five_keys_need_no_mapping() -> None:
    settings = KeypadSettings(129)
    assert [settings.word(grade) for grade in range(5)] == list(WORDS)


@virtual
async def test_a_pad_of_three_keys_speaks_by_its_mapping() -> None:
    mapping = {0: "dissatisfied", 1: "basically-satisfied", 2: "satisfied"}
    keys = Keys()
    driver, _ = await keypad(keys, KeypadSettings(0x85, grades=3, mapping=mapping))
    async with journaling(driver) as heard:
        assert await keys.press(GOOD, RECEIVED)
        assert await keys.press(Frame(0x85, 0x11, b"\x04"), RECEIVED)  # a key that this pad does not have
    assert heard == [GradePress(2, "satisfied")]


@pytest.mark.parametrize(
    ("grades", "mapping"),
    [
        (3, {}),
        (3, {0: "dissatisfied"}),
        (2, {0: "bad", 1: "good"}),
        (2, {0: "satisfied", 1: "satisfied"}),
        (2, {0: "satisfied", 7: "dissatisfied"}),
        (2, {"x": "satisfied", 1: "dissatisfied"}),
        (6, {}),
        (1, {}),
    ],
)
def test_a_pad_with_fewer_keys_is_refused_without_its_whole_mapping(grades: int, mapping: dict[Any, str]) -> None:
    with pytest.raises(ValueError, match="→"):
        KeypadSettings(129, grades, mapping)


@pytest.mark.parametrize(("settings", "address"), [(CallerSettings, 129), (CallerSettings, 0), (KeypadSettings, 5)])
def test_callers_and_pads_keep_to_their_addresses(settings: type[Any], address: int) -> None:
    with pytest.raises(ValueError, match="→"):
        settings(address)


@virtual
async def test_lighting_the_pad_shows_all_stars_and_none() -> None:
    keys = Keys()
    driver, _ = await keypad(keys)
    await driver.light(True, Deadline.after(1))
    await driver.light(False, Deadline.after(1))
    await asyncio.sleep(0.1)
    assert keys.told == [Frame(0x85, 2, b"\x05"), Frame(0x85, 2, b"\x00")]
