"""The speaker: chime and sentence as they were asked, at its volume, with a hall's own voice where there is one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from drivers.contract import (
    Completion,
    CompletionCode,
    DeviceFault,
    Garbled,
    Gone,
    Manner,
    Refused,
    Remedy,
    Silent,
    State,
)
from drivers.deadline import Deadline
from drivers.registry import SettingsProblem, driver_class, settings_for
from drivers.speaker.chime import chime
from drivers.speaker.sink import SoundCard
from drivers.speaker.sound import at_volume, samples, seconds, silence
from drivers.speaker.sound_file import SoundFile
from drivers.speaker.speaker import PROVEN_SECONDS, SoundSpeaker, SpeakerSettings
from drivers.speaker.wav import encode
from tests.drivers.speaker.scene import Sink, Voice, sounded, tone
from tests.virtual_time import virtual

TEXT = "请A024号到3号窗口"
WORDS = ("请", "A", "0", "2", "4", "号", "到", "3", "号", "窗", "口")
PLAYED = Completion(CompletionCode.SUCCESS, None, "played")


def speaker(sink: Any, speaking: Voice | None = None, /, **options: Any) -> SoundSpeaker:
    return SoundSpeaker(SpeakerSettings(**options), sink, speaking or Voice())


@virtual
async def test_a_chime_and_a_sentence_sound_as_they_were_asked_and_end_when_they_have_sounded(tmp_path: Path) -> None:
    driver = speaker(SoundFile(tmp_path / "out.wav"), volume=100)
    assert await driver.open(Deadline.after(5)) == State.of()
    began = asyncio.get_running_loop().time()
    assert await driver.chime(Deadline.after(5)) == PLAYED
    await asyncio.sleep(1)
    assert await driver.speak(TEXT, "zh-CN", Deadline.after(5)) == PLAYED
    spent = asyncio.get_running_loop().time() - began
    await driver.close()
    heard = sounded(tmp_path / "out.wav")
    assert heard == chime("ding-dong") + silence(1) + tone(1.1)
    assert spent == pytest.approx(seconds(heard), abs=0.001)


@virtual
async def test_everything_sounds_at_its_volume() -> None:
    sink = Sink()
    driver = speaker(sink, volume=30)
    await driver.chime(Deadline.after(5))
    await driver.speak(TEXT, "zh-CN", Deadline.after(5))
    assert sink.heard == [at_volume(chime("ding-dong"), 30), at_volume(tone(1.1), 30)]


@virtual
async def test_a_chime_without_a_voice_is_possible() -> None:
    sink, voice = Sink(), Voice()
    voice.there = False
    driver = speaker(sink, voice, voice=False, volume=100)
    assert await driver.open(Deadline.after(5)) == State.of()
    assert await driver.chime(Deadline.after(5)) == PLAYED
    assert (await driver.speak(TEXT, "zh-CN", Deadline.after(5))).evidence == "switched-off"
    assert sink.heard == [chime("ding-dong")]
    assert voice.said == []


@virtual
async def test_a_voice_without_a_chime_is_possible() -> None:
    sink = Sink()
    driver = speaker(sink, chime="none", volume=100)
    assert (await driver.chime(Deadline.after(5))).evidence == "switched-off"
    assert await driver.speak(TEXT, "zh-CN", Deadline.after(5)) == PLAYED
    assert sink.heard == [tone(1.1)]


@virtual
async def test_where_no_voice_is_installed_the_chime_sounds_and_a_sentence_says_what_to_install() -> None:
    sink, voice = Sink(), Voice()
    voice.there = False
    voice.fault = Refused("… → apt-get install espeak-ng", CompletionCode.DEVICE_NOT_READY, Remedy.CONFIGURATION)
    driver = speaker(sink, voice)
    state = await driver.open(Deadline.after(5))
    assert state.accepting
    assert state.keywords() == {"voice-missing"}
    await driver.chime(Deadline.after(5))
    with pytest.raises(Refused, match="apt-get install"):
        await driver.speak(TEXT, "zh-CN", Deadline.after(5))
    assert len(sink.heard) == 1


@virtual
async def test_a_one_is_yao_where_the_settings_say_so() -> None:
    voice = Voice()
    await speaker(Sink(), voice, digit_one="yao").speak("请1001号", "zh-CN", Deadline.after(5))
    assert voice.said == [("请", "yao", "0", "0", "yao", "号")]


@virtual
async def test_a_sentence_longer_than_its_deadline_is_refused_before_any_of_it_sounds() -> None:
    sink = Sink()
    with pytest.raises(Refused) as refused:
        await speaker(sink).speak(TEXT, "zh-CN", Deadline.after(1.2))
    assert refused.value.code is CompletionCode.INVALID_DATA
    assert sink.heard == []


@pytest.mark.parametrize("fault", [Gone("pulled"), Silent("hung"), Garbled("noise")])
@virtual
async def test_a_dead_card_is_one_of_the_four_at_every_verb(fault: DeviceFault) -> None:
    sink = Sink()
    sink.fault = fault
    driver = speaker(sink)
    for verb in (
        driver.open(Deadline.after(5)),
        driver.poll(Deadline.after(5)),
        driver.chime(Deadline.after(5)),
        driver.speak(TEXT, "zh-CN", Deadline.after(5)),
    ):
        with pytest.raises(type(fault)):
            await verb
    await driver.close()
    assert await driver.open(Deadline.after(5)) == State.of()


@virtual
async def test_recorded_clips_speak_where_they_make_a_whole_sentence_and_the_voice_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "zh-CN").mkdir()
    clips = {name: tone(0.1, 200 + 30 * place) for place, name in enumerate(("请", "A", *"0234", "号", "到", "窗口"))}
    for name, pcm in clips.items():
        (tmp_path / "zh-CN" / f"{name}.wav").write_bytes(encode(pcm))
    sink, voice = Sink(), Voice()
    driver = speaker(sink, voice, clips=str(tmp_path), volume=100)
    assert await driver.open(Deadline.after(5)) == State.of()
    await driver.speak(TEXT, "zh-CN", Deadline.after(5))
    assert voice.said == []
    assert sink.heard == [b"".join(clips[word] for word in (*WORDS[:-2], "窗口"))]
    await driver.speak("请A029号到3号窗口", "zh-CN", Deadline.after(5))
    assert voice.said == [("请", "A", "0", "2", "9", "号", "到", "3", "号", "窗", "口")]


@virtual
async def test_a_torn_clip_is_told_and_the_voice_stands_in(tmp_path: Path) -> None:
    (tmp_path / "zh-CN").mkdir()
    (tmp_path / "zh-CN" / "请.wav").write_bytes(encode(tone(0.1))[:-100])
    sink, voice = Sink(), Voice()
    driver = speaker(sink, voice, clips=str(tmp_path), volume=100)
    state = await driver.open(Deadline.after(5))
    assert state.accepting
    assert state.keywords() == {"voice-clips-unusable"}
    await driver.speak("请", "zh-CN", Deadline.after(5))
    assert voice.said == [("请",)]


@virtual
async def test_a_card_that_has_just_played_is_not_asked_between_two_sounds_and_later_is() -> None:
    sink = Sink()
    driver = speaker(sink)
    await driver.open(Deadline.after(5))
    await driver.chime(Deadline.after(5))
    await driver.poll(Deadline.after(5))
    assert sink.checks == 1
    await asyncio.sleep(PROVEN_SECONDS)
    await driver.poll(Deadline.after(5))
    assert sink.checks == 2


@virtual
async def test_a_card_that_failed_after_it_had_played_is_asked_again_at_once() -> None:
    sink = Sink()
    driver = speaker(sink)
    await driver.open(Deadline.after(5))
    await driver.chime(Deadline.after(5))
    sink.fault = Gone("pulled")
    for verb in (driver.chime, driver.poll):
        with pytest.raises(Gone):
            await verb(Deadline.after(5))


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"volume": 101}, "volume"),
        ({"volume": -1}, "volume"),
        ({"speed": 20}, "speed"),
        ({"chime": "gong"}, "chime"),
        ({"digit_one": "one"}, "digit_one"),
        ({"clips": "recordings"}, "clips"),
        ({"voice": False, "chime": "none"}, "voice"),
        ({"loudness": 3}, "loudness"),
    ],
)
def test_a_wrong_option_is_named_with_its_remedy(options: dict[str, Any], key: str) -> None:
    with pytest.raises(SettingsProblem) as wrong:
        settings_for(driver_class("speaker"), options, None)
    assert wrong.value.key == key
    assert wrong.value.remedy


def test_a_path_is_a_file_and_anything_else_an_alsa_device() -> None:
    assert isinstance(SoundSpeaker.at(SpeakerSettings(), "/tmp/out.wav")._sink, SoundFile)  # noqa: S108
    card = SoundSpeaker.at(SpeakerSettings(), "plughw:CARD=PCH")._sink
    assert card == SoundCard("plughw:CARD=PCH")


@virtual
async def test_a_sentence_is_cut_off_at_once_and_the_next_one_is_whole() -> None:
    sink, voice = Sink(), Voice()
    driver = SoundSpeaker(SpeakerSettings(), sink, voice)
    await driver.open(Deadline.after(1))
    loop = asyncio.get_running_loop()
    began = loop.time()
    loop.call_later(0.2, driver.cut_off)
    loop.call_later(0.2, driver.cut_off)
    completion = await driver.speak("请A024号到3号窗口", "zh-CN", Deadline.after(10))
    assert (completion.code, completion.evidence) == (CompletionCode.CANCELED, "cut-off")
    assert loop.time() - began == pytest.approx(0.2, abs=0.01)
    driver.cut_off()  # nothing sounds: nothing happens
    assert (await driver.speak("请A024号到3号窗口", "zh-CN", Deadline.after(10))).code is CompletionCode.SUCCESS


@virtual
async def test_one_listener_has_a_manner_of_his_own_and_the_settings_stay() -> None:
    sink, voice = Sink(), Voice()
    driver = SoundSpeaker(SpeakerSettings(volume=100), sink, voice)
    await driver.open(Deadline.after(1))
    await driver.speak("一", "zh-CN", Deadline.after(10), manner=Manner(volume=50, speed=260))
    await driver.speak("一", "zh-CN", Deadline.after(10))
    soft, loud = (max(samples(pcm)) for pcm in sink.heard)
    assert soft == pytest.approx(loud / 2, abs=2)
    assert voice.speeds == [260]
