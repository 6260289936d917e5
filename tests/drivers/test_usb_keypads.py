"""Keypads that type: found by their socket, grabbed, heard key by key, lost and found again."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import evdev_record as event
from drivers.caller.usb import UsbCaller, UsbCallerSettings
from drivers.contract import CallerKey, DeviceFault, Gone, GradePress, KeyPress, Refused, Silent, State
from drivers.deadline import Deadline
from drivers.evdev_record import Record
from drivers.input_enrol import keypads_present, pressed_keypad
from drivers.input_node import KernelDevices, SimulatedNode, why_not_here
from drivers.input_port import InputPort, input_port, nodes_at
from drivers.rating_keypad.usb import UsbKeypad, UsbKeypadSettings
from tests.drivers.keyboards import DIGIT_KEYS, DROPPED, MEDIA_KEYS, MOUSE_BUTTONS, REPORT, Keypad, Machine, key, stroke
from tests.virtual_time import run, virtual

KP1, KP2, KP5, ENTER, PLUS, NUM_LOCK, TOP_1 = 79, 80, 76, 96, 78, 69, 2
SOCKET = "usb-0000:00:14.0-2.3"
ADDRESS = f"phys:{SOCKET}"
record = st.one_of(
    st.builds(key, st.sampled_from((KP1, KP5, ENTER, NUM_LOCK)), st.sampled_from((event.UP, event.DOWN, event.HELD))),
    st.sampled_from((REPORT, DROPPED)),
)
streams = st.lists(st.lists(record, min_size=1, max_size=6), max_size=6)
FIVE = {
    "5": "very-satisfied",
    "4": "satisfied",
    "3": "basically-satisfied",
    "2": "dissatisfied",
    "1": "very-dissatisfied",
}
WORST, BEST = GradePress(KP1, "very-dissatisfied"), GradePress(KP5, "very-satisfied")


@pytest.fixture
def plugged() -> Iterator[Callable[..., Machine]]:
    """Machines with these keypads, by the name of their nodes."""
    machines: list[Machine] = []

    def machine(**keypads: Keypad) -> Machine:
        machines.append(Machine(**keypads))
        return machines[-1]

    yield machine
    for one in machines:
        one.close()


@pytest.fixture
def machine(plugged: Callable[..., Machine]) -> Machine:
    return plugged(event3=Keypad(f"{SOCKET}/input0"))


def keypad_at(machine: Machine, name: str = "event3") -> Keypad:
    return machine.plugged[f"/dev/input/{name}"]


@asynccontextmanager
async def opened(machine: Machine, address: str = ADDRESS) -> AsyncIterator[UsbKeypad]:
    driver = UsbKeypad(UsbKeypadSettings(FIVE), InputPort(address, machine))
    await driver.open(Deadline.after(1))
    try:
        yield driver
    finally:
        await driver.close()


@asynccontextmanager
async def caller(machine: Machine, **settings: Any) -> AsyncIterator[UsbCaller]:
    driver = UsbCaller(UsbCallerSettings(**settings), InputPort(ADDRESS, machine))
    await driver.open(Deadline.after(1))
    try:
        yield driver
    finally:
        await driver.close()


@asynccontextmanager
async def heard_by(next_press: Callable[[], Awaitable[Any]]) -> AsyncIterator[list[Any]]:
    """Every press as it comes; the list grows while the block runs."""
    heard: list[Any] = []

    async def listen() -> None:
        while True:
            heard.append(await next_press())

    async with asyncio.TaskGroup() as group:
        task = group.create_task(listen())
        try:
            yield heard
            await asyncio.sleep(0.01)
        finally:
            task.cancel()


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


class TestIdentity:
    """The same make at each window: only the socket tells one from the other."""

    PRESENT = {
        "/dev/input/event2": "usb-0000:00:14.0-2.1/input0",
        "/dev/input/event3": "usb-0000:00:14.0-2.1/input1",
        "/dev/input/event4": "usb-0000:00:14.0-2.2/input0",
        "/dev/input/event5": "usb-0000:00:14.0-2.10/input0",
        "/dev/input/event6": "",
        "/dev/input/event7": "isa0060/serio0/input0",
    }

    @pytest.mark.parametrize(
        ("address", "events"),
        [
            ("phys:usb-0000:00:14.0-2.1", [2, 3]),
            ("phys:usb-0000:00:14.0-2.1/input0", [2, 3]),
            ("phys:usb-0000:00:14.0-2.2", [4]),
            ("phys:usb-0000:00:14.0-2", []),
            ("phys:", []),
            ("/dev/input/event3", [2, 3]),
            ("/dev/input/event6", [6]),
            ("/dev/input/event9", []),
        ],
    )
    def test_an_address_names_one_socket_with_all_its_nodes(self, address: str, events: list[int]) -> None:
        assert nodes_at(address, self.PRESENT) == [f"/dev/input/event{number}" for number in events]

    def test_udevs_link_is_followed_each_time(self, tmp_path: Path) -> None:
        present = {str(tmp_path / "event2"): "usb-1/input0", str(tmp_path / "event8"): "usb-2/input0"}
        link = tmp_path / "pci-0000:00:14.0-usb-0:2.1:1.0-event-kbd"
        for number in (2, 8):
            link.unlink(missing_ok=True)
            link.symlink_to(f"event{number}")
            assert nodes_at(str(link), present) == [str(tmp_path / f"event{number}")]
        link.unlink()
        assert nodes_at(str(link), present) == []

    @virtual
    async def test_two_of_one_make_are_told_apart_by_their_sockets(self, plugged: Callable[..., Machine]) -> None:
        machine = plugged(event3=Keypad("usb-1-1/input0"), event4=Keypad("usb-1-2/input0"))
        async with (
            opened(machine, "phys:usb-1-1") as one,
            opened(machine, "phys:usb-1-2") as two,
            heard_by(one.next_press) as first,
            heard_by(two.next_press) as second,
        ):
            keypad_at(machine, "event4").type(KP1)
            keypad_at(machine, "event3").type(KP5)
            await asyncio.sleep(0.01)
        assert (first, second) == ([BEST], [WORST])

    def test_what_the_kernel_has_is_read_without_opening_it(self, tmp_path: Path) -> None:
        for name, phys in (("event0", "isa0060/serio0/input0"), ("event12", f"{SOCKET}/input0")):
            (tmp_path / name / "device").mkdir(parents=True)
            (tmp_path / name / "device" / "phys").write_text(f"{phys}\n")
        (tmp_path / "event13").mkdir()  # being unplugged
        (tmp_path / "mouse0").mkdir()
        present = KernelDevices(tmp_path, Path("/dev/input")).present()
        assert present == {"/dev/input/event0": "isa0060/serio0/input0", "/dev/input/event12": f"{SOCKET}/input0"}


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


def test_digit_keys_are_what_a_keypad_is_known_by() -> None:
    assert DIGIT_KEYS & event.DIGIT_ONE
    assert not MEDIA_KEYS & event.DIGIT_ONE


class TestEnrolment:
    """Press a key on window 3's keypad now."""

    @virtual
    async def test_the_keypad_that_is_pressed_names_its_own_address(self, plugged: Callable[..., Machine]) -> None:
        machine = plugged(event3=Keypad("usb-1-1/input0"), event4=Keypad("usb-1-2/input0"), event5=Keypad(""))
        for name, address in (("event4", "phys:usb-1-2"), ("event3", "phys:usb-1-1"), ("event5", "/dev/input/event5")):
            asyncio.get_running_loop().call_later(1, keypad_at(machine, name).type, KP1)
            assert await pressed_keypad(machine, Deadline.after(5)) == address
            assert address.startswith("/") or await _opens(address, machine)
        assert [keypad.open_nodes for keypad in machine.plugged.values()] == [0, 0, 0]

    @virtual
    async def test_nobody_pressing_it_ends_in_time(self, machine: Machine) -> None:
        deadline = Deadline.after(5)
        with pytest.raises(Silent):
            await pressed_keypad(machine, deadline)
        assert asyncio.get_running_loop().time() <= deadline.at + 0.001

    @virtual
    async def test_one_that_is_unplugged_meanwhile_does_not_disturb(self, plugged: Callable[..., Machine]) -> None:
        machine = plugged(event3=Keypad("usb-1-1/input0"), event4=Keypad("usb-1-2/input0"))
        asyncio.get_running_loop().call_later(1, machine.unplug, "event3")
        asyncio.get_running_loop().call_later(2, keypad_at(machine, "event4").type, KP1)
        assert await pressed_keypad(machine, Deadline.after(5)) == "phys:usb-1-2"

    def test_what_can_type_digits_is_listed_by_its_socket(self, plugged: Callable[..., Machine]) -> None:
        machine = plugged(
            event2=Keypad("usb-1-2/input1", MEDIA_KEYS),
            event3=Keypad("usb-1-2/input0"),
            event4=Keypad("usb-1-3/input0", MOUSE_BUTTONS),
            event5=Keypad("usb-1-1/input0"),
            event6=Keypad("usb-1-4/input0"),
        )
        keypad_at(machine, "event6").refuses = [OSError(errno.ENODEV, os.strerror(errno.ENODEV))]
        assert keypads_present(machine) == ["phys:usb-1-1", "phys:usb-1-2"]

    def test_where_nothing_may_be_opened_it_is_said(self, machine: Machine) -> None:
        keypad_at(machine).refuses = [PermissionError(errno.EACCES, "Permission denied")]
        with pytest.raises(Gone, match="permission denied → "):
            keypads_present(machine)


async def _opens(address: str, machine: Machine) -> bool:
    port = InputPort(address, machine)
    await port.open(Deadline.after(1))
    await port.close()
    return True


def times_down(said: list[list[Record]], *codes: int) -> int:
    """How often one of these keys was down that had been up."""
    held: set[int] = set()
    times = 0
    for one in (record for burst in said for record in burst if record.type == event.EV_KEY and record.code in codes):
        times += one.value != event.UP and one.code not in held
        (held.discard if one.value == event.UP else held.add)(one.code)
    return times


class TestAnyStream:
    """Whatever the kernel says, in whatever order, a driver gives presses and never raises."""

    @given(streams)
    def test_a_rating_keypad_gives_each_press_once(self, said: list[list[Record]]) -> None:
        async def one() -> None:
            with closing(Machine(event3=Keypad(f"{SOCKET}/input0"))) as machine:
                async with opened(machine) as driver, heard_by(driver.next_press) as heard:
                    for burst in said:
                        keypad_at(machine).say(*burst)
                        await asyncio.sleep(1)
                assert len(heard) <= times_down(said, KP1, KP5)
                assert {press.grade for press in heard} <= {event.KEYPAD_COLUMN[key] for key in FIVE}

        run(one())

    @given(streams)
    def test_a_caller_gives_no_press_without_its_key(self, said: list[list[Record]]) -> None:
        async def one() -> None:
            with closing(Machine(event3=Keypad(f"{SOCKET}/input0"))) as machine:
                async with caller(machine) as driver, heard_by(driver.next_press) as heard:
                    for burst in said:
                        keypad_at(machine).say(*burst)
                        await asyncio.sleep(0.1)
                assert len(heard) <= times_down(said, ENTER)
                assert all(press.key is CallerKey.CALL for press in heard)

        run(one())


class TestASimulatedNode:
    """A simulated keypad is a stream: it may arrive in any pieces, the kernel's never."""

    def test_records_cut_anywhere_are_whole_again(self) -> None:
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        with closing(ours), closing(SimulatedNode(theirs)) as node:
            said = b"".join(record.encode() for record in stroke(KP1)[:3])
            heard = b""
            for position in range(len(said)):
                ours.send(said[position : position + 1])
                with suppress(BlockingIOError):
                    heard += node.read()
            assert heard == said
            assert node.active_keys() == {KP1}
            ours.close()
            assert node.read() == b""


class TestTheKernelsOwn:
    """python-evdev as far as a machine without input devices goes."""

    def test_it_is_here_and_a_box_without_it_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert why_not_here() is None
        monkeypatch.setattr("drivers.input_node.find_spec", lambda name: None)
        assert (why_not_here() or "").startswith("python-evdev is not installed → ")

    def test_what_is_no_input_device_cannot_be_opened(self, tmp_path: Path) -> None:
        (tmp_path / "event0").write_bytes(b"")
        with pytest.raises(OSError, match="Inappropriate ioctl"):
            KernelDevices().open(str(tmp_path / "event0"))

    @virtual
    async def test_a_keypad_that_is_not_there_is_gone(self) -> None:
        with pytest.raises(Gone, match="nothing is plugged in there"):
            await input_port("/dev/input/by-path/no-such-event-kbd", simulated=False).open(Deadline.after(1))
