"""USB printers and readers by their descriptors, keypads that type: nothing else is touched, all is given back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from drivers.usb_pipes import devices_present
from simulators.printer.usb_port import Maker
from tests.drivers.keyboards import MOUSE_BUTTONS, Keypad
from tests.drivers.keyboards import Machine as Inputs
from tests.drivers.usb_bench import HID, Bench, CardReader, Gadget
from workshop.probe import elsewhere
from workshop.probe.finding import Finding, Note
from workshop.probe.machine import Machine

pytestmark = pytest.mark.wire

PRINTER = 7


class Quiet:
    def progress(self, port: str, baud: int | None) -> None: ...

    def done(self, port: str) -> None: ...


def a_printer(socket: str, *, held_by_kernel: bool = False) -> Gadget:
    gadget = Gadget(
        socket,
        vendor=0x0416,
        product=0x5011,
        interface_class=PRINTER,
        endpoints=((0x81, 0x02),),
        kernel_driver=held_by_kernel,
    )

    def obey(_pipe: int, data: bytes) -> None:
        if data.startswith(b"\x10\x04"):
            gadget.say(0x81, b"\x12")

    gadget.obey = obey
    return gadget


async def found(machine: Machine, *gadgets: Gadget) -> list[tuple[str, str, list[str]]]:
    findings = await elsewhere.usb(machine, Quiet(), Bench(*gadgets))
    return [(f.port, f.outcome, [device.model for device in f.devices]) for f in findings]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "proc").mkdir()
    return Machine(tmp_path / "dev", tmp_path / "sys", tmp_path / "proc", tmp_path / "lock")


async def test_two_identical_printers_are_told_apart_by_their_sockets(machine: Machine) -> None:
    printers = a_printer("1-2.1"), a_printer("1-2.3")
    assert await found(machine, *printers) == [
        ("usb:0416:5011@1-2.1", "answered", ["escpos"]),
        ("usb:0416:5011@1-2.3", "answered", ["escpos"]),
    ]


async def test_a_card_reader_is_found_by_its_make_and_asked_for_no_card(machine: Machine) -> None:
    gadget = Gadget("1-4")
    CardReader(gadget)
    assert await found(machine, gadget) == [("usb:0400:c35a@1-4", "answered", ["sdt-reader"])]
    asked = b"".join(data for _, data in gadget.transfers)
    assert b"\x20\x01" not in asked


async def test_a_keyboard_or_a_disk_is_neither_claimed_nor_asked(machine: Machine) -> None:
    keyboard = Gadget(
        "1-1", vendor=0x046D, product=0xC31C, interface_class=HID, endpoints=((0x81,),), kernel_driver=True
    )
    disk = Gadget("1-3", vendor=0x0781, product=0x5567, interface_class=8)
    assert await found(machine, keyboard, disk) == []
    for gadget in (keyboard, disk):
        assert (gadget.transfers, gadget.busy, gadget.handles) == ([], False, 0)
    assert keyboard.kernel_driver


async def test_a_silent_usb_printer_is_told_and_given_back(machine: Machine) -> None:
    gadget = a_printer("1-2")
    gadget.obey = lambda _pipe, _data: None
    assert await found(machine, gadget) == [("usb:0416:5011@1-2", "silent", [])]
    assert (gadget.busy, gadget.handles) == (False, 0)


async def told(machine: Machine, gadget: Gadget, maker: Maker) -> Finding:
    gadget.answer = lambda request, _index: maker.device_id() if request == 0 else None
    (finding,) = await elsewhere.usb(machine, Quiet(), Bench(gadget))
    return finding


async def test_a_printer_that_does_not_answer_gs_i_is_named_by_its_device_id(machine: Machine) -> None:
    finding = await told(machine, a_printer("1-2"), Maker("HPRT", "TP80K", "7"))
    (device,) = finding.devices
    assert Note("identity", {"text": "HPRT TP80K 7"}) in device.tells


async def test_a_mute_printer_that_says_beside_its_bytes_that_it_speaks_esc_pos_is_one(machine: Machine) -> None:
    gadget = a_printer("1-2")
    gadget.obey = lambda _pipe, _data: None
    finding = await told(machine, gadget, Maker("HPRT", "TP80K"))
    (device,) = finding.devices
    assert (device.model, [note.word for note in device.doubts]) == ("escpos", ["doubt-columns", "doubt-mute"])


@pytest.mark.parametrize("commands", ["PJL,PCL,POSTSCRIPT", "ESCPL2,BDC,D4", "PWGRaster,URF"])
async def test_an_office_printer_is_sent_no_byte_that_it_might_print(machine: Machine, commands: str) -> None:
    gadget = a_printer("1-2", held_by_kernel=True)
    finding = await told(machine, gadget, Maker("HP", "LaserJet", commands=commands))
    assert (finding.outcome, finding.devices, gadget.transfers) == ("present", (), [])
    assert [note.word for note in finding.notes] == ["office-printer"]
    assert gadget.kernel_driver


async def test_the_kernels_own_driver_gets_its_printer_back(machine: Machine) -> None:
    gadget = a_printer("1-2", held_by_kernel=True)
    assert await found(machine, gadget) == [("usb:0416:5011@1-2", "answered", ["escpos"])]
    assert (gadget.kernel_driver, gadget.busy, gadget.handles) == (True, False, 0)


async def test_a_printer_that_somebody_else_has_is_not_asked(machine: Machine) -> None:
    node = machine.dev / "bus/usb/001/001"
    node.parent.mkdir(parents=True)
    node.touch()
    (machine.proc / "4711").mkdir()
    (machine.proc / "4711/comm").write_text("cupsd\n", encoding="ascii")
    machine.locks.mkdir()
    (machine.locks / "LCK..001").write_text("4711\n", encoding="ascii")
    gadget = a_printer("1-2")
    assert await found(machine, gadget) == [("usb:0416:5011@1-2", "taken", [])]
    assert gadget.transfers == []


def test_all_that_is_plugged_in_is_listed_and_nothing_opened() -> None:
    gadgets = a_printer("2-1"), Gadget("1-4")
    (reader, printer) = devices_present(Bench(*gadgets))
    assert (reader.port, printer.port) == ("usb:0400:c35a@1-4", "usb:0416:5011@2-1")
    assert printer.classes == {PRINTER}
    assert [gadget.handles for gadget in gadgets] == [0, 0]


async def test_all_that_types_digits_is_listed_and_nothing_grabbed() -> None:
    pad, mouse = Keypad("usb-0-2.3/input0"), Keypad("usb-0-1/input0", MOUSE_BUTTONS)
    inputs = Inputs()
    inputs.plugged |= {"/dev/input/event3": pad, "/dev/input/event4": mouse}
    findings = await elsewhere.keypads(inputs)
    assert [(f.port, f.outcome, f.devices[0].model) for f in findings] == [
        ("input:phys:usb-0-2.3", "present", "usb-keypad")
    ]
    assert (pad.grabbed, pad.open_nodes) == (False, 0)
    inputs.close()


async def test_keypads_that_may_not_be_opened_are_told_with_the_remedy() -> None:
    pad = Keypad("usb-0-2.3/input0")
    pad.refuses = [PermissionError(13, "Permission denied")]
    inputs = Inputs()
    inputs.plugged["/dev/input/event3"] = pad
    (finding,) = await elsewhere.keypads(inputs)
    assert finding.outcome == "closed"
    assert "group input" in str(finding.notes[0].fields["why"])


async def test_without_its_service_the_card_readers_are_told_with_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from drivers.contract import Gone
    from drivers.smart_card import pcsc_port

    async def nobody(_deadline: object) -> list[str]:
        raise Gone("PC/SC: Service not available.")

    monkeypatch.setattr(pcsc_port, "readers", nobody)
    (finding,) = await elsewhere.card_readers()
    assert (finding.outcome, finding.notes[0].word) == ("closed", "no-pcscd")

    async def two(_deadline: object) -> list[str]:
        await asyncio.sleep(0)
        return ["A 00", "B 01"]

    monkeypatch.setattr(pcsc_port, "readers", two)
    assert [f.port for f in await elsewhere.card_readers()] == ["pcsc:A 00", "pcsc:B 01"]
