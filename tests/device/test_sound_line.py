"""A speaker, from the settings to what would have sounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from config.box import load_box
from config.problem import SettingsError
from device.cell import Cell
from device.hardware import build_hardware
from device.main import running
from device.supervise import Tasks
from drivers.speaker.chime import chime
from drivers.speaker.sound import at_volume
from drivers.speaker.speaker import SoundSpeaker
from drivers.speaker.wav import decode, encode
from hall.contract import Held, WindowState
from tests.device.fake_hall import FakeHall
from tests.drivers.speaker.scene import tone

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
number = 3

[[window]]
number = 4
"""
SPEAKER = """
[[line]]
name = "{name}"
port = "{port}"
simulated = {simulated}

[[device]]
name = "{name}"
model = "{model}"
line = "{name}"
"""
OPTIONS = """
[device.options]
chime = "ding"
clips = "{clips}"
"""
SPOKEN = {
    "zh-CN": ["请", "A", "1", "0", "3", "4", "号到", "号窗口"],
    "en": ["ticket", "please go to counter", *"A1034"],
}
LIMIT = 20.0


def written(folder: Path, *speakers: str) -> Path:
    file = folder / "box.toml"
    file.write_text(BOX + "".join(speakers), encoding="utf-8")
    return file


def speaker(name: str, port: str, more: str = "", *, model: str = "speaker", simulated: bool = True) -> str:
    return SPEAKER.format(name=name, port=port, model=model, simulated=str(simulated).lower()) + more


def recorded(folder: Path) -> dict[str, dict[str, bytes]]:
    """Clips of some hundredths of a second, each with a tone of its own."""
    clips: dict[str, dict[str, bytes]] = {}
    for first, (language, names) in enumerate(SPOKEN.items()):
        (folder / language).mkdir(parents=True)
        clips[language] = {name: tone(0.03, 300 + 400 * first + 30 * place) for place, name in enumerate(names)}
        for name, pcm in clips[language].items():
            (folder / language / f"{name}.wav").write_bytes(encode(pcm))
    return clips


def refused(file: Path) -> tuple[str, str]:
    with pytest.raises(SettingsError) as error:
        build_hardware(load_box(file))
    (problem,) = error.value.problems
    return problem.what, problem.remedy


def test_an_alsa_device_is_reached_by_its_name_and_shares_no_bus(tmp_path: Path) -> None:
    hardware = build_hardware(load_box(written(tmp_path, speaker("voice", "sound:plughw:CARD=PCH", simulated=False))))
    assert hardware.buses == {}
    cell = hardware.of("speaker")
    assert cell is not None
    assert isinstance(cell._driver, SoundSpeaker)
    assert cell._driver._sink.device == "plughw:CARD=PCH"  # type: ignore[attr-defined]
    assert "simulated" not in cell.state.keywords()


@pytest.mark.parametrize("port", ["sound:/tmp/out.wav", "sound:null"])
def test_what_sounds_nowhere_has_to_be_said_to_be_simulated(tmp_path: Path, port: str) -> None:
    what, remedy = refused(written(tmp_path, speaker("voice", port, simulated=False)))
    assert what == f"{port} is a simulator's address"
    assert "simulated = true" in remedy


@pytest.mark.parametrize(
    ("port", "model", "wanted"),
    [
        ("/dev/ttyS0", "speaker", 'port = "sound:default"'),
        ("sound:default", "escpos", "a serial port"),
        ("sound:default", "pcsc-reader", "pcsc:NAME"),
        ("pcsc:0", "speaker", 'port = "sound:default"'),
    ],
)
def test_a_line_of_another_kind_is_refused(tmp_path: Path, port: str, model: str, wanted: str) -> None:
    what, remedy = refused(written(tmp_path, speaker("voice", port, model=model, simulated=False)))
    assert what == f"voice: {model} cannot be on line voice, whose port is {port}"
    assert wanted in remedy


def test_a_wrong_option_is_refused_where_it_stands(tmp_path: Path) -> None:
    file = written(tmp_path, speaker("voice", "sound:default", "\n[device.options]\nvolume = 120\n", simulated=False))
    what, remedy = refused(file)
    assert (what, remedy) == ("voice: volume = 120", "give percent, 0 to 100")


@asynccontextmanager
async def box(file: Path, hall: FakeHall, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, Cell[Any]]]:
    """A whole box at work, connected to the hall."""
    monkeypatch.setattr("device.assembly.make_client", lambda *_files: hall.client())
    loaded = load_box(file)
    hardware = build_hardware(loaded)
    async with asyncio.timeout(LIMIT), Tasks() as tasks, running(loaded, hardware, tasks):
        await hall.until(lambda: hall.streams)
        yield {cell.name: cell for cell in hardware.cells}


async def until_worked(cell: Cell[Any], times: int) -> None:
    with cell.worked.watching() as worked:
        while cell.statistics.report(0.0).get("SuccessfulCount", 0) < times:
            await worked.wait()
            worked.clear()


def called(hall: FakeHall, window: int, number: str) -> WindowState:
    held = Held(ticket=f"t-{number}", number=number, service="1", call=f"c-{number}", visit=f"t-{number}")
    return WindowState(window=window, term=hall.term, version=2, phase="called", held=held)


@pytest.mark.wire
async def test_a_box_speaks_the_calls_of_its_windows_each_from_its_own_speaker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = await asyncio.to_thread(recorded, tmp_path / "clips")
    options = OPTIONS.format(clips=tmp_path / "clips")
    speakers = (
        speaker("voice", f"sound:{tmp_path}/all.wav", options),
        speaker("voice-4", f"sound:{tmp_path}/four.wav", "window = 4\n" + options),
    )
    hall = FakeHall()
    async with box(written(tmp_path, *speakers), hall, monkeypatch) as cells:
        await hall.push("window", called(hall, 3, "A1001"))
        await hall.push("window", called(hall, 4, "A1003"))
        await until_worked(cells["voice"], 3)
        await until_worked(cells["voice-4"], 3)
        assert cells["voice"].state.keywords() == {"simulated"}
    for file, number, window in (("all.wav", "A1001", "3"), ("four.wav", "A1003", "4")):
        pcm = decode(await asyncio.to_thread((tmp_path / file).read_bytes))
        chinese = b"".join(clips["zh-CN"][word] for word in ("请", *number, "号到", window, "号窗口"))
        english = [clips["en"][word] for word in ("ticket", *number, "please go to counter", window)]
        at = [
            pcm.index(at_volume(sound, 80))
            for sound in (chime("ding"), chinese, b"".join(english[:6]), b"".join(english[6:]))
        ]
        assert at == sorted(at)
        assert pcm.count(at_volume(chinese, 80)) == 1
        assert pcm.count(at_volume(chime("ding"), 80)) == 1
