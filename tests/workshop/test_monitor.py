"""A line is shown both ways, recorded masked, and played again to a simulator, whose answers are compared."""

from __future__ import annotations

import asyncio
import json
import os
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from config.wording import LANGUAGES
from drivers.contract import IdCard
from drivers.deadline import Deadline
from drivers.dialect.spoken import Piece, Said
from drivers.id_card.sdt import SdtReader, SdtSettings
from drivers.transport import transport_for
from drivers.window_display.onbon_bx5k import OnbonBx5k, OnbonSettings
from simulators.control import Fault, LayCard
from simulators.displays.bus import Displays
from simulators.displays.dots import Panel
from simulators.id_card_reader.reader import Reader
from simulators.line import Line
from tests.device.test_line_monitor import CARD, STATUS, Scene
from workshop.monitor import sources
from workshop.monitor.recording import Header, NoRecording, Recorder, load_recording
from workshop.monitor.replay import CannotReplay, differences, questions, replay
from workshop.monitor.run import Refused, Shown, replayed, show_file, watch
from workshop.monitor.show import BYTES_SHOWN, line_of

pytestmark = pytest.mark.wire

LIMIT = 10.0
DISPLAY = Header("port", 57600, (("onbon-bx5k", {}),))
CARDS = Header("port", 115200, (("sdt-reader", {}),))


class Lines:
    """What is shown, to be waited for."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self._more = asyncio.Event()

    def add(self, line: str) -> None:
        self.told.append(line)
        self._more.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(LIMIT):
            while len(self.told) < count:
                self._more.clear()
                await self._more.wait()


@asynccontextmanager
async def displays(folder: Path, *, silent: bool = False) -> AsyncIterator[Path]:
    line = Line(folder / "port", DISPLAY.baud, half_duplex=True)
    line.open()
    panel = Panel(width=160, height=16, unit=1)
    with closing(line), closing(Displays(line, lambda _event: None, addresses=(2,), panel=panel, folder=None)) as cards:
        if silent:
            cards.do(Fault("silent", True, 2))
        yield folder / "port"


@asynccontextmanager
async def card_reader(folder: Path) -> AsyncIterator[Path]:
    line = Line(folder / "port", CARDS.baud)
    line.open()
    with closing(line), closing(Reader(line, lambda _event: None, read_seconds=0.05)) as reader:
        reader.do(LayCard("resident"))
        yield folder / "port"


async def recorded(pieces: AsyncIterator[Piece], file: Path, header: Header, count: int) -> list[Piece]:
    """The first so many pieces, written down too."""
    taken: list[Piece] = []
    with file.open("w", encoding="utf-8") as opened:
        recorder = Recorder(opened, header)
        async with asyncio.timeout(LIMIT):
            async for piece in pieces:
                taken.append(piece)
                recorder.add(piece)
                if len(taken) == count:
                    return taken
    raise AssertionError("the line ended")


async def a_display_was_driven(port: Path, folder: Path) -> list[Piece]:
    """A driver at the pty in the middle shows a text: ping, answer, text, answer."""
    transport = transport_for(str(port), DISPLAY.baud)()
    async with sources.through(transport, folder / "middle", DISPLAY.dialects()) as pieces:
        driver = OnbonBx5k(OnbonSettings(2, answer_ms=5000), transport_for(str(folder / "middle"), DISPLAY.baud)())
        async with asyncio.TaskGroup() as group:
            taking = group.create_task(recorded(pieces, folder / "recording", DISPLAY, 4))
            await driver.open(Deadline.after(LIMIT))
            assert (await driver.show("请到3号窗口", Deadline.after(LIMIT))).confirmed
            taken = await taking
        await driver.close()
    return taken


async def test_in_the_middle_both_ways_are_seen_and_the_device_works_as_ever(tmp_path: Path) -> None:
    async with displays(tmp_path) as port:
        taken = await a_display_was_driven(port, tmp_path)
    said = [(piece.way, piece.said.word) for piece in taken if piece.said]
    ways = ("to-device", "display-ping"), ("from-device", "display-obeyed")
    assert said == [*ways, ("to-device", "display-text"), ways[1]]
    assert taken[2].said is not None
    assert taken[2].said.fields["text"] == "请到3号窗口"
    times = [piece.at for piece in taken]
    assert times == sorted(times)
    assert not (tmp_path / "middle").is_symlink()


async def test_a_recording_played_again_gives_the_same_answers(tmp_path: Path) -> None:
    async with displays(tmp_path) as port:
        taken = await a_display_was_driven(port, tmp_path)
        header, pieces = load_recording(tmp_path / "recording")
        assert header == DISPLAY
        assert [piece.hex() for piece in pieces] == [piece.hex() for piece in taken]
        lines: list[str] = []
        shown = Shown(lines.append, "en")
        assert await replayed(tmp_path / "recording", str(port), None, shown) == 0
        assert lines == ["the same answers as recorded: 2"]


async def test_a_simulator_that_answers_otherwise_is_told_piece_by_piece(tmp_path: Path) -> None:
    async with displays(tmp_path) as port:
        await a_display_was_driven(port, tmp_path)
    async with displays(tmp_path, silent=True) as port:
        lines: list[str] = []
        assert await replayed(tmp_path / "recording", str(port), None, Shown(lines.append, "en")) == 3
    assert lines[0] == "1 places differ from the recording:"
    assert [line.strip().partition(" ms ← ")[2][:22].strip() for line in lines[2:4]] == ["display 2 has obeyed"] * 2
    assert lines[4:] == ["now", "nothing"]


async def test_of_a_card_nothing_is_shown_and_nothing_is_in_the_file(tmp_path: Path) -> None:
    async with card_reader(tmp_path) as port:
        transport = transport_for(str(port), CARDS.baud)()
        async with sources.through(transport, tmp_path / "middle", CARDS.dialects()) as pieces:
            driver = SdtReader(SdtSettings(), transport_for(str(tmp_path / "middle"), CARDS.baud)())
            async with asyncio.TaskGroup() as group:
                taking = group.create_task(recorded(pieces, tmp_path / "recording", CARDS, 10))
                await driver.open(Deadline.after(LIMIT))
                card = await driver.read_card(Deadline.after(LIMIT))
                taken = await taking
            await driver.close()
    assert isinstance(card, IdCard)
    seen = "\n".join(line_of(piece, language) for piece in taken for language in LANGUAGES)
    seen += (tmp_path / "recording").read_text(encoding="utf-8")
    for personal in (card.name, card.number.reveal(), card.address, card.nation):
        assert personal
        assert personal not in seen
        assert personal.encode("utf-16-le").hex(" ") not in seen
    assert "1284" in seen


async def test_a_masked_recording_is_compared_without_knowing_what_is_masked(tmp_path: Path) -> None:
    hidden = Piece("from-device", 0.1, (1, None, None), "frame")
    assert differences([hidden], [Piece("from-device", 7.0, (1, None, None), "frame")]) == []
    (difference,) = differences([hidden], [Piece("from-device", 0.1, (1, None), "frame")])
    assert difference.kind == "other"


def test_what_was_masked_on_its_way_to_a_device_cannot_be_played() -> None:
    with pytest.raises(CannotReplay, match="masked"):
        questions([Piece("to-device", 0.0, (1, None), "frame")])
    with pytest.raises(CannotReplay, match="both ways"):
        questions([Piece(None, 0.0, (1,), "frame")])


async def test_nothing_is_played_to_a_real_port(tmp_path: Path) -> None:
    (tmp_path / "tty").touch()
    with pytest.raises(Refused, match="no simulator"):
        await replayed(tmp_path / "recording", str(tmp_path / "tty"), None, Shown(print, "en"))


async def test_a_port_that_is_gone_cannot_be_played_to(tmp_path: Path) -> None:
    pieces = [Piece("to-device", 0.0, (1,), "frame")]
    with pytest.raises(CannotReplay, match="start the simulator"):
        await replay(DISPLAY, pieces, transport_for(str(tmp_path / "nothing"), 9600)())


async def test_a_second_adapter_that_only_listens_shows_both_sides_by_their_frames(tmp_path: Path) -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    press, shown = bytes.fromhex("FF 68 03 03 68 01 01 0C 0E 16"), bytes.fromhex("FF 68 03 03 68 01 02 01 04 16")
    dialects = Header("port", 9600, (("ff68-caller", {}),)).dialects()
    try:
        async with sources.passive(transport_for(os.ttyname(slave), 9600)(), dialects) as pieces:
            os.write(master, press + shown)
            async with asyncio.timeout(LIMIT):
                first, second = await anext(pieces), await anext(pieces)
    finally:
        os.close(master)
        os.close(slave)
    assert [(piece.way, piece.said and piece.said.word) for piece in (first, second)] == [
        ("from-device", "caller-press"),
        ("to-device", "caller-succeeded"),
    ]


async def test_a_running_boxs_line_is_found_by_its_port_and_read_along_masked(tmp_path: Path) -> None:
    scene, lines = Scene(tmp_path), Lines()
    async with scene.at_work(), asyncio.TaskGroup() as group:
        assert await sources.daemon_with("/dev/x") == scene.path
        await scene.bus.until_listeners(0)
        watching = group.create_task(watch("/dev/x", None, [], None, tmp_path / "recording", Shown(lines.add, "en")))
        await lines.until(1)
        await scene.bus.until_listeners(1)
        await scene.tap.write(STATUS, Deadline.after(LIMIT))
        scene.port.arrive(CARD)
        await lines.until(3)
        watching.cancel()
    assert len(load_recording(tmp_path / "recording")[1]) == 2
    assert "the running box" in lines.told[0]
    assert "asks how the security module is" in lines.told[1]
    assert "28 bytes, maybe personal, masked" in lines.told[2]
    assert (tmp_path / "recording").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text", ["", "{}", "nonsense", '{"yichuang-monitor": 2}', '{"yichuang-monitor": 1, "port": "x"}', "[]", "\ud800"]
)
def test_what_is_no_recording_is_refused_with_the_remedy(tmp_path: Path, text: str) -> None:
    file = tmp_path / "recording"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(NoRecording, match="--record"):
        load_recording(file)


def test_a_recording_is_shown_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "recording"
    piece = Piece("from-device", 0.0125, (*range(BYTES_SHOWN), None), "bad")
    with file.open("w", encoding="utf-8") as opened:
        Recorder(opened, DISPLAY).add(piece)
    lines: list[str] = []
    assert show_file(file, Shown(lines.append, "en")) == 0
    assert lines == [line_of(piece, "en")]
    assert lines[0].startswith("      12.5 ms ← ! bad: 49 bytes")
    assert lines[0].endswith("2f … 1 more]")


def test_what_a_device_puts_into_a_text_cannot_command_the_terminal() -> None:
    piece = Piece("from-device", 0.0, (1,), "frame", Said("printer-identity", {"text": "\x1b[2Jx"}))
    assert "\x1b" not in line_of(piece, "en")


async def test_a_model_that_nobody_knows_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"name one of: .*ascii-caller"):
        await watch(str(tmp_path / "x"), None, ["typo"], None, None, Shown(print, "en"))
    assert json.dumps(DISPLAY.as_object())
