"""The file of what would have sounded: its time axis is real, and it can be read at any moment."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from drivers.contract import Gone, Silent
from drivers.deadline import Deadline
from drivers.speaker import sound_file
from drivers.speaker.sound import RATE, SAMPLE_BYTES, seconds, silence
from drivers.speaker.sound_file import SoundFile, labels
from tests.drivers.speaker.scene import sounded, tone
from tests.virtual_time import virtual


@virtual
async def test_sounds_stand_where_they_sounded_with_silence_between(tmp_path: Path) -> None:
    file, one, two = tmp_path / "out.wav", tone(0.5), tone(0.25, 700)
    sink = SoundFile(file)
    await sink.check(Deadline.after(1))
    assert sounded(file) == b""
    await asyncio.sleep(1)
    await sink.play(one, Deadline.after(1))
    assert sounded(file) == silence(1) + one
    await asyncio.sleep(2)
    await sink.play(two, Deadline.after(1))
    assert sounded(file) == silence(1) + one + silence(2) + two


@virtual
async def test_playing_takes_as_long_as_the_sound(tmp_path: Path) -> None:
    sink = SoundFile(tmp_path / "out.wav")
    began = asyncio.get_running_loop().time()
    for _ in range(3):
        await sink.play(tone(0.3), Deadline.after(1))
    assert asyncio.get_running_loop().time() - began == pytest.approx(0.9, abs=0.001)
    assert seconds(sounded(tmp_path / "out.wav")) == pytest.approx(0.9, abs=0.001)


@virtual
async def test_what_is_cut_off_has_not_sounded(tmp_path: Path) -> None:
    sink = SoundFile(tmp_path / "out.wav")
    with pytest.raises(Silent):
        await sink.play(tone(2.0), Deadline.after(0.5))
    assert sounded(tmp_path / "out.wav") == tone(2.0)[: round(0.5 * RATE) * SAMPLE_BYTES]
    await sink.play(tone(0.5), Deadline.after(1))
    assert seconds(sounded(tmp_path / "out.wav")) == pytest.approx(1.0, abs=0.001)


@virtual
async def test_a_file_that_is_taken_away_is_gone_and_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "out.wav"
    sink = SoundFile(file)
    await sink.play(tone(0.5), Deadline.after(1))
    file.unlink()
    with pytest.raises(Gone):
        await sink.play(tone(0.5), Deadline.after(1))
    await sink.play(tone(0.5), Deadline.after(1))
    assert sounded(file) == tone(0.5)


@virtual
async def test_a_folder_that_is_not_there_is_gone(tmp_path: Path) -> None:
    with pytest.raises(Gone, match="No such file"):
        await SoundFile(tmp_path / "none" / "out.wav").check(Deadline.after(1))


@virtual
async def test_a_full_file_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_file, "MOST_BYTES", round(1.2 * RATE) * SAMPLE_BYTES)
    sink = SoundFile(tmp_path / "out.wav")
    await sink.play(tone(1.0), Deadline.after(2))
    await sink.play(tone(0.5), Deadline.after(2))
    assert sounded(tmp_path / "out.wav") == tone(0.5)


@virtual
async def test_what_was_said_stands_beside_it_with_its_place_and_only_what_has_sounded(tmp_path: Path) -> None:
    file = tmp_path / "out.wav"
    sink = SoundFile(file)
    await sink.play(tone(0.5), Deadline.after(1), "ding-dong")
    await asyncio.sleep(1)
    with pytest.raises(Silent):
        await sink.play(tone(2.0), Deadline.after(0.25), "one\ttwo\nthree")
    await sink.play(tone(0.25), Deadline.after(1))
    assert labels(file).read_text() == "0.000\t0.500\tding-dong\n1.500\t1.750\tone two three\n"


@virtual
async def test_a_file_begun_anew_has_the_words_of_none_before(tmp_path: Path) -> None:
    file = tmp_path / "out.wav"
    await SoundFile(file).play(tone(0.5), Deadline.after(1), "yesterday")
    sink = SoundFile(file)
    await sink.check(Deadline.after(1))
    assert not labels(file).exists()
    await sink.play(tone(0.5), Deadline.after(1), "today")
    assert labels(file).read_text() == "0.000\t0.500\ttoday\n"
