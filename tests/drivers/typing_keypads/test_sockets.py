"""Keypads of one make are told apart by the socket they are plugged into; the kernel's nodes and simulated ones."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from unittest.mock import create_autospec

import pytest
from evdev import InputDevice

from drivers import evdev_record as event
from drivers.contract import Gone, Silent
from drivers.deadline import Deadline
from drivers.input_enrol import keypads_present, pressed_keypad
from drivers.input_node import KernelDevices, SimulatedNode, why_not_here
from drivers.input_port import InputPort, input_port, nodes_at
from tests.drivers.keyboards import DIGIT_KEYS, MEDIA_KEYS, MOUSE_BUTTONS, Keypad, Machine, key, stroke
from tests.drivers.typing_keypads.scene import (
    BEST,
    KP1,
    KP5,
    SOCKET,
    WORST,
    heard_by,
    keypad_at,
    opened,
)
from tests.virtual_time import virtual


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


def test_digit_keys_are_what_a_keypad_is_known_by() -> None:
    assert DIGIT_KEYS & event.DIGIT_ONE
    assert not MEDIA_KEYS & event.DIGIT_ONE


class TestAKernelNode:
    """python-evdev's InputDevice as it is declared, over a socket pair instead of an event node."""

    @pytest.fixture
    def device(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
        device = create_autospec(InputDevice, instance=True)
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        device.fd, device.ours = theirs.fileno(), ours
        device.capabilities.return_value = {event.EV_SYN: [0, 1], event.EV_KEY: [KP1, 0x110]}
        device.active_keys.return_value = [KP1]
        monkeypatch.setattr("evdev.InputDevice", lambda path: device)
        with closing(ours), closing(theirs):
            yield device

    def test_it_is_read_whole_asked_grabbed_and_closed(self, device: Any) -> None:
        node = KernelDevices().open("/dev/input/event3")
        assert node.keys == {KP1, 0x110}
        assert set(node.active_keys()) == {KP1}
        node.grab()
        device.grab.assert_called_once_with()
        with pytest.raises(BlockingIOError):
            node.read()
        device.ours.send(key(KP1, event.DOWN).encode())
        assert node.read() == key(KP1, event.DOWN).encode()
        device.close.side_effect = OSError(errno.ENODEV, "No such device")
        node.close()

    def test_one_that_goes_while_it_is_asked_is_closed(self, device: Any) -> None:
        device.capabilities.side_effect = OSError(errno.ENODEV, "No such device")
        with pytest.raises(OSError, match="No such device"):
            KernelDevices().open("/dev/input/event3")
        device.close.assert_called_once_with()
