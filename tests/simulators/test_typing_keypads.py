"""Simulated keypads that type, and serial pads by a table: what they say, and what they do when they are pressed."""

from __future__ import annotations

import asyncio
import socket
import struct
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from simulators.control import Fault, Grade, Press
from simulators.keypads import records
from simulators.keypads.ascii import AsciiPad, Table
from simulators.keypads.input_socket import InputSocket
from simulators.keypads.usb import UsbKeypads
from tests.simulators.host import LIMIT, VECTORS, Heard, Wired, vectors, wired

KEYS: list[dict[str, Any]] = tomllib.loads((VECTORS / "evdev-keypad.toml").read_text(encoding="utf-8"))["key"]
SIX_BYTE = Table(
    keys={"call": "01 03 00 73 73 FF", "recall": "01 03 02 00 00 FF", "wait": "01 03 1C 00 07 FF"},
    number="03 01 01 nn nn FF",
)
PAD = Table(grades=("35", "34", "33", "32", "31"), answer="06", lit="4C 31", dark="4C 30")


@pytest.mark.parametrize("vector", vectors("evdev-keypad", "from-device"), ids=lambda vector: vector["name"])
def test_a_kernel_says(vector: dict[str, Any]) -> None:
    m = vector["meaning"]
    at_us = m["seconds"] * 1_000_000 + m["microseconds"]
    assert records.record(at_us, m["type"], m["code"], m["value"]) == bytes.fromhex(vector["bytes"])


@pytest.mark.parametrize("wanted", KEYS, ids=lambda wanted: wanted["name"])
def test_a_key_has_these_codes(wanted: dict[str, Any]) -> None:
    code, usage, top_row = records.CODES["comma" if wanted["name"] == "," else wanted["name"]]
    assert (code, top_row) == (wanted["keypad"], wanted.get("top_row"))
    assert usage == wanted.get("usage", usage)


def test_a_stroke_is_scan_code_key_and_end_of_report() -> None:
    said = records.change(1_500_000, "1", records.PRESSED)
    assert [struct.unpack("<HHi", said[at + 16 : at + 24]) for at in (0, 24, 48)] == [
        (4, 4, 0x70059),
        (1, 79, 1),
        (0, 0, 0),
    ]


class Bench:
    """Two keypads of one make, and somebody who reads them."""

    def __init__(self, folder: Path) -> None:
        self.heard = Heard()
        self.ports = {number: InputSocket(folder / f"usb-{number}") for number in (1, 2)}
        for port in self.ports.values():
            port.open()
        self.keypads = UsbKeypads(self.ports, self.heard.emit)
        self._readers: list[socket.socket] = []

    def connect_to(self, number: int) -> socket.socket:
        reader = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._readers.append(reader)
        reader.setblocking(False)
        reader.connect(str(self.ports[number].link))
        return reader

    async def read_at(self, number: int) -> socket.socket:
        told = len(self.heard.all("state"))
        reader = self.connect_to(number)
        await self.heard.next("state", told + 1)
        assert self.ports[number].taken
        return reader

    def close(self) -> None:
        self.keypads.close()
        for port in self.ports.values():
            port.close()
        for reader in self._readers:
            reader.close()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    with closing(Bench(tmp_path)) as it:
        yield it


def said_to(reader: socket.socket) -> Iterator[tuple[int, int, int]]:
    data = reader.recv(1 << 16)
    for at in range(0, len(data), 24):
        yield struct.unpack("<HHi", data[at + 16 : at + 24])


def keys_said(reader: socket.socket) -> list[tuple[int, int]]:
    return [(code, value) for kind, code, value in said_to(reader) if kind == records.KEY]


@pytest.mark.wire
class TestKeypads:
    async def test_keys_go_down_and_up_in_turn(self, bench: Bench) -> None:
        reader = await bench.read_at(1)
        bench.keypads.do(Press(address=1, keys="1,0,enter"))
        pressed = await bench.heard.next("pressed")
        assert (pressed["address"], pressed["acknowledged"], pressed["tries"]) == (1, None, 1)
        assert keys_said(reader) == [(79, 1), (79, 0), (82, 1), (82, 0), (96, 1), (96, 0)]

    async def test_a_grade_is_the_key_that_is_labelled_so(self, bench: Bench) -> None:
        reader = await bench.read_at(2)
        bench.keypads.do(Grade(address=2, grade=4))
        await bench.heard.next("pressed")
        assert keys_said(reader) == [(76, 1), (76, 0)]

    async def test_what_nobody_reads_is_lost_and_said_so(self, bench: Bench) -> None:
        bench.keypads.do(Grade(address=1, grade=0))
        assert (await bench.heard.next("pressed"))["tries"] == 0

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            ("top-row", [(2, 1), (2, 0)]),
            ("num-lock", [(69, 1), (69, 0), (79, 1), (79, 0), (69, 1), (69, 0)]),
            ("held", [(79, 1), *[(79, 2)] * 5, (79, 0)]),
            ("bounce", [(79, 1), (79, 0), (79, 1), (79, 0)]),
        ],
    )
    async def test_variants_of_keypads(self, bench: Bench, fault: str, said: list[tuple[int, int]]) -> None:
        reader = await bench.read_at(1)
        bench.keypads.do(Fault(name=fault, on=True, address=1))
        bench.keypads.do(Press(address=1, keys="1"))
        await bench.heard.next("pressed")
        assert keys_said(reader) == said

    async def test_an_overrun_says_so_before_what_it_hides(self, bench: Bench) -> None:
        reader = await bench.read_at(1)
        bench.keypads.do(Fault(name="overrun", on=True, address=1))
        bench.keypads.do(Press(address=1, keys="1"))
        await bench.heard.next("pressed")
        said = list(said_to(reader))
        assert said[0] == (records.SYN, records.DROPPED, 0)
        assert said[3] == (records.SYN, records.REPORT, 0)
        assert (records.KEY, 79, 1) in said[:3]

    async def test_unplugged_its_reader_is_told_and_it_comes_back_at_its_place(self, bench: Bench) -> None:
        reader = await bench.read_at(1)
        bench.keypads.do(Fault(name="unplug", on=True, address=1))
        assert reader.recv(24) == b""
        assert not bench.ports[1].link.exists()
        assert bench.ports[2].link.is_socket()
        bench.keypads.do(Fault(name="unplug", on=False, address=1))
        await bench.read_at(1)
        assert bench.keypads.snapshot()[0]["keypads"][0] == {"address": 1, "plugged": True, "taken": True}

    async def test_a_second_reader_gets_nothing(self, bench: Bench) -> None:
        await bench.read_at(1)
        second = bench.connect_to(1)
        assert await asyncio.wait_for(asyncio.get_running_loop().sock_recv(second, 1), LIMIT) == b""

    async def test_a_place_that_is_taken_is_not_touched(self, tmp_path: Path) -> None:
        (tmp_path / "usb").write_text("precious")
        with pytest.raises(FileExistsError):
            InputSocket(tmp_path / "usb").open()
        assert (tmp_path / "usb").read_text() == "precious"

    @pytest.mark.parametrize(
        "command",
        [
            Press(address=1, keys="hello"),
            Press(address=3, keys="1"),
            Grade(address=1, grade=5),
            Fault(name="paper-low", on=True),
            Fault(name="held", on=True, address=3),
        ],
    )
    async def test_what_is_not_there_is_refused(self, bench: Bench, command: Any) -> None:
        with pytest.raises(ValueError, match=r".+"):
            bench.keypads.do(command)


@pytest.fixture
async def pad(tmp_path: Path) -> AsyncIterator[Wired]:
    async with wired(tmp_path, 9600, partial(AsciiPad, address=1, table=PAD)) as it:
        yield it


@pytest.fixture
async def six_byte(tmp_path: Path) -> AsyncIterator[Wired]:
    async with wired(tmp_path, 9600, partial(AsciiPad, address=1, table=SIX_BYTE)) as it:
        yield it


@pytest.mark.wire
class TestSerialPads:
    async def test_a_grade_is_said_until_it_is_answered(self, pad: Wired) -> None:
        pad.station.do(Grade(address=1, grade=4))
        assert await pad.host.read(2) == b"11"
        pad.host.write(b"\x06")
        pressed = await pad.heard.next("pressed")
        assert (pressed["acknowledged"], pressed["tries"]) == (True, 2)

    async def test_nobody_answering_it_tries_three_times(self, pad: Wired) -> None:
        pad.station.do(Grade(address=1, grade=0))
        assert await pad.host.read(3) == b"555"
        pressed = await pad.heard.next("pressed")
        assert (pressed["acknowledged"], pressed["tries"]) == (False, 3)

    async def test_it_is_lit_and_darkened(self, pad: Wired) -> None:
        pad.host.write(b"L1xL0")
        await pad.heard.next("lit", 2)
        assert [event["stars"] for event in pad.heard.all("lit")] == [5, 0]

    async def test_a_silent_one_is_pressed_in_vain(self, pad: Wired) -> None:
        pad.station.do(Fault(name="silent", on=True))
        assert (await pad.heard.next("state"))["faults"] == ["silent"]
        pad.station.do(Grade(address=1, grade=0))
        assert (await pad.heard.next("pressed"))["tries"] == 0

    @pytest.mark.parametrize(
        "command", [Grade(address=1, grade=5), Grade(address=2, grade=1), Press(address=1, keys="x")]
    )
    async def test_what_is_not_there_is_refused(self, pad: Wired, command: Any) -> None:
        with pytest.raises(ValueError, match=r".+"):
            pad.station.do(command)

    @pytest.mark.parametrize("vector", vectors("six-byte-caller", "from-device"), ids=lambda vector: vector["name"])
    async def test_a_six_byte_caller_says(self, six_byte: Wired, vector: dict[str, Any]) -> None:
        six_byte.station.do(Press(address=1, keys=vector["meaning"]["key"]))
        assert await six_byte.host.read(6) == bytes.fromhex(vector["bytes"])
        pressed = await six_byte.heard.next("pressed")
        assert (pressed["acknowledged"], pressed["tries"]) == (None, 1)

    @pytest.mark.parametrize("vector", vectors("six-byte-caller", "to-device"), ids=lambda vector: vector["name"])
    async def test_a_six_byte_caller_understands(self, six_byte: Wired, vector: dict[str, Any]) -> None:
        six_byte.host.write(bytes.fromhex(vector["bytes"]))
        shown = await six_byte.heard.next("display")
        assert shown["digits"] == vector["meaning"]["number"].rjust(4, "0")

    async def test_keys_of_one_entry_are_said_one_after_the_other(self, six_byte: Wired) -> None:
        six_byte.station.do(Press(address=1, keys="call,recall"))
        assert await six_byte.host.read(12) == bytes.fromhex("01 03 00 73 73 FF 01 03 02 00 00 FF")
        assert (await six_byte.heard.next("pressed"))["acknowledged"] is None
