"""Window displays: who is meant shows it and says so; a card that is not renewed goes dark by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from simulators.control import Fault, Time
from simulators.displays import onbon
from simulators.displays.bus import Displays
from simulators.displays.dots import DOT, FRAME, Panel, fits, picture
from simulators.displays.onbon import Area, Error, FrameReader
from tests.simulators.host import Wired, passed, wired

PANEL = Panel(width=160, height=16, unit=8)


def frame(address: int, data: bytes) -> bytes:
    """A host's frame, written out without the simulator's own escaping."""
    content = address.to_bytes(2, "little") + bytes.fromhex("00 80 00 00 00 00 00 00 FE 02")
    content += len(data).to_bytes(2, "little") + data
    body = content + onbon.crc16(content).to_bytes(2, "little")
    for plain, escaped in (("A6", "A6 01"), ("A5", "A6 02"), ("5B", "5B 01"), ("5A", "5B 02")):
        body = body.replace(bytes.fromhex(plain), bytes.fromhex(escaped))
    return b"\xa5" * 8 + body + b"\x5a"


def text_frame(address: int, text: str, *, run_mode: int = 2, timeout: int = 120, respond: int = 1) -> bytes:
    raw = text.encode("gbk")
    fixed = bytes.fromhex("00 0000 0000 1400 1000 00 00") + bytes((run_mode,)) + timeout.to_bytes(2, "little")
    fixed += bytes.fromhex("00 00 02 01 01 01 00 00 0A") + len(raw).to_bytes(4, "little")
    area = (len(fixed) + len(raw)).to_bytes(2, "little") + fixed + raw
    return frame(address, bytes((0xA3, 0x06, respond, 0, 0, 0, 1)) + area)


PING = bytes.fromhex("A2 00 01 00 00")
ANSWER = 8 + 14 + 5 + 2 + 1
"""Bytes of an answer without escapes."""


RED, GREEN = 0, 1


def bright(image: Image.Image, channel: int) -> int:
    """How many pixels are bright in this colour."""
    return sum(image.getchannel(channel).histogram()[200:])


@pytest.fixture
async def displays(tmp_path: Path) -> AsyncIterator[Wired]:
    async with on_a_bus(tmp_path, 9600) as it:
        yield it


@pytest.fixture
async def slow_displays(tmp_path: Path) -> AsyncIterator[Wired]:
    """An answer takes a quarter of a second: whoever talks into it need not be quick."""
    async with on_a_bus(tmp_path, 1200) as it:
        yield it


def on_a_bus(folder: Path, baud: int) -> AbstractAsyncContextManager[Wired]:
    build = partial(Displays, addresses=(1, 2, 3), panel=PANEL, folder=folder / "pictures")
    return wired(folder, baud, build, half_duplex=True)


@pytest.mark.wire
class TestBus:
    async def test_a_text_is_shown_and_acknowledged(self, displays: Wired) -> None:
        sent = text_frame(2, "请A1001号到2号窗口")
        begun = displays.host.write(sent)
        shown = await displays.heard.next("shown")
        assert (shown["address"], shown["text"]) == (2, "请A1001号到2号窗口")
        assert shown["fits"] is True
        assert shown["frame_bytes"] == len(sent)
        assert shown["wire_ms"] == pytest.approx(len(sent) / 0.96, abs=0.001)
        assert 0 <= shown["t"] - begun - len(sent) / 960 < 0.5
        assert await displays.host.read(ANSWER) == onbon.answer(2, Error.NONE)

    async def test_one_text_lights_one_panel(self, displays: Wired) -> None:
        displays.host.write(text_frame(3, "请A1001号到3号窗口"))
        event = await displays.heard.next("png", 4)
        assert event["address"] == 3
        pictures = {a: displays.heard.all("png")[a - 1]["path"] for a in (1, 2, 3)}
        lit = {}
        for address, path in pictures.items():
            with Image.open(path) as image:
                lit[address] = bright(image, RED)
        assert lit[1] == lit[2] == 0
        assert lit[3] > 1000

    async def test_a_card_that_is_not_renewed_goes_dark_by_itself(self, displays: Wired) -> None:
        displays.host.write(text_frame(1, "A1001"))
        await displays.heard.next("shown")
        displays.station.do(Time(seconds=119.0))
        assert displays.heard.all("dark") == []
        displays.station.do(Time(seconds=2.0))
        assert (await displays.heard.next("dark"))["address"] == 1

    async def test_a_renewal_counts_anew(self, displays: Wired) -> None:
        displays.host.write(text_frame(1, "A1001"))
        await displays.host.read(ANSWER)
        displays.station.do(Time(seconds=100.0))
        displays.host.write(text_frame(1, "A1001"))
        await displays.host.read(ANSWER)
        displays.station.do(Time(seconds=100.0))
        assert displays.heard.all("dark") == []

    async def test_a_text_that_holds_never_goes_dark(self, displays: Wired) -> None:
        displays.host.write(text_frame(1, "A1001", run_mode=0))
        await displays.heard.next("shown")
        displays.station.do(Time(seconds=1000.0))
        assert displays.heard.all("dark") == []

    @pytest.mark.parametrize("data", ["A3 10 01 00 00", "A3 06 01 00 00 FF 00", "A3 06 01 00 00 01 00 00"])
    async def test_it_can_be_cleared(self, displays: Wired, data: str) -> None:
        displays.host.write(text_frame(1, "A1001"))
        await displays.host.read(ANSWER)
        displays.host.write(frame(1, bytes.fromhex(data)))
        assert (await displays.heard.next("dark"))["address"] == 1

    async def test_a_broadcast_is_shown_by_all_and_answered_by_none(self, displays: Wired) -> None:
        displays.host.write(text_frame(onbon.BROADCAST, "暂停服务"))
        await displays.heard.next("shown", 3)
        displays.host.write(frame(1, PING))
        assert await displays.host.read(ANSWER) == onbon.answer(1, Error.NONE)

    @pytest.mark.parametrize(("data", "error"), [("A9 00 01 00 00", Error.GROUP), ("A3 77 01 00 00", Error.COMMAND)])
    async def test_what_it_does_not_know_is_refused(self, displays: Wired, data: str, error: Error) -> None:
        displays.host.write(frame(1, bytes.fromhex(data)))
        assert await displays.host.read(ANSWER) == onbon.answer(1, error)

    async def test_a_broken_frame_is_not_shown(self, displays: Wired) -> None:
        broken = bytearray(text_frame(1, "A1001"))
        broken[-6] ^= 0x10
        displays.host.write(bytes(broken))
        assert await displays.host.read(ANSWER) == onbon.answer(1, Error.CHECKSUM)
        assert displays.heard.all("shown") == []

    async def test_talking_into_an_answer_is_a_collision(self, slow_displays: Wired) -> None:
        slow_displays.host.write(frame(1, PING))
        await slow_displays.host.read(10)
        slow_displays.host.write(frame(2, PING))
        assert (await slow_displays.heard.next("collision"))["count"] == 1
        await passed(slow_displays.line.quiet_since)
        slow_displays.host.write(text_frame(3, "A1001"))
        assert (await slow_displays.heard.next("shown"))["address"] == 3


@pytest.mark.wire
class TestFaults:
    async def test_a_silent_display_shows_nothing_and_its_neighbours_do(self, displays: Wired) -> None:
        displays.station.do(Fault(name="silent", on=True, address=1))
        displays.host.write(text_frame(1, "A1001", respond=1))
        displays.host.write(frame(2, PING))
        assert await displays.host.read(ANSWER) == onbon.answer(2, Error.NONE)
        assert displays.heard.all("shown") == []

    async def test_wrong_checksums_are_only_in_the_answers(self, displays: Wired) -> None:
        displays.station.do(Fault(name="wrong-checksum", on=True))
        displays.host.write(text_frame(1, "A1001"))
        assert (await displays.heard.next("shown"))["text"] == "A1001"
        answer = await displays.host.read(ANSWER)
        reader = FrameReader()
        (got,) = [found for byte in answer if (found := reader.feed(byte))]
        assert not got.sound

    async def test_a_display_that_is_not_there_is_refused(self, displays: Wired) -> None:
        with pytest.raises(ValueError, match="no device at address 9"):
            displays.station.do(Fault(name="silent", on=True, address=9))


def area(text: str, **fields: int) -> Area:
    values = dict.fromkeys(Area.__dataclass_fields__, 0) | {"width": 20, "height": 16, **fields}
    return Area(**{**values, "text": text})  # type: ignore[arg-type]


class TestDots:
    def test_colours_and_fonts_are_codes_and_no_text(self) -> None:
        image = picture(PANEL, [area("\\FO001\\C2A")])
        assert bright(image, GREEN) > 100
        assert bright(image, RED) == 0

    def test_right_is_right(self) -> None:
        image = picture(PANEL, [area("口", align=1)])
        right = image.crop((FRAME + 144 * DOT, 0, image.width, image.height))
        assert bright(right, RED) > 100
        left = image.crop((0, 0, FRAME + 144 * DOT, image.height))
        assert bright(left, RED) == 0

    def test_a_text_longer_than_its_area_is_told(self) -> None:
        assert fits(PANEL, area("请A1001号到3号窗口"))
        assert not fits(PANEL, area("请A1001号到3号窗口办理业务"))
        assert not fits(PANEL, area("请A1001号到3号窗口", width=8))

    def test_bit_15_counts_dots(self) -> None:
        assert PANEL.box(area("", x=0x8000 | 4, width=0x8000 | 100)) == (4, 0, 104, 16)


class TestFrames:
    @given(st.binary(max_size=200))
    def test_noise_never_hides_the_frame_after_it(self, noise: bytes) -> None:
        reader = FrameReader()
        for byte in noise:
            reader.feed(byte)
        frames = [found for byte in frame(1, PING) if (found := reader.feed(byte))]
        assert frames[-1].data == PING
        assert frames[-1].sound

    @given(st.binary(max_size=300))
    def test_any_data_is_obeyed_or_refused(self, data: bytes) -> None:
        with suppress(onbon.Refusal):
            assert onbon.request(data)
