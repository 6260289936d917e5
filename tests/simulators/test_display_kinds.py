"""Every kind of display on its line: who is meant shows it, faults are faults, and the command line knows each kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from simulators.cli import _parser
from simulators.control import Fault, Overwrite, Time
from simulators.displays import KINDS, cpower_frame, onbon, onbon_bitmap
from simulators.displays.dots import RED, Panel
from simulators.displays.eyes import read
from simulators.displays.kinds import kind_named
from simulators.displays.modbus import said
from simulators.displays.text_panel import lit_line, red
from tests.simulators.host import Wired, passed, vectors, wired

PANEL = Panel(width=160, height=16, unit=1)
BAUD = 57_600


def _written(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal)


@dataclass(frozen=True)
class Exchange:
    """A request to the display with this address, what people then read, and what the display answers."""

    kind: str
    address: int
    request: bytes
    text: str
    answer: bytes


EXCHANGES = [
    Exchange(
        "cpower5200",
        3,
        _written(
            "A5 68 32 03 7B 01 1D 00 00 00 12 00 00 00 00 00 03 02 FF 00 00 C7 EB 41 30 30 31 BA C5 B5 BD 33 BA C5 B4"
            "B0 BF DA 00 70 0C AE"
        ),
        "请A001号到3号窗口",
        _written("A5 E8 32 03 7B 00 00 00 00 00 98 01 AE"),
    ),
    Exchange(
        "strip-a090",
        12,
        _written("A0 90 0C A5 00 0E C7 EB 01 41 01 30 01 30 01 31 01 BA C5 01 84"),
        "请A001号",
        _written("A0 90 0C A5 AA"),
    ),
    Exchange("strip-single", 3, _written("83 C0 44 41 30 30 31 BA C5 1A"), "A001号", b""),
    Exchange(
        "modbus-text",
        3,
        _written("03 10 00 00 00 09 12 C7 EB 41 30 30 31 BA C5 B5 BD 33 BA C5 B4 B0 BF DA 20 5C C6"),
        "请A001号到3号窗口",
        _written("03 10 00 00 00 09 01 ED"),
    ),
    Exchange(
        "nameless",
        3,
        _written("7E 03 31 00 06 41 30 30 31 BA C5 8B 02 7F"),
        "A001号",
        _written("7E 03 B1 B4 00 7F"),
    ),
]


@asynccontextmanager
async def line_of(folder: Path, kind: str, addresses: str, *more: str) -> AsyncIterator[Wired]:
    """As the command line builds it."""
    places = ["--link", str(folder / "port"), "--control", str(folder / "control")]
    options = _parser().parse_args(["displays", *places, "--kind", kind, "--addresses", addresses, *more])
    async with wired(folder, BAUD, options.build(options), half_duplex=True) as it:
        yield it


every_exchange = pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.kind)
every_answered = pytest.mark.parametrize(
    "exchange", [exchange for exchange in EXCHANGES if exchange.answer], ids=lambda exchange: exchange.kind
)


@pytest.mark.wire
class TestExchange:
    @every_exchange
    async def test_who_is_meant_shows_it_and_says_so_and_its_neighbour_does_neither(
        self, exchange: Exchange, tmp_path: Path
    ) -> None:
        addresses = f"{exchange.address},{exchange.address + 1}"
        async with line_of(tmp_path, exchange.kind, addresses) as line:
            line.host.write(exchange.request)
            shown = await line.heard.next("shown")
            assert (shown["address"], shown["text"], shown["fits"]) == (exchange.address, exchange.text, True)
            assert shown["frame_bytes"] == len(exchange.request)
            assert await line.host.read(len(exchange.answer)) == exchange.answer
            picture = (await line.heard.next("png", 3))["path"]
            with Image.open(picture) as image:
                assert sum(image.getchannel("R").histogram()[200:] + image.getchannel("G").histogram()[200:]) > 1000
            assert len(line.heard.all("shown")) == 1

    @every_exchange
    async def test_a_silent_display_shows_nothing(self, exchange: Exchange, tmp_path: Path) -> None:
        async with line_of(tmp_path, exchange.kind, str(exchange.address), "--no-pictures") as line:
            line.station.do(Fault(name="silent", on=True))
            line.host.write(exchange.request)
            await passed(line.host._loop.time() + len(exchange.request) * 10 / BAUD + 0.02)
            assert line.heard.all("shown") == []
            assert line.host.received == b""

    @every_answered
    async def test_a_broken_frame_is_not_shown(self, exchange: Exchange, tmp_path: Path) -> None:
        broken = bytearray(exchange.request)
        broken[-8] ^= 0x10
        async with line_of(tmp_path, exchange.kind, str(exchange.address), "--no-pictures") as line:
            line.host.write(bytes(broken))
            assert (await line.heard.next("garbled"))["address"] == exchange.address
            assert line.heard.all("shown") == []

    @every_answered
    async def test_a_wrong_sum_is_only_in_its_answer(self, exchange: Exchange, tmp_path: Path) -> None:
        async with line_of(tmp_path, exchange.kind, str(exchange.address), "--no-pictures") as line:
            line.station.do(Fault(name="wrong-checksum", on=True))
            line.host.write(exchange.request)
            assert (await line.heard.next("shown"))["text"] == exchange.text
            assert await line.host.read(len(exchange.answer)) != exchange.answer


def bitmap_frame(address: int, lit: Image.Image, *, run_mode: int = 2, timeout: int = 120) -> bytes:
    """A fifth-series host's frame with one page of these dots, from the panel's left upper corner."""
    bits = bytes(byte ^ 0xFF for byte in lit.point([255 * (value > 0) for value in range(256)], "1").tobytes())
    page = bytes.fromhex("00 01 00 00 F4 01 01 A0 00 00 00 00 00") + bits
    fields = (
        bytes((0, run_mode)) + timeout.to_bytes(2, "little") + bytes.fromhex("01 00 00 00 00 00 00 00 10 00 00 00 00")
    )
    fields += lit.width.to_bytes(2, "little") + lit.height.to_bytes(2, "little") + b"\x00\x01\x00"
    body = fields + len(page).to_bytes(4, "little") + page
    data = bytes.fromhex("01 A7 00 00 00") + len(body).to_bytes(4, "little") + body
    header = address.to_bytes(2, "little") + bytes.fromhex("00 80 F0 00 54 01 00 00 00 00")
    return onbon.framed(header + len(data).to_bytes(4, "little") + data)


ALL_DELETED = _written(
    "A5 A5 A5 A5 A5 A5 A5 A5 FE FF 00 80 F0 00 FE FF 00 00 00 00 06 00 00 00 01 A7 01 00 00 FF 7B E1 5A"
)


@pytest.mark.wire
class TestBitmapCards:
    async def test_dots_are_read_as_people_read_them(self, tmp_path: Path) -> None:
        async with line_of(tmp_path, "onbon-bx5e", "1,2", "--size", "160x16") as line:
            line.host.write(bitmap_frame(2, lit_line(PANEL, red("请A001号到3号窗口"))))
            shown = await line.heard.next("shown")
            assert (shown["address"], shown["text"], shown["fits"]) == (2, "请A001号到3号窗口", True)
            answer = onbon_bitmap.answer(2, 0)
            assert await line.host.read(len(answer)) == answer

    async def test_dots_that_are_no_letters_are_seen_and_not_read(self, tmp_path: Path) -> None:
        async with line_of(tmp_path, "onbon-bx5e", "1", "--no-pictures") as line:
            ring = Image.new("P", (160, 16))
            ImageDraw.Draw(ring).ellipse((3, 1, 150, 14), outline=RED)
            line.host.write(bitmap_frame(1, ring))
            assert (await line.heard.next("shown"))["text"] == "▒"

    async def test_a_card_that_is_not_renewed_goes_dark_by_itself(self, tmp_path: Path) -> None:
        async with line_of(tmp_path, "onbon-bx5e", "1", "--no-pictures") as line:
            line.host.write(bitmap_frame(1, lit_line(PANEL, red("A001"))))
            await line.heard.next("shown")
            line.station.do(Time(seconds=119.0))
            assert line.heard.all("dark") == []
            line.station.do(Time(seconds=2.0))
            assert (await line.heard.next("dark"))["address"] == 1

    async def test_it_can_be_cleared_without_knowing_its_number(self, tmp_path: Path) -> None:
        async with line_of(tmp_path, "onbon-bx6e", "1", "--no-pictures") as line:
            line.host.write(_sixth_area())
            await line.host.read(len(onbon_bitmap.answer(1, 0)))
            line.host.write(ALL_DELETED)
            assert (await line.heard.next("dark"))["address"] == 1

    async def test_a_page_of_a_wrong_size_is_refused(self, tmp_path: Path) -> None:
        async with line_of(tmp_path, "onbon-bx5e", "1", "--no-pictures") as line:
            frame = bitmap_frame(1, Image.new("P", (160, 16), RED))
            narrow = frame.replace(bytes.fromhex("A0 00 10 00 00 01 00"), bytes.fromhex("B0 00 10 00 00 01 00"))
            assert narrow != frame
            # What stood between the A5s and the 5A, its old CRC cut off, gets a right one.
            line.host.write(onbon.framed(_unescaped(narrow)[:-2]))
            answer = onbon_bitmap.answer(1, onbon_bitmap.PARAMETER)
            assert await line.host.read(len(answer)) == answer
            assert line.heard.all("shown") == []


def _sixth_area() -> bytes:
    listed = [v for v in vectors("onbon-bx5e", "to-device") if v["name"].startswith("6E1")]
    return bytes.fromhex(listed[0]["bytes"])


def _unescaped(frame: bytes) -> bytes:
    body = frame.lstrip(b"\xa5")[:-1]
    for escaped, plain in (("A6 02", "A5"), ("5B 02", "5A"), ("5B 01", "5B"), ("A6 01", "A6")):
        body = body.replace(bytes.fromhex(escaped), bytes.fromhex(plain))
    return body


@pytest.mark.wire
class TestModbus:
    @pytest.mark.parametrize(
        ("asked", "code"),
        [
            ("03 06 00 00 00 01", 1),
            ("03 03 00 10 00 01", 2),
            ("03 03 00 00 00 00", 3),
            ("03 10 00 0F 00 02 04 41 41 41 41", 2),
            ("03 10 00 00 00 02 02 41 41", 3),
        ],
    )
    async def test_what_it_does_not_know_or_have_is_an_exception(self, asked: str, code: int, tmp_path: Path) -> None:
        async with line_of(tmp_path, "modbus-text", "3", "--no-pictures") as line:
            request = said(_written(asked))
            line.host.write(request)
            answer = said(bytes((3, request[1] | 0x80, code)))
            assert await line.host.read(len(answer)) == answer

    async def test_what_another_program_writes_stands_in_the_registers(self, tmp_path: Path) -> None:
        async with line_of(tmp_path, "modbus-text", "3", "--no-pictures") as line:
            line.station.do(Overwrite(address=3, text="A002"))
            assert (await line.heard.next("shown"))["text"] == "A002"
            line.host.write(said(_written("03 03 00 00 00 03")))
            answer = said(_written("03 03 06 41 30 30 32 20 20"))
            assert await line.host.read(len(answer)) == answer

    async def test_only_a_display_that_is_there_and_can_be_is_written_over(self, tmp_path: Path) -> None:
        async with line_of(tmp_path, "cpower5200", "3", "--no-pictures") as line:
            for address in (3, 4):
                with pytest.raises(ValueError, match="another program"):
                    line.station.do(Overwrite(address=address, text="A002"))

    async def test_start_length_and_order_come_from_the_command_line(self, tmp_path: Path) -> None:
        more = ("--start", "256", "--registers", "2", "--order", "low-first", "--no-pictures")
        async with line_of(tmp_path, "modbus-text", "3", *more) as line:
            line.host.write(said(_written("03 10 01 00 00 02 04 30 41 31 30")))
            assert (await line.heard.next("shown"))["text"] == "A001"


@pytest.mark.wire
class TestStrips:
    async def test_a_strip_of_one_colour_does_not_hear_the_other_frame(self, tmp_path: Path) -> None:
        async with line_of(tmp_path, "strip-single", "12", "--no-pictures") as line:
            request = EXCHANGES[1].request
            line.host.write(request)
            await passed(line.host._loop.time() + len(request) * 10 / BAUD + 0.02)
            assert line.heard.all("shown") == []

    async def test_what_is_stored_is_shown_when_asked_for(self, tmp_path: Path) -> None:
        async with line_of(tmp_path, "strip-a090", "7", "--no-pictures") as line:
            store, stored = _written("A0 90 07 A2 00 04 41 02 42 02 A2"), _written("A0 90 07 A1 00 00 A6")
            line.host.write(store)
            await line.host.read(5)
            assert line.heard.all("shown") == []
            line.host.write(stored)
            assert (await line.heard.next("shown"))["text"] == "AB"


@pytest.mark.wire
async def test_the_cpower_card_switched_off_shows_nothing_and_says_how_it_is(tmp_path: Path) -> None:
    async with line_of(tmp_path, "cpower5200", "1", "--no-pictures") as line:
        line.host.write(
            EXCHANGES[0].request.replace(b"\x68\x32\x03", b"\x68\x32\x01").replace(b"\x70\x0c", b"\x6e\x0c")
        )
        await line.heard.next("shown")
        await line.host.read(13)
        line.host.write(_written("A5 68 32 01 76 01 00 00 00 00 00 00 00 00 00 12 01 AE"))
        assert (await line.heard.next("dark"))["address"] == 1
        off = cpower_frame.answer(1, 0x76, 1, bytes((0, 0)))
        assert await line.host.read(len(off)) == off
        line.host.write(_written("A5 68 32 01 76 01 01 13 01 AE"))
        state = cpower_frame.answer(1, 0x76, 1, bytes((1, 0)) + bytes(8))
        assert await line.host.read(len(state)) == state


def test_a_kind_that_nobody_knows_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="strip-single"):
        kind_named("strip-a091")


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_dark_when_it_is_switched_on(kind: str) -> None:
    display = kind_named(kind).display(1, PANEL, lambda: None)
    assert (display.seen, display.text, display.fits) == ((), "", True)
    assert display.draw().getbbox() is None


@settings(deadline=None)
@given(st.text("请到号窗口办理业务A01z9", min_size=1, max_size=10))
def test_letters_on_a_panel_are_read_back(text: str) -> None:
    assert read(lit_line(PANEL, red(text))) == text


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_noise_and_then_silence_never_hide_the_frame_after_them(noise: bytes) -> None:
    class Speed:
        byte_seconds = 10 / 9600

    for exchange in EXCHANGES:
        reader: Any = kind_named(exchange.kind).reader(Speed())  # type: ignore[arg-type]
        for count, byte in enumerate(noise):
            reader.feed(byte, count * Speed.byte_seconds)
        quiet = len(noise) * Speed.byte_seconds + 0.1
        heard = [
            frame
            for count, byte in enumerate(exchange.request)
            if (frame := reader.feed(byte, quiet + count * Speed.byte_seconds))
        ]
        display: Any = kind_named(exchange.kind).display(exchange.address, PANEL, lambda: None)
        assert display.meant(heard[-1])
        display.obey(heard[-1], quiet, alone=True, spoil=False)
        assert display.text == exchange.text


@settings(deadline=None)
@given(st.binary(max_size=120), st.booleans(), st.integers(0, 4))
def test_any_data_is_obeyed_or_refused(data: bytes, sixth: bool, sound_bytes: int) -> None:
    for head in (b"", b"\x01\xa7\x00\x00\x00", b"\x01\xa7\x01\x00\x00"):
        with suppress(onbon.Refusal):
            assert onbon_bitmap.request(head + data, sixth=sixth, sound_bytes=sound_bytes)
    for sub in (b"", len(data).to_bytes(2, "little") + b"\0\0"):
        with suppress(cpower_frame.Refusal):
            assert cpower_frame.call(sub + data)
