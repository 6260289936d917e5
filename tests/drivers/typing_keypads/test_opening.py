"""A keypad that types is found, grabbed, lost and found again."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable

import pytest

from drivers import evdev_record as event
from drivers.contract import DeviceFault, Gone, Refused, Silent
from drivers.deadline import Deadline
from drivers.input_port import InputPort
from tests.drivers.keyboards import MEDIA_KEYS, MOUSE_BUTTONS, REPORT, Keypad, Machine, key, stroke
from tests.drivers.typing_keypads.scene import (
    ADDRESS,
    BEST,
    KP1,
    KP2,
    KP5,
    SOCKET,
    WORST,
    heard_by,
    keypad_at,
    opened,
)
from tests.virtual_time import run, virtual


class TestOpening:
    @virtual
    async def test_it_is_ours_alone_while_it_is_open(self, machine: Machine) -> None:
        async with opened(machine):
            assert keypad_at(machine).grabbed
        assert not keypad_at(machine).grabbed
        assert keypad_at(machine).open_nodes == 0

    @virtual
    async def test_a_key_that_is_down_is_waited_for_before_it_is_grabbed(self, machine: Machine) -> None:
        pad = keypad_at(machine)
        pad.say(key(KP1, event.DOWN), REPORT)
        asyncio.get_running_loop().call_later(0.4, pad.say, key(KP1, event.UP), REPORT)
        begun = asyncio.get_running_loop().time()
        async with opened(machine) as driver, heard_by(driver.next_press) as heard:
            assert asyncio.get_running_loop().time() - begun > 0.39
            assert heard == []
        assert heard == []

    @virtual
    async def test_a_key_that_is_stuck_is_said_in_time_and_nothing_stays_open(self, machine: Machine) -> None:
        pad = keypad_at(machine)
        pad.say(key(KP1, event.DOWN), REPORT)
        deadline = Deadline.after(2)
        with pytest.raises(Silent, match="held down → "):
            await InputPort(ADDRESS, machine).open(deadline)
        assert asyncio.get_running_loop().time() <= deadline.at + 0.001
        assert (pad.open_nodes, pad.grabbed) == (0, False)

    @virtual
    async def test_what_was_pressed_before_it_was_ours_is_forgotten(self, machine: Machine) -> None:
        pad = keypad_at(machine)
        pad.say(key(KP5, event.DOWN), REPORT)

        def let_go() -> None:
            pad.say(key(KP5, event.UP), REPORT)
            pad.type(KP1)

        asyncio.get_running_loop().call_later(0.2, let_go)
        async with opened(machine) as driver, heard_by(driver.next_press) as heard:
            pad.type(KP2)
        assert [press.word for press in heard] == ["dissatisfied"]

    @virtual
    async def test_a_keypad_that_another_program_has_is_named_with_a_remedy(self, machine: Machine) -> None:
        keypad_at(machine).grabbed_elsewhere = True
        with pytest.raises(Gone, match="taken by another program → end"):
            await InputPort(ADDRESS, machine).open(Deadline.after(1))
        assert keypad_at(machine).open_nodes == 0

    @virtual
    async def test_a_node_that_has_not_got_its_group_yet_is_tried_again(self, machine: Machine) -> None:
        keypad_at(machine).refuses = [PermissionError(errno.EACCES, "Permission denied")] * 3
        async with opened(machine) as driver, heard_by(driver.next_press) as heard:
            keypad_at(machine).type(KP1)
        assert heard == [WORST]

    @virtual
    async def test_a_node_that_stays_forbidden_is_named_with_a_remedy(self, machine: Machine) -> None:
        keypad_at(machine).refuses = [PermissionError(errno.EACCES, "Permission denied")] * 1000
        deadline = Deadline.after(5)
        with pytest.raises(Gone, match="permission denied → put this service's user into the group input"):
            await InputPort(ADDRESS, machine).open(deadline)
        assert asyncio.get_running_loop().time() <= deadline.at

    @pytest.mark.parametrize("number", [errno.ENODEV, errno.ENOENT, errno.ENXIO, errno.EIO])
    def test_a_node_that_goes_while_it_is_opened_is_gone(self, machine: Machine, number: int) -> None:
        keypad_at(machine).refuses = [OSError(number, os.strerror(number))]

        async def one() -> None:
            with pytest.raises(Gone):
                await InputPort(ADDRESS, machine).open(Deadline.after(1))

        run(one())

    @virtual
    async def test_a_mouse_at_the_address_is_refused(self, plugged: Callable[..., Machine]) -> None:
        machine = plugged(
            event3=Keypad(f"{SOCKET}/input0", MOUSE_BUTTONS), event4=Keypad(f"{SOCKET}/input1", MEDIA_KEYS)
        )
        with pytest.raises(Gone, match="no digit keys → give the port of the keypad"):
            await InputPort(ADDRESS, machine).open(Deadline.after(1))
        assert [keypad.open_nodes for keypad in machine.plugged.values()] == [0, 0]

    @virtual
    async def test_nothing_can_be_written_to_it(self, machine: Machine) -> None:
        with pytest.raises(Refused) as refused:
            await InputPort(ADDRESS, machine).write(b"x", Deadline.after(1))
        assert refused.value.sent is False


class TestTwoNodes:
    """One keypad, two event nodes: keys and media keys, or keys on both."""

    @virtual
    async def test_both_are_grabbed_and_a_key_may_come_from_either(self, plugged: Callable[..., Machine]) -> None:
        machine = plugged(event3=Keypad(f"{SOCKET}/input0", MEDIA_KEYS), event9=Keypad(f"{SOCKET}/input1"))
        async with opened(machine) as driver, heard_by(driver.next_press) as heard:
            assert keypad_at(machine).grabbed
            assert keypad_at(machine, "event9").grabbed
            keypad_at(machine, "event9").type(KP1)
            await asyncio.sleep(0.01)
            keypad_at(machine).type(KP5)
        assert heard == [WORST, BEST]

    @virtual
    async def test_a_mouse_in_the_same_receiver_is_left_alone(self, plugged: Callable[..., Machine]) -> None:
        machine = plugged(event3=Keypad(f"{SOCKET}/input0"), event4=Keypad(f"{SOCKET}/input1", MOUSE_BUTTONS))
        async with opened(machine):
            mouse = keypad_at(machine, "event4")
            assert (mouse.grabbed, mouse.open_nodes) == (False, 0)

    @virtual
    async def test_when_one_goes_the_keypad_is_gone_and_the_other_is_let_go(
        self, plugged: Callable[..., Machine]
    ) -> None:
        machine = plugged(event3=Keypad(f"{SOCKET}/input0", MEDIA_KEYS), event9=Keypad(f"{SOCKET}/input1"))
        async with opened(machine) as driver:
            other = keypad_at(machine, "event9")
            asyncio.get_running_loop().call_later(1, machine.unplug, "event3")
            with pytest.raises(Gone, match="unplugged"):
                await driver.next_press()
            assert (other.open_nodes, other.grabbed) == (0, False)

    @virtual
    async def test_one_that_cannot_be_grabbed_leaves_the_other_free(self, plugged: Callable[..., Machine]) -> None:
        machine = plugged(event3=Keypad(f"{SOCKET}/input0"), event9=Keypad(f"{SOCKET}/input1"))
        keypad_at(machine, "event9").grabbed_elsewhere = True
        with pytest.raises(Gone):
            await InputPort(ADDRESS, machine).open(Deadline.after(1))
        assert not keypad_at(machine).grabbed


class TestUnplugging:
    @virtual
    async def test_unplugged_at_any_record_every_press_before_it_is_heard_and_then_it_is_gone(
        self, plugged: Callable[..., Machine]
    ) -> None:
        said = [*stroke(KP1), *stroke(KP5)]
        for position in range(len(said) + 1):
            machine = plugged(event3=Keypad(f"{SOCKET}/input0"))
            async with opened(machine) as driver:
                keypad_at(machine).say(*said[:position])
                await asyncio.sleep(0.01)
                machine.unplug("event3")
                before = [WORST, BEST][: (position >= 2) + (position >= 8)]
                assert [await driver.next_press() for _ in before] == before
                with pytest.raises(Gone):
                    await driver.next_press()

    @virtual
    async def test_plugged_in_again_under_another_number_it_is_heard_again(self, machine: Machine) -> None:
        async with opened(machine) as driver:
            machine.unplug("event3")
            with pytest.raises(Gone):
                await driver.next_press()
            with pytest.raises(Gone, match="nothing is plugged in there"):
                await driver.open(Deadline.after(1))
            machine.plugged["/dev/input/event11"] = Keypad(f"{SOCKET}/input0")
            await driver.open(Deadline.after(1))
            async with heard_by(driver.next_press) as heard:
                keypad_at(machine, "event11").type(KP5)
            assert heard == [BEST]

    @virtual
    async def test_the_same_grade_right_after_replugging_is_a_press_of_its_own(self, machine: Machine) -> None:
        async with opened(machine) as driver:
            async with heard_by(driver.next_press) as heard:
                keypad_at(machine).type(KP5)
            await driver.open(Deadline.after(1))
            async with heard_by(driver.next_press) as again:
                keypad_at(machine).type(KP5)
            assert heard == again == [BEST]

    @virtual
    async def test_closing_ends_a_waiting_read(self, machine: Machine) -> None:
        port = InputPort(ADDRESS, machine)
        await port.open(Deadline.after(1))
        async with asyncio.TaskGroup() as group:
            group.create_task(_gone(port))
            await asyncio.sleep(0.01)
            await port.close()

    @virtual
    async def test_a_read_with_a_deadline_ends_with_it(self, machine: Machine) -> None:
        port = InputPort(ADDRESS, machine)
        await port.open(Deadline.after(1))
        with pytest.raises(Silent):
            await port.read(Deadline.after(0.5))
        await port.close()


async def _gone(port: InputPort) -> None:
    with pytest.raises(DeviceFault):
        await port.read(None)
