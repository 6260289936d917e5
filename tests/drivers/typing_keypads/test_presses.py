"""What is pressed on a keypad that types is heard once, as a level or as a caller's key."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import evdev_record as event
from drivers.caller.usb import UsbCallerSettings
from drivers.contract import CallerKey, KeyPress, State
from drivers.deadline import Deadline
from drivers.evdev_record import Record
from drivers.rating_keypad.usb import UsbKeypadSettings
from tests.drivers.keyboards import DROPPED, REPORT, Keypad, Machine, key, stroke
from tests.drivers.typing_keypads.scene import (
    BEST,
    ENTER,
    FIVE,
    KP1,
    KP2,
    KP5,
    NUM_LOCK,
    PLUS,
    SOCKET,
    TOP_1,
    WORST,
    caller,
    heard_by,
    keypad_at,
    opened,
)
from tests.virtual_time import run, virtual

record = st.one_of(
    st.builds(key, st.sampled_from((KP1, KP5, ENTER, NUM_LOCK)), st.sampled_from((event.UP, event.DOWN, event.HELD))),
    st.sampled_from((REPORT, DROPPED)),
)
streams = st.lists(st.lists(record, min_size=1, max_size=6), max_size=6)


class TestRatings:
    @virtual
    async def test_a_key_is_the_level_that_the_settings_give_it(self, machine: Machine) -> None:
        async with opened(machine) as driver, heard_by(driver.next_press) as heard:
            keypad_at(machine).type(KP5)
        assert heard == [BEST]

    @virtual
    async def test_a_key_of_the_letters_part_is_the_same_key(self, machine: Machine) -> None:
        async with opened(machine) as driver, heard_by(driver.next_press) as heard:
            keypad_at(machine).type(TOP_1)
        assert heard == [WORST]

    @virtual
    async def test_num_lock_around_a_key_changes_nothing(self, machine: Machine) -> None:
        async with opened(machine) as driver, heard_by(driver.next_press) as heard:
            keypad_at(machine).type(NUM_LOCK, KP1, NUM_LOCK)
        assert heard == [WORST]

    @virtual
    async def test_a_key_held_down_is_one_press_however_long(self, machine: Machine) -> None:
        pad = keypad_at(machine)
        async with opened(machine) as driver, heard_by(driver.next_press) as heard:
            pad.say(key(KP1, event.DOWN), REPORT)
            for _ in range(100):
                await asyncio.sleep(0.033)
                pad.say(key(KP1, event.HELD), REPORT)
            pad.say(key(KP1, event.UP), REPORT)
        assert heard == [WORST]

    @virtual
    async def test_a_contact_that_bounces_is_one_press_and_a_later_one_is_a_second(self, machine: Machine) -> None:
        async with opened(machine) as driver, heard_by(driver.next_press) as heard:
            for pause in (0.02, 0.1, 0.35, 0.0):
                keypad_at(machine).type(KP1)
                await asyncio.sleep(pause)
        assert heard == [WORST, WORST]

    @virtual
    async def test_another_key_at_once_is_a_press_of_its_own(self, machine: Machine) -> None:
        async with opened(machine) as driver, heard_by(driver.next_press) as heard:
            keypad_at(machine).type(KP1, KP5)
        assert heard == [WORST, BEST]

    @virtual
    async def test_keys_without_a_level_are_nothing(self, machine: Machine) -> None:
        async with opened(machine) as driver, heard_by(driver.next_press) as heard:
            keypad_at(machine).type(ENTER, 82, 14, 113)
        assert heard == []

    @virtual
    async def test_a_press_that_the_kernels_overrun_hid_counts_once(self, machine: Machine) -> None:
        pad = keypad_at(machine)
        async with opened(machine) as driver, heard_by(driver.next_press) as heard:
            pad.say(DROPPED, key(KP1, event.DOWN), REPORT)
            await asyncio.sleep(1)
            pad.say(key(KP1, event.HELD), REPORT, key(KP1, event.UP), REPORT)
        assert heard == [WORST]

    @virtual
    async def test_it_has_no_light_and_says_so_and_is_still_idle(self, machine: Machine) -> None:
        async with opened(machine) as driver:
            assert await driver.light(True, Deadline.after(1)) is False
            await driver.acknowledge(BEST, Deadline.after(1))
            assert await driver.poll(Deadline.after(1)) == State.of()


class TestCaller:
    @virtual
    async def test_digits_and_a_key_are_one_press(self, machine: Machine) -> None:
        async with caller(machine) as driver, heard_by(driver.next_press) as heard:
            keypad_at(machine).type(KP1, 82, 82, KP2, ENTER, PLUS)
        assert heard == [KeyPress(CallerKey.CALL, "1002"), KeyPress(CallerKey.RECALL)]

    @virtual
    async def test_digits_are_taken_back_one_by_one_or_all(self, machine: Machine) -> None:
        async with caller(machine) as driver, heard_by(driver.next_press) as heard:
            keypad_at(machine).type(KP1, KP2, 14, ENTER, KP1, KP2, 1, ENTER)
        assert heard == [KeyPress(CallerKey.CALL, "1"), KeyPress(CallerKey.CALL)]

    @virtual
    async def test_digits_left_alone_are_forgotten(self, machine: Machine) -> None:
        async with caller(machine) as driver, heard_by(driver.next_press) as heard:
            keypad_at(machine).type(KP1)
            await asyncio.sleep(10.1)
            keypad_at(machine).type(ENTER)
        assert heard == [KeyPress(CallerKey.CALL)]

    @virtual
    async def test_more_digits_than_a_number_has_call_nobody(self, machine: Machine) -> None:
        async with caller(machine) as driver, heard_by(driver.next_press) as heard:
            keypad_at(machine).type(*[KP1] * 30, ENTER, ENTER)
        assert heard == [KeyPress(CallerKey.CALL)]

    @virtual
    async def test_one_key_may_stand_for_digits_and_a_key(self, machine: Machine) -> None:
        async with caller(machine, keys={"+": "5,function"}) as driver, heard_by(driver.next_press) as heard:
            keypad_at(machine).type(KP1, PLUS, ENTER)
        assert heard == [KeyPress(CallerKey.FUNCTION, "5")]

    @virtual
    async def test_it_can_show_nothing_and_says_so(self, machine: Machine) -> None:
        async with caller(machine) as driver:
            assert await driver.tell(True, Deadline.after(1)) is False
            assert await driver.show_number("1012", 7, Deadline.after(1)) is False
            assert await driver.poll(Deadline.after(1)) == State.of()


def as_a_kernel_says(said: list[list[Record]]) -> tuple[list[list[Record]], dict[int, int]]:
    """The changes among these records, and how often each key went down: a kernel says nothing twice."""
    held: set[int] = set()
    times: dict[int, int] = dict.fromkeys((KP1, KP5, ENTER, NUM_LOCK), 0)
    changes: list[list[Record]] = []
    for burst in said:
        changes.append([])
        for one in burst:
            if one.type == event.EV_KEY and (one.code in held) != (one.value in (event.UP, event.HELD)):
                continue
            if one.type == event.EV_KEY and one.value == event.DOWN:
                times[one.code] += 1
            if one.type == event.EV_KEY:
                (held.discard if one.value == event.UP else held.add)(one.code)
            changes[-1].append(one)
    return changes, times


class TestAnyStream:
    """Whatever the kernel says, in whatever order, a driver gives presses and never raises."""

    @given(streams)
    @settings(max_examples=40, deadline=None)
    def test_a_rating_keypad_gives_each_press_once(self, said: list[list[Record]]) -> None:
        async def one() -> None:
            with closing(Machine(event3=Keypad(f"{SOCKET}/input0"))) as machine:
                async with opened(machine) as driver, heard_by(driver.next_press) as heard:
                    changes, times = as_a_kernel_says(said)
                    for burst in changes:
                        keypad_at(machine).say(*burst)
                        await asyncio.sleep(1)
                for code in (KP1, KP5):
                    assert [press.grade for press in heard].count(code) <= times[code]
                assert {press.grade for press in heard} <= {KP1, KP5}

        run(one())

    @given(streams)
    @settings(max_examples=40, deadline=None)
    def test_even_what_no_kernel_says_raises_nothing(self, said: list[list[Record]]) -> None:
        async def one() -> None:
            with closing(Machine(event3=Keypad(f"{SOCKET}/input0"))) as machine:
                async with opened(machine) as driver, heard_by(driver.next_press) as heard:
                    keypad_at(machine).say(*[record for burst in said for record in burst])
                    await asyncio.sleep(1)
                    before = list(heard)
                    keypad_at(machine).say(REPORT, *(key(code, event.UP) for code in (KP1, KP5)), *stroke(KP5))
                assert heard[len(before) :] == [BEST]

        run(one())

    @given(streams)
    @settings(max_examples=40, deadline=None)
    def test_a_caller_gives_no_press_without_its_key(self, said: list[list[Record]]) -> None:
        async def one() -> None:
            with closing(Machine(event3=Keypad(f"{SOCKET}/input0"))) as machine:
                async with caller(machine) as driver, heard_by(driver.next_press) as heard:
                    changes, times = as_a_kernel_says(said)
                    for burst in changes:
                        keypad_at(machine).say(*burst)
                        await asyncio.sleep(0.1)
                assert len(heard) <= times[ENTER]
                assert all(press.key is CallerKey.CALL for press in heard)

        run(one())


@pytest.mark.parametrize(
    "mapping",
    [
        {},
        {"1": "satisfied"},
        {"1": "good", "2": "bad"},
        {"1": "satisfied", "2": "satisfied"},
        {"10": "satisfied", "2": "dissatisfied"},
        {"numlock": "satisfied", "2": "dissatisfied"},
        {str(number): word for number, word in enumerate([*FIVE.values(), "satisfied"])},
    ],
)
def test_a_mapping_that_is_no_rating_is_refused_with_a_remedy(mapping: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"mapping .* → "):
        UsbKeypadSettings(mapping)


@pytest.mark.parametrize("milliseconds", [-1, 5001])
def test_a_repeat_time_outside_reason_is_refused(milliseconds: int) -> None:
    with pytest.raises(ValueError, match=r"repeat_ms = .* → "):
        UsbKeypadSettings(FIVE, milliseconds)


@pytest.mark.parametrize(
    "settings",
    [
        {"keys": {}},
        {"keys": {"1": "call"}},
        {"keys": {"numlock": "call"}},
        {"keys": {"enter": "next"}},
        {"keys": {"enter": "5,"}},
        {"keys": {"enter": "x,call"}},
        {"keys": {"enter": "1,2,call"}},
        {"keys": {"enter": 7}},
        {"keys": {"enter": "erase"}},
        {"digits_seconds": 0.0},
    ],
)
def test_keys_that_mean_nothing_are_refused_with_a_remedy(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"(keys|digits_seconds) .* → "):
        UsbCallerSettings(**settings)


def test_the_default_keys_are_good_settings() -> None:
    assert {"call", "recall"} <= {*UsbCallerSettings().keys.values()}
