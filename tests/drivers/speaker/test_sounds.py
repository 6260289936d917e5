"""Sounds made and kept by arithmetic: the chime's notes, volume, and the one form of WAV file that is played."""

from __future__ import annotations

import struct
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.speaker.chime import STROKE_SECONDS, TONES, chime
from drivers.speaker.sound import FULL, RATE, SAMPLE_BYTES, at_volume, from_samples, samples, seconds, silence
from drivers.speaker.wav import NotPlayable, decode, encode, header
from tests.drivers.speaker.scene import power, tone

STROKE = round(STROKE_SECONDS * RATE) * SAMPLE_BYTES
PCM = st.lists(st.integers(-FULL - 1, FULL), max_size=50).map(lambda values: from_samples(array("h", values)))


@pytest.mark.parametrize("name", TONES)
def test_each_stroke_of_a_chime_sounds_at_its_own_note_and_the_next_follows_at_once(name: str) -> None:
    pcm, notes = chime(name), TONES[name]
    assert len(pcm) == STROKE * len(notes)
    for place, note in enumerate(notes):
        stroke = pcm[place * STROKE : (place + 1) * STROKE]
        assert all(power(stroke, note) > 30 * power(stroke, other) for other in (440.0, 880.0, 587.33, 698.46))
        assert all(power(stroke, note) > 30 * power(stroke, other) for other in notes if other != note)


def test_a_chime_neither_clips_nor_clicks_and_dies_away() -> None:
    values = samples(chime("ding-dong"))
    stroke = len(values) // 2
    assert FULL // 3 < max(values) < FULL * 3 // 4
    assert max(abs(values[0]), abs(values[stroke - 1]), abs(values[stroke]), abs(values[-1])) < 20
    assert max(values[stroke * 3 // 4 : stroke]) < max(values[: stroke // 4]) / 5


def test_a_volume_is_a_part_of_the_amplitude() -> None:
    pcm = from_samples(array("h", [FULL, -FULL - 1, 1000, -1000, 0]))
    assert at_volume(pcm, 100) == pcm
    assert list(samples(at_volume(pcm, 50))) == [16383, -16384, 500, -500, 0]
    assert not any(at_volume(pcm, 0))


def test_a_sound_s_length_is_in_seconds() -> None:
    assert seconds(silence(1.5)) == 1.5
    assert seconds(tone(0.25)) == pytest.approx(0.25, abs=1 / RATE)


@given(PCM)
def test_a_sound_survives_its_file(pcm: bytes) -> None:
    assert decode(encode(pcm)) == pcm


@given(PCM, st.integers(0, 200))
def test_a_torn_file_is_refused_at_any_byte(pcm: bytes, kept: int) -> None:
    whole = encode(pcm)
    with pytest.raises(NotPlayable):
        decode(whole[: min(kept, len(whole) - 1)])


@given(st.binary(max_size=200) | st.builds(lambda tail: b"RIFF1234WAVE" + tail, st.binary(max_size=200)), st.booleans())
def test_any_bytes_are_a_sound_or_not_playable(raw: bytes, piped: bool) -> None:
    try:
        pcm = decode(raw, piped=piped)
    except NotPlayable:
        return
    assert raw.endswith(pcm) or len(pcm) < len(raw)


def test_what_an_editor_writes_before_and_after_the_sound_is_passed_over() -> None:
    whole = encode(tone(0.01))
    note = struct.pack("<4sI", b"LIST", 3) + b"abc\0"
    assert decode(whole[:12] + note + whole[12:] + note) == tone(0.01)


def test_a_program_that_could_not_know_the_length_is_heard_to_its_end() -> None:
    assert decode(header(0x7FFFF000) + b"\x01\x02\x03\x04\x05", piped=True) == b"\x01\x02\x03\x04"


@pytest.mark.parametrize(("field", "value"), [(20, 3), (22, 2), (24, 44100), (34, 8)])
def test_another_form_is_refused_with_the_form_that_is_wanted(field: int, value: int) -> None:
    raw = bytearray(encode(tone(0.01)))
    struct.pack_into("<I" if field == 24 else "<H", raw, field, value)
    with pytest.raises(NotPlayable, match="→ save it as 22050 Hz, 16 bit, 1 channel, PCM"):
        decode(bytes(raw))
