"""A loudspeaker is checked by ear: chime and sentences in a file as they would sound, never into a citizen's call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from device.cell import Cell
from device.checkup import Level, Outcome, check_health
from device.clock import Clock
from device.flows.announce import Announcer
from device.journal import Journal
from drivers.contract import Gone
from drivers.speaker.chime import chime
from drivers.speaker.sound import at_volume
from drivers.speaker.sound_file import SoundFile
from drivers.speaker.speaker import SoundSpeaker, SpeakerSettings
from drivers.speaker.voice import Espeak
from drivers.speaker.wav import decode
from hall.contract import WindowState
from tests.device.counter import TERM, held
from tests.device.inline_writer import InlineWriter
from tests.drivers.speaker.scene import Sink, Voice, tone
from tests.virtual_time import virtual

DIGITS = tuple("0000")
CHINESE = ("请", *DIGITS, "号", "到", "0", "号", "窗", "口")
ENGLISH = ("ticket", *DIGITS, ",", "please", "go", "to", "counter", "0")


@asynccontextmanager
async def at_work(driver: SoundSpeaker) -> AsyncIterator[Cell[SoundSpeaker]]:
    cell = Cell("voice", "speaker", driver, family="speaker")
    async with asyncio.TaskGroup() as group:
        running = group.create_task(cell.run())
        await asyncio.sleep(1)
        yield cell
        running.cancel()


@virtual
async def test_chime_and_sentences_sound_as_loud_as_the_settings_say_and_a_person_listens(tmp_path: Path) -> None:
    voice = Voice()
    driver = SoundSpeaker(SpeakerSettings(volume=30, chime="ding"), SoundFile(tmp_path / "out.wav"), voice)
    async with at_work(driver) as cell:
        told = await check_health(cell, Level.EXTERNAL)
    assert (told.outcome, told.fault) == (Outcome.LISTEN, "")
    assert told.found == {"chime": "played", "zh-CN": "played", "en": "played"}
    assert voice.said == [CHINESE, ENGLISH]
    pcm = decode((tmp_path / "out.wav").read_bytes())
    pieces = [at_volume(sound, 30) for sound in (chime("ding"), tone(0.1 * len(CHINESE)), tone(0.1 * len(ENGLISH)))]
    at = [pcm.index(piece) for piece in pieces]
    assert at == sorted(at)


@virtual
async def test_a_speaker_of_chimes_alone_says_what_is_switched_off(tmp_path: Path) -> None:
    driver = SoundSpeaker(SpeakerSettings(voice=False), SoundFile(tmp_path / "out.wav"), Voice())
    async with at_work(driver) as cell:
        told = await check_health(cell, Level.INTERACTIVE)
    assert told.outcome is Outcome.LISTEN
    assert told.found == {"chime": "played", "zh-CN": "switched-off", "en": "switched-off"}


@virtual
async def test_a_missing_voice_is_a_finding_and_what_did_sound_is_told(tmp_path: Path) -> None:
    voice = Espeak(150, program="no-such-voice")
    driver = SoundSpeaker(SpeakerSettings(), SoundFile(tmp_path / "out.wav"), voice)
    async with at_work(driver) as cell:
        told = await check_health(cell, Level.EXTERNAL)
    assert (told.outcome, told.reasons, told.found) == (Outcome.FAULTY, ("voice-missing",), {"chime": "played"})
    assert "apt-get install espeak-ng" in told.fault


@virtual
async def test_a_sound_card_that_is_pulled_out_in_between_is_faulty() -> None:
    sink = Sink()
    async with at_work(SoundSpeaker(SpeakerSettings(), sink, Voice())) as cell:
        asyncio.get_running_loop().call_later(1, setattr, sink, "fault", Gone("unplugged"))
        told = await check_health(cell, Level.EXTERNAL)
        assert not cell.in_a_row.locked()
    assert (told.outcome, told.reasons, told.fault) == (Outcome.FAULTY, ("link-lost",), "gone: unplugged")
    assert told.found == {"chime": "played"}


@virtual
async def test_a_check_and_a_call_never_sound_together_and_neither_is_lost(tmp_path: Path) -> None:
    sink, voice = Sink(), Voice()
    clock = Clock(wall_ms=lambda: 1, mono_ms=lambda: 1, boot_id="boot-1")
    journal = Journal.open(tmp_path / "journal.db", "counter-1", clock, "demo", writer=InlineWriter)
    states: dict[int, WindowState | None] = {}

    async def nothing() -> None:
        """This box is in no zone."""

    async with at_work(SoundSpeaker(SpeakerSettings(), sink, voice)) as cell:
        speaker: Any = cell
        announcer = Announcer(speaker, lambda: states, journal, lambda window, key: None, nothing, ("zh-CN", "en"))

        def call(number: str) -> None:
            states[1] = WindowState(window=1, term=TERM, version=1, phase="called", held=held(number))
            announcer.watch.changed()

        async with asyncio.TaskGroup() as group:
            announcing = group.create_task(announcer.run())
            call("A001")
            await asyncio.sleep(1.0)
            asyncio.get_running_loop().call_later(3.5, call, "A002")  # while the check sounds
            told = await check_health(cell, Level.EXTERNAL)
            await asyncio.sleep(30)
            announcing.cancel()
    await journal.close()
    assert told.outcome is Outcome.LISTEN
    numbers = ["".join(word for word in said if word.isdigit()) for said in voice.said]
    assert numbers == ["0011", "0011", "00000", "00000", "0021", "0021"]
    chimes = [sound == at_volume(chime("ding-dong"), 80) for sound in sink.heard]
    assert chimes == [True, False, False] * 3
