"""The printer: what is sent comes out on paper, at a real speed, and it says how it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from simulators.control import Fault, Refill
from simulators.printer.commands import Cut, LineFeed
from simulators.printer.paper import CUTTER_DOTS, Strip
from simulators.printer.printer import Printer
from simulators.printer.reader import Reader
from simulators.printer.tray import Tray
from simulators.printer.typesetter import Typesetter
from tests.simulators.host import Wired, quiet, wired

INITIALIZE = b"\x1b@"
CUT = b"\x1dVB\x00"
CUT_AT_ONCE = b"\x1dV\x00"
LARGE, STANDARD = b"\x1d!\x11\x1c!\x0c", b"\x1d!\x00\x1c!\x00"
CLEAR = b"\x10\x05\x02"

NORMAL = bytes.fromhex("12 12 12 12")


def printed_up_to(ident: bytes) -> bytes:
    return b"\x1d(H\x06\x0000" + ident


def qr(data: bytes, module: int = 4) -> bytes:
    store = b"\x1d(k" + (len(data) + 3).to_bytes(2, "little") + b"1P0" + data
    return b"\x1d(k\x04\x001A2\x00" + b"\x1d(k\x03\x001C" + bytes((module,)) + store + b"\x1d(k\x03\x001Q0"


def slip(number: str) -> bytes:
    lines = "一窗县政务服务中心\n社会保险 Social insurance\n".encode("gb18030")
    rest = "您前面还有 7 人在等待\n请在休息区等候\n".encode("gb18030")
    return INITIALIZE + lines + LARGE + f"{number}号\n".encode("gb18030") + STANDARD + rest + qr(number.encode()) + CUT


def faulty(name: str, on: bool = True) -> Fault:
    return Fault(name=name, on=on)


@pytest.fixture
async def printer(tmp_path: Path) -> AsyncIterator[Wired]:
    async with wired(tmp_path, 115200, lambda line, emit: Printer(line, Tray(tmp_path / "paper", emit), emit)) as it:
        yield it


async def status(printer: Wired) -> bytes:
    """The answers to DLE EOT 1–4, one asked after the other."""
    answers = b""
    for n in (1, 2, 3, 4):
        printer.host.write(bytes((0x10, 0x04, n)))
        answers += await printer.host.read(1)
    return answers


async def printed(printer: Wired, job: bytes) -> None:
    """Send a job and wait until the printer says that it is on paper."""
    printer.host.write(job + printed_up_to(b"DONE"))
    assert await printer.host.read(7) == b"\x37\x22DONE\x00"


@pytest.mark.wire
class TestSlips:
    async def test_a_slip_tells_what_stands_on_it(self, printer: Wired) -> None:
        await printed(printer, slip("A1001"))
        event = await printer.heard.next("slip")
        assert event["complete"] is True
        assert event["numbers"] == ["A1001号"]
        assert event["qr"] == ["A1001"]
        assert event["text"][:2] == ["一窗县政务服务中心", "社会保险 Social insurance"]
        assert event["bytes"] == len(slip("A1001"))
        assert event["index"] == 1

    async def test_a_phone_can_read_the_picture(self, printer: Wired) -> None:
        data = "https://example.invalid/s?t=A1001&k=" + "0123456789abcdef" * 4
        await printed(printer, INITIALIZE + b"\x1ba\x01above\n" + qr(data.encode()) + b"below\n" + CUT)
        with Image.open((await printer.heard.next("slip"))["png"]) as picture:
            codes = zxingcpp.read_barcodes(picture.convert("L"))
        assert [code.text for code in codes] == [data]

    async def test_image_lines_are_drawn_dot_by_dot(self, printer: Wired) -> None:
        await printed(printer, INITIALIZE + b"\x1dv0\x00\x02\x00\x10\x00" + b"\xff\x00" * 16 + b"x\n" + CUT)
        with Image.open((await printer.heard.next("slip"))["png"]) as picture:
            dark = picture.convert("L").point([255 * (level < 128) for level in range(256)])
            assert dark.crop((0, 0, 100, CUTTER_DOTS + 16)).getbbox() == (32, CUTTER_DOTS, 40, CUTTER_DOTS + 16)

    async def test_a_cut_without_feeding_leaves_the_last_lines_behind(self, printer: Wired) -> None:
        job = INITIALIZE + b"one\n" * 6 + b"last\n" + CUT_AT_ONCE
        await printed(printer, job)
        event = await printer.heard.next("slip")
        assert event["complete"] is False
        assert "last" not in event["text"]

    async def test_what_hangs_uncut_is_torn_off_by_the_next_job(self, printer: Wired) -> None:
        await printed(printer, INITIALIZE + LARGE + b"A1001\n")
        await printed(printer, slip("A1002"))
        first, second = await printer.heard.next("slip"), await printer.heard.next("slip", 2)
        assert (first["numbers"], first["complete"]) == (["A1001"], False)
        assert (second["numbers"], second["complete"]) == (["A1002号"], True)

    async def test_the_picture_of_moving_paper_is_there_from_the_start(self, printer: Wired) -> None:
        live = (await printer.heard.next("paper"))["png"]
        with Image.open(live) as blank:
            assert blank.height == CUTTER_DOTS
        printer.host.write(INITIALIZE + b"line\n" * 30)
        await printer.heard.next("paper", 3)
        with Image.open(live) as grown:
            assert grown.height > CUTTER_DOTS


@pytest.mark.wire
class TestTime:
    async def test_it_says_printed_only_once_it_is_printed(self, printer: Wired) -> None:
        begun = printer.host.write(INITIALIZE + b"line\n" * 20 + printed_up_to(b"0001"))
        assert await printer.host.read(7) == b"\x37\x220001\x00"
        assert printer.host.reads[0][0] - begun >= 20 * 30 / 8 / 250  # 20 lines of 30 dots, 8 dots a mm, 250 mm/s

    async def test_real_time_status_overtakes_a_full_buffer(self, printer: Wired) -> None:
        printer.host.write(INITIALIZE + b"line\n" * 40)
        printer.host.write(printed_up_to(b"0001") + b"\x10\x04\x01")
        assert await printer.host.read(1) == b"\x12"
        assert await printer.host.read(7) == b"\x37\x220001\x00"

    async def test_a_job_begins_with_its_first_byte_and_polls_are_no_job(self, printer: Wired) -> None:
        assert await status(printer) == NORMAL
        begun = printer.host.write(slip("A1001"))
        event = await printer.heard.next("byte")
        assert begun < event["t"] < begun + 1.0
        await printer.heard.next("slip")
        assert await status(printer) == NORMAL
        assert len(printer.heard.all("byte")) == 1


@pytest.mark.wire
class TestFaults:
    async def test_paper_that_ends_inside_a_slip_stops_it_there(self, printer: Wired) -> None:
        printer.station.do(faulty("paper-out-mid"))
        printer.host.write(slip("A1001") + printed_up_to(b"0001"))
        event = await printer.heard.next("slip")
        assert event["complete"] is False
        assert event["qr"] == []
        assert await status(printer) == bytes.fromhex("1A 32 12 7E")
        assert printer.heard.all("state")[-1]["paper"] == "out"

    async def test_a_slip_that_nobody_takes_is_seen_in_the_mouth_alone(self, printer: Wired) -> None:
        for on, mouth in ((True, b"\x16"), (False, b"\x12")):
            printer.station.do(faulty("slip-in-mouth", on))
            assert await status(printer) == NORMAL
            printer.host.write(b"\x10\x04\x05")
            assert await printer.host.read(1) == mouth

    async def test_the_rest_prints_on_new_paper_but_makes_no_whole_slip(self, printer: Wired) -> None:
        printer.station.do(faulty("paper-out-mid"))
        printer.host.write(slip("A1001") + printed_up_to(b"0001"))
        await printer.heard.next("slip")
        printer.station.do(Refill())
        assert await printer.host.read(7) == b"\x37\x220001\x00"
        rest = await printer.heard.next("slip", 2)
        assert rest["complete"] is False
        assert rest["qr"] == ["A1001"]
        await printed(printer, slip("A1002"))
        assert (await printer.heard.next("slip", 3))["complete"] is True

    @pytest.mark.parametrize("clear", [CLEAR, bytes.fromhex("10 14 08 01 03 14 01 06 02 08")])
    async def test_what_was_cleared_never_prints(self, printer: Wired, clear: bytes) -> None:
        printer.station.do(faulty("paper-out-mid"))
        printer.host.write(slip("A1001") + printed_up_to(b"0001"))
        await printer.heard.next("slip")
        printer.host.write(clear)
        if clear != CLEAR:
            assert await printer.host.read(3) == b"\x37\x25\x00"
        assert await status(printer) == bytes.fromhex("1A 32 12 7E")
        printer.station.do(Refill())
        await printed(printer, slip("A1002"))
        assert [s["numbers"] for s in printer.heard.all("slip")] == [["A1001号"], ["A1002号"]]
        assert printer.heard.all("slip")[-1]["complete"] is True

    async def test_an_open_cover_holds_the_slip_until_it_is_closed(self, printer: Wired) -> None:
        printer.station.do(faulty("cover-open"))
        printer.host.write(slip("A1001") + printed_up_to(b"0001"))
        assert await status(printer) == bytes.fromhex("1A 16 12 12")
        printer.station.do(faulty("cover-open", False))
        assert await printer.host.read(7) == b"\x37\x220001\x00"
        assert (await printer.heard.next("slip"))["complete"] is True

    @pytest.mark.parametrize(
        ("fault", "answers"),
        [("paper-low", "12 12 12 1E"), ("cutter-jam", "1A 52 1A 12"), ("head-hot", "1A 52 52 12")],
    )
    async def test_every_condition_is_to_be_asked(self, printer: Wired, fault: str, answers: str) -> None:
        printer.station.do(faulty(fault))
        assert await status(printer) == bytes.fromhex(answers)
        printer.station.do(faulty(fault, False))
        assert await status(printer) == NORMAL

    async def test_a_printer_without_status_prints_and_answers_nothing(self, printer: Wired) -> None:
        printer.station.do(faulty("no-status"))
        printer.host.write(b"\x10\x04\x01" + slip("A1001") + printed_up_to(b"0001") + b"\x1dr\x01")
        assert (await printer.heard.next("slip"))["complete"] is True
        printer.station.do(faulty("no-status", False))
        assert await status(printer) == NORMAL

    async def test_a_printer_without_confirmation_answers_the_rest(self, printer: Wired) -> None:
        printer.station.do(faulty("no-gs-h"))
        printer.host.write(slip("A1001") + printed_up_to(b"0001") + b"\x1dr\x01")
        assert await printer.host.read(1) == b"\x00"

    async def test_a_hung_printer_loses_what_it_is_sent(self, printer: Wired) -> None:
        printer.station.do(faulty("silent"))
        begun = printer.host.write(b"\x10\x04\x01" + slip("A1001"))
        await quiet(printer.line, begun)
        printer.station.do(faulty("silent", False))
        await printed(printer, slip("A1002"))
        assert [s["numbers"] for s in printer.heard.all("slip")] == [["A1002号"]]

    async def test_it_tells_by_itself_when_asked_to(self, printer: Wired) -> None:
        printer.host.write(b"\x1da\x0f" + b"\x1d(H\x03\x0010\x01")
        assert await printer.host.read(4) == bytes.fromhex("10 00 00 00")
        printer.station.do(faulty("cover-open"))
        assert await printer.host.read(8) == bytes.fromhex("38 00 00 00 37 23 40 00")
        printer.station.do(faulty("cover-open", False))
        assert await printer.host.read(4) == bytes.fromhex("10 00 00 00")

    async def test_a_fault_it_does_not_know_is_refused(self, printer: Wired) -> None:
        with pytest.raises(ValueError, match="paper-out-mid"):
            printer.station.do(faulty("no-such"))


@pytest.mark.wire
async def test_with_xonxoff_it_says_when_its_buffer_is_nearly_full(tmp_path: Path) -> None:
    def build(line: object, emit: object) -> Printer:
        return Printer(line, Tray(tmp_path / "paper", emit), emit, buffer=64, xonxoff=True)  # type: ignore[arg-type]

    async with wired(tmp_path, 115200, build) as printer:
        printer.station.do(faulty("paper-out"))
        printer.host.write(b"x" * 60)
        assert await printer.host.read(1) == b"\x13"
        printer.station.do(Refill())
        assert await printer.host.read(1) == b"\x11"


class TestReader:
    def test_double_size_takes_four_cells(self) -> None:
        reader, setter, strip = Reader(), Typesetter(), Strip()
        for byte in LARGE + "A号\n".encode("gb18030"):
            if command := reader.feed(byte):
                for motion in setter.take(command):
                    motion.print(strip)
        assert strip.rows == CUTTER_DOTS + 48
        assert strip.marks[0].large

    def test_hanzi_stay_small_where_only_letters_were_enlarged(self) -> None:
        reader, setter, strip = Reader(), Typesetter(), Strip()
        for byte in b"\x1d!\x11" + "A号\n".encode("gb18030"):
            if command := reader.feed(byte):
                for motion in setter.take(command):
                    motion.print(strip)
        assert not strip.marks[0].large

    def test_four_byte_characters_come_out_as_garbage(self) -> None:
        reader = Reader()
        letters = [letter for byte in "𬱖".encode("gb18030") if (letter := reader.feed(byte))]
        assert "𬱖" not in "".join(getattr(letter, "char", "") for letter in letters)

    def test_every_ignored_command_takes_its_own_bytes_and_no_more(self) -> None:
        ignored = [b"\x1bM\x01", b"\x1b-\x01", b"\x1b$\x00\x01", b"\x1bD\x08\x10\x00"]
        ignored += [b"\x1b*\x21\x02\x00" + bytes(6), b"\x1bc5\x00", b"\x1dB\x00", b"\x1dL\x00\x00", b"\x1dh\x50"]
        ignored += [
            b"\x1dk\x041234\x00",
            b"\x1dk\x49\x041234",
            b"\x1d(A\x02\x00\x00\x01",
            b"\x1cS\x00\x00",
        ]
        for raw in [*ignored, b"\x10\x04\x01", b"\x10\x14\x01\x00\x01"]:
            reader = Reader()
            assert [reader.feed(byte) for byte in raw + b"\n"] == [None] * len(raw) + [LineFeed()], raw

    @given(st.binary(max_size=300))
    def test_no_bytes_disturb_it_for_good(self, noise: bytes) -> None:
        reader, setter, strip = Reader(), Typesetter(), Strip()
        for byte in noise:
            if command := reader.feed(byte):
                for motion in setter.take(command):
                    motion.print(strip)
        reader.restart()
        assert [reader.feed(byte) for byte in CUT] == [None, None, None, Cut(full=False, feed=0)]
