"""A keypad that types, in a box: its settings, its cell, the whole way from a simulated press to the desk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from config.box import load_box
from config.problem import SettingsError
from device.bus import Bus
from device.cell import Cell
from device.hardware import build_hardware
from device.supervise import Backoff
from drivers.contract import GradePress, RatingKeypad
from drivers.input_node import Devices
from drivers.input_port import InputPort, input_port
from drivers.rating_keypad.usb import UsbKeypad, UsbKeypadSettings
from simulators.control import Event, Fault, Grade
from simulators.keypads.input_socket import InputSocket
from simulators.keypads.usb import UsbKeypads
from tests.drivers.keyboards import Keypad, Machine
from tests.virtual_time import virtual

LIMIT = 5.0
MAPPING = {"1": "very-dissatisfied", "2": "dissatisfied", "4": "satisfied", "5": "very-satisfied"}
REPEAT_MS = 2000
"""A busy machine may take long from one bounce to the next."""
SOCKET = "usb-0000:00:14.0-2.3"

BOX = """\
[box]
name = "counter-1"
mode = "demo"
port = 8630
data = "data"

[hall]
url = "https://127.0.0.1:8610"
ca = "ca.pem"
certificate = "box.pem"
key = "box.key"

[[window]]
number = 1

[[line]]
name = "pad"
port = "input:/dev/input/by-path/pci-0000:00:14.0-usb-0:2.3:1.0-event-kbd"

[[device]]
name = "pad-1"
model = "usb-keypad"
line = "pad"
window = 1
options = { mapping = { 1 = "very-dissatisfied", 5 = "very-satisfied" } }
"""


@asynccontextmanager
async def cell_on(port: InputPort) -> AsyncIterator[Cell[RatingKeypad]]:
    """A window's keypad at work on this port."""
    bus = Bus("pad", lambda: port, 0.0)
    cell: Cell[RatingKeypad] = Cell(
        "pad-1",
        "usb-keypad",
        UsbKeypad(UsbKeypadSettings(MAPPING, REPEAT_MS), bus.tap()),
        family="rating_keypad",
        window=1,
        backoff=Backoff(first_s=0.01, most_s=0.02),
        listen=lambda keypad: keypad.next_press(),
    )
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(bus.run()), group.create_task(cell.run())]
        try:
            yield cell
        finally:
            for task in tasks:
                task.cancel()


async def until(cell: Cell[RatingKeypad], keywords: set[str]) -> None:
    """Until these are the keypad's reasons."""
    async with asyncio.timeout(LIMIT):
        with cell.watch.watching() as changed:
            while cell.state.keywords() != keywords:
                await changed.wait()
                changed.clear()


@virtual
async def test_a_keypad_is_heard_lost_and_heard_again_under_another_number() -> None:
    machine: Machine = Machine(event3=Keypad(f"{SOCKET}/input0"))
    devices: Devices = machine
    with closing(machine):
        async with cell_on(InputPort(f"phys:{SOCKET}", devices)) as cell:
            await until(cell, set())
            machine.plugged["/dev/input/event3"].type(79)
            assert await cell.heard.get() == GradePress(79, "very-dissatisfied")
            machine.unplug("event3")
            await until(cell, {"link-lost"})
            machine.plugged["/dev/input/event8"] = Keypad(f"{SOCKET}/input0")
            await until(cell, set())
            machine.plugged["/dev/input/event8"].type(76)
            assert await cell.heard.get() == GradePress(76, "very-satisfied")
            assert cell.statistics.report(0.0)["GoneCount"] >= 1


@virtual
async def test_lighting_a_keypad_without_a_light_is_no_fault() -> None:
    machine = Machine(event3=Keypad(f"{SOCKET}/input0"))
    with closing(machine):
        async with cell_on(InputPort(f"phys:{SOCKET}", machine)) as cell:
            await until(cell, set())
            assert await cell.do(lambda pad, deadline: pad.light(True, deadline), 1.0) is False
            assert "CommunicationErrorCount" not in cell.statistics.report(0.0)


@pytest.mark.wire
async def test_a_simulated_press_comes_through_whatever_keypad_it_is(tmp_path: Path) -> None:
    told: asyncio.Queue[Event] = asyncio.Queue()
    ports = {number: InputSocket(tmp_path / f"usb-{number}") for number in (1, 2)}
    for port in ports.values():
        port.open()
    keypads = UsbKeypads(ports, told.put_nowait)
    try:
        async with cell_on(input_port(str(ports[1].link), simulated=True)) as cell:
            await until(cell, set())
            for fault in ("top-row", "num-lock", "held", "bounce", "overrun"):
                keypads.do(Fault(name=fault, on=True, address=1))
                keypads.do(Grade(address=1, grade=4))
                async with asyncio.timeout(LIMIT):
                    assert (await cell.heard.get()).word == "very-satisfied"
                    while (await told.get())["event"] != "pressed":
                        pass
                keypads.do(Fault(name=fault, on=False, address=1))
                keypads.do(Grade(address=1, grade=0))
                async with asyncio.timeout(LIMIT):
                    assert (await cell.heard.get()).word == "very-dissatisfied"
            assert cell.heard.empty()
            keypads.do(Fault(name="unplug", on=True, address=1))
            await until(cell, {"link-lost"})
            keypads.do(Fault(name="unplug", on=False, address=1))
            await until(cell, set())
            keypads.do(Grade(address=2, grade=0))
            keypads.do(Grade(address=1, grade=4))
            async with asyncio.timeout(LIMIT):
                assert (await cell.heard.get()).word == "very-satisfied"
    finally:
        keypads.close()
        for port in ports.values():
            port.close()


def refused(folder: Path, text: str) -> tuple[int, str]:
    """Line and words of the refusal."""
    file = folder / "box.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as refusal:
        build_hardware(load_box(file))
    (problem,) = refusal.value.problems
    assert problem.remedy
    return problem.line, f"{problem.what} → {problem.remedy}"


def line_with(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


async def test_a_box_may_have_a_keypad_that_types(tmp_path: Path) -> None:
    file = tmp_path / "box.toml"
    file.write_text(BOX, encoding="utf-8")
    hardware = build_hardware(load_box(file))
    assert hardware.of("rating_keypad", 1) is not None


@pytest.mark.parametrize(
    ("good", "bad", "marked", "says"),
    [
        ("usb-keypad", "ff68-keypad", "line = ", "ff68-keypad cannot be on line pad"),
        (
            'port = "input:/dev/input/by-path/',
            'port = "/dev/serial/by-path/',
            "line = ",
            "usb-keypad cannot be on line",
        ),
        ("input:/dev/input", "input:dev/input", "input:dev", "names no input device"),
        ("5 =", "six =", "options", "'six' → name one of"),
    ],
)
def test_a_keypad_at_the_wrong_place_is_refused(tmp_path: Path, good: str, bad: str, marked: str, says: str) -> None:
    text = BOX.replace(good, bad)
    line, words = refused(tmp_path, text)
    assert line == line_with(text, marked)
    assert says in words


def test_a_box_without_python_evdev_says_so_at_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.input_node.find_spec", lambda name: None)
    line, words = refused(tmp_path, BOX)
    assert line == line_with(BOX, "input:")
    assert "python-evdev is not installed → install python3-evdev" in words


async def test_a_simulated_keypad_needs_no_evdev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.input_node.find_spec", lambda name: None)
    file = tmp_path / "box.toml"
    file.write_text(BOX.replace('event-kbd"', 'event-kbd"\nsimulated = true'), encoding="utf-8")
    assert build_hardware(load_box(file)).cells


async def test_a_simulators_socket_is_refused_where_nothing_says_simulated(tmp_path: Path) -> None:
    port = InputSocket(tmp_path / "usb-1")
    port.open()
    with closing(port):
        text = BOX.replace("input:/dev/input/by-path/pci-0000:00:14.0-usb-0:2.3:1.0-event-kbd", f"input:{port.link}")
        line, words = refused(tmp_path, text)
        assert line == line_with(text, "input:")
        assert "is a simulator's address → add simulated = true" in words
        live: dict[str, Any] = {'mode = "demo"': 'mode = "live"', 'usb-1"': 'usb-1"\nsimulated = true'}
        for good, bad in live.items():
            text = text.replace(good, bad)
        assert "a simulated line in mode live" in refused(tmp_path, text)[1]
