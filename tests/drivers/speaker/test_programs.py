"""The real aplay and espeak-ng, and programs that misbehave: one of the four errors, in its deadline, nothing left."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from math import inf
from pathlib import Path

import pytest

from drivers.contract import CompletionCode, Garbled, Gone, Refused, Remedy, Silent
from drivers.deadline import Deadline
from drivers.speaker import program as programs
from drivers.speaker.reading import words
from drivers.speaker.sink import SoundCard
from drivers.speaker.sound import samples, seconds
from drivers.speaker.voice import Espeak
from drivers.speaker.wav import encode
from tests.drivers.speaker.scene import fault_in_time, power, program, tone

pytestmark = pytest.mark.wire

CALL = words("请A024号到3号窗口", "zh-CN")
CAPTURING = """\
</usr/share/alsa/alsa.conf>
pcm.captured {{ type file slave.pcm "null" file "{file}" format "raw" }}
"""


LIMIT = 30.0
PERIOD = 0.3
"""aplay fills its last period with silence."""


class Leash:
    """Held open by a program, and by whatever it starts, for as long as they live."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "leash"
        os.mkfifo(self.path)
        self.end = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)

    def heard(self) -> bytes | None:
        """What was written into it; b"" when nobody holds it, None when somebody does and says nothing."""
        try:
            return os.read(self.end, 100)
        except BlockingIOError:
            return None

    async def until_let_go(self) -> None:
        """Nobody holds it any more; what was killed may still be ending."""
        news = asyncio.Event()
        asyncio.get_running_loop().add_reader(self.end, news.set)
        try:
            async with asyncio.timeout(LIMIT):
                while self.heard() != b"":
                    news.clear()
                    await news.wait()
        finally:
            asyncio.get_running_loop().remove_reader(self.end)

    def close(self) -> None:
        os.close(self.end)


@pytest.fixture
def leash(tmp_path: Path) -> Iterator[Leash]:
    leash = Leash(tmp_path)
    yield leash
    leash.close()


@pytest.fixture
def captured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What ALSA's device ``captured`` has played."""
    file = tmp_path / "played.raw"
    (tmp_path / "asound.conf").write_text(CAPTURING.format(file=file), encoding="utf-8")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    return file


def test_alsa_plays_every_sample_that_was_asked(captured: Path) -> None:
    asyncio.run(SoundCard("captured").play(tone(3.0), Deadline(inf)))
    played = captured.read_bytes()
    assert played.startswith(tone(3.0))
    assert seconds(played) < 3.0 + PERIOD
    assert not any(played[len(tone(3.0)) :])


def test_a_check_opens_the_device_and_plays_no_sound(captured: Path) -> None:
    asyncio.run(SoundCard("captured").check(Deadline(inf)))
    played = captured.read_bytes()
    assert not any(played)
    assert seconds(played) < PERIOD


@pytest.mark.parametrize("device", ["nosuch", "", "hw:7", "default:CARD=none"])
async def test_a_device_that_is_not_there_is_gone(device: str) -> None:
    deadline = Deadline.after(5)
    assert isinstance(await fault_in_time(SoundCard(device).check(deadline), deadline), Gone)


@pytest.mark.parametrize(
    ("complaint", "code", "remedy", "advice"),
    [
        ("audio open error: Device or resource busy", CompletionCode.DEVICE_NOT_READY, Remedy.CLEAR, "dmix"),
        ("audio open error: Permission denied", CompletionCode.DEVICE_NOT_READY, Remedy.CONFIGURATION, "group audio"),
        ("Channels count non available", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION, "plughw"),
        ("Sample format non available", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION, "plughw"),
    ],
)
async def test_what_aplay_complains_of_has_a_remedy(
    tmp_path: Path, complaint: str, code: CompletionCode, remedy: Remedy, advice: str
) -> None:
    aplay = program(tmp_path, "aplay", f"echo 'aplay: main:831: {complaint}' >&2; exit 1")
    deadline = Deadline.after(5)
    fault = await fault_in_time(SoundCard("hw:0", aplay).play(tone(0.1), deadline), deadline)
    assert isinstance(fault, Refused)
    assert (fault.code, fault.remedy) == (code, remedy)
    assert advice in str(fault).partition(" → ")[2]


@pytest.mark.parametrize("heard", [0, 1, 2, 4095, 65536, 300_000])
async def test_a_card_that_is_pulled_while_it_plays_is_gone_at_any_byte(tmp_path: Path, heard: int) -> None:
    script = f"head -c {heard} >/dev/null; echo 'aplay: pcm_write:2127: write error: No such device' >&2; exit 1"
    card = SoundCard("hw:0", program(tmp_path, "aplay", script))
    deadline = Deadline.after(5)
    fault = await fault_in_time(card.play(10 * tone(1.0), deadline), deadline)
    assert isinstance(fault, Gone)
    assert "No such device" in str(fault)


@pytest.mark.parametrize(
    "script", ["exec sleep 60", "cat >/dev/null; exec sleep 60", "trap '' TERM INT PIPE; exec sleep 60"]
)
async def test_a_card_that_hangs_is_silent_and_its_program_is_ended(tmp_path: Path, leash: Leash, script: str) -> None:
    card = SoundCard("hw:0", program(tmp_path, "aplay", f"exec 9>{leash.path}; {script}"))
    deadline = Deadline.after(0.3)
    assert isinstance(await fault_in_time(card.play(10 * tone(1.0), deadline), deadline), Silent)
    await leash.until_let_go()


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.003, 0.01])
async def test_a_program_that_is_given_up_while_it_starts_is_ended_too(
    tmp_path: Path, leash: Leash, seconds: float
) -> None:
    card = SoundCard("hw:0", program(tmp_path, "aplay", f"exec 9>{leash.path}; cat >/dev/null; exec sleep 60"))
    deadline = Deadline.after(seconds)
    assert isinstance(await fault_in_time(card.play(10 * tone(1.0), deadline), deadline), Silent)
    await leash.until_let_go()


async def test_a_program_whose_waiter_is_cancelled_is_ended_with_all_that_it_started(
    tmp_path: Path, leash: Leash
) -> None:
    script = f"exec 9>{leash.path}; sleep 60 & echo started >&9; exec sleep 60"
    async with asyncio.TaskGroup() as group:
        playing = group.create_task(SoundCard("hw:0", program(tmp_path, "aplay", script)).check(Deadline.after(60)))
        started = asyncio.Event()
        asyncio.get_running_loop().add_reader(leash.end, started.set)
        async with asyncio.timeout(LIMIT):
            await started.wait()
        asyncio.get_running_loop().remove_reader(leash.end)
        assert leash.heard() == b"started\n"
        assert leash.heard() is None
        playing.cancel()
    await leash.until_let_go()


@pytest.mark.parametrize(("missing", "package"), [("aplay", "alsa-utils"), ("espeak-ng", "espeak-ng")])
async def test_a_program_that_is_not_installed_is_named_with_its_package(
    tmp_path: Path, missing: str, package: str
) -> None:
    path = str(tmp_path / missing)
    doing = SoundCard("x", path).check if missing == "aplay" else None
    deadline = Deadline.after(5)
    asked = doing(deadline) if doing else Espeak(150, path).say(CALL, "zh-CN", deadline)
    fault = await fault_in_time(asked, deadline)
    assert isinstance(fault, Refused)
    assert fault.remedy is Remedy.CONFIGURATION
    assert str(fault) == f"{path} is not installed → apt-get install {package}"
    assert not Espeak(150, path).is_there()


@pytest.mark.parametrize(
    ("text", "language"), [("请A024号到3号窗口", "zh-CN"), ("Ticket A024, please go to counter 3", "en")]
)
async def test_a_call_is_said_in_some_seconds_and_can_be_heard(text: str, language: str) -> None:
    voice = Espeak(150)
    assert voice.is_there()
    pcm = await voice.say(words(text, language), language, Deadline.after(5))
    assert 2.0 < seconds(pcm) < 7.0
    assert max(samples(pcm)) > 5000
    assert max(power(pcm, hertz) for hertz in range(100, 400, 20)) > 100  # a voice, not silence or noise


async def test_more_digits_take_longer_and_speed_makes_it_shorter() -> None:
    async def length(text: str, speed: int) -> float:
        return seconds(await Espeak(speed).say(words(text, "zh-CN"), "zh-CN", Deadline.after(5)))

    short, long = await length("请A02号到3号窗口", 150), await length("请A024678号到3号窗口", 150)
    assert long > short + 0.7
    assert await length("请A02号到3号窗口", 250) < 0.8 * short


async def test_a_faster_pace_is_shorter_up_to_what_is_still_understood() -> None:
    said = words("请A1001到11号，A1002到12号，A1003到13号窗口", "zh-CN")

    async def length(speed: int, pace: float) -> float:
        return seconds(await Espeak(speed).say(said, "zh-CN", Deadline.after(5), pace))

    usual, hurried = await length(150, 1.0), await length(150, 1.3)
    assert hurried < 0.85 * usual
    assert await length(150, 2.4) == await length(150, 9.0) == await length(240, 1.0)
    assert await length(100, 2.4) == await length(240, 1.0)
    assert await length(300, 2.0) == await length(300, 1.0)
    assert await length(150, 0.5) == usual


async def test_a_call_is_said_in_cantonese_with_its_own_sounds() -> None:
    text = "请A024号到3号窗口"
    spoken = words(text, "yue", yao=True)
    assert spoken == words(text, "zh-CN")
    cantonese = await Espeak(150).say(spoken, "yue", Deadline.after(5))
    assert 2.0 < seconds(cantonese) < 7.0
    assert cantonese != await Espeak(150).say(spoken, "zh-CN", Deadline.after(5))


async def test_a_language_that_nobody_speaks_is_refused() -> None:
    deadline = Deadline.after(5)
    fault = await fault_in_time(Espeak(150).say(("1",), "fr", deadline), deadline)
    assert isinstance(fault, Refused)
    assert fault.code is CompletionCode.UNSUPPORTED_COMMAND


async def test_a_sentence_without_a_sound_is_refused() -> None:
    deadline = Deadline.after(5)
    fault = await fault_in_time(Espeak(150).say((), "zh-CN", deadline), deadline)
    assert isinstance(fault, Refused)
    assert fault.code is CompletionCode.INVALID_DATA


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("exec sleep 60", Silent),
        ("cat >/dev/null; echo not a sound", Garbled),
        ("cat >/dev/null; kill -9 $$", Garbled),
        ("cat >/dev/null; exec cat /dev/zero", Silent),
        ("cat >/dev/null; exec head -c 6000000 /dev/zero", Garbled),
        ("echo 'voice not there' >&2; exit 1", Refused),
    ],
    ids=["hangs", "talks nonsense", "crashes", "never ends", "gives too much", "has no voice"],
)
async def test_a_voice_that_misbehaves_is_one_of_the_four_in_its_deadline(
    tmp_path: Path, script: str, error: type[Exception]
) -> None:
    voice = Espeak(150, program(tmp_path, "espeak-ng", script))
    deadline = Deadline.after(0.3 if error is Silent else 5)
    assert isinstance(await fault_in_time(voice.say(CALL, "zh-CN", deadline), deadline), error)


@pytest.mark.parametrize("way", ["bs=1", "bs=7 iflag=fullblock", "bs=4096"])
async def test_a_voice_that_gives_its_sound_in_any_pieces_is_heard_whole(tmp_path: Path, way: str) -> None:
    (tmp_path / "said.wav").write_bytes(encode(tone(0.05)))
    voice = Espeak(150, program(tmp_path, "espeak-ng", f"cat >/dev/null; dd if={tmp_path}/said.wav {way} 2>/dev/null"))
    assert await voice.say(CALL, "zh-CN", Deadline.after(5)) == tone(0.05)


async def test_a_program_that_hears_nothing_and_ends_well_has_ended() -> None:
    ended = await programs.run(["true"], 10 * tone(1.0), 10, Deadline.after(5))
    assert (ended.code, ended.output, ended.complaint) == (0, b"", "")


async def test_of_a_long_complaint_the_end_is_kept() -> None:
    script = "i=0; while [ $i -lt 2000 ]; do echo complaint $i; i=$((i+1)); done >&2; exit 3"
    ended = await programs.run(["sh", "-c", script], b"", 10, Deadline.after(5))
    assert ended.code == 3
    assert len(ended.complaint) == programs.COMPLAINT_BYTES
    assert ended.complaint.endswith("complaint 1999\n")
