"""A hall's own recordings: whole sentences of clips, or none; a torn one is known and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.speaker.clips import MOST_BYTES, PAUSE_SECONDS, Clips
from drivers.speaker.reading import words
from drivers.speaker.sound import silence
from drivers.speaker.wav import encode
from tests.drivers.speaker.scene import tone

LENGTH = 0.02


def record(folder: Path, language: str, *names: str) -> dict[str, bytes]:
    """Clips that are told apart by their tones."""
    made = {name: tone(LENGTH, 300.0 + 50 * place) for place, name in enumerate(names)}
    (folder / language).mkdir(parents=True, exist_ok=True)
    for name, pcm in made.items():
        (folder / language / f"{name}.wav").write_bytes(encode(pcm))
    return made


def test_a_sentence_is_joined_of_its_words(tmp_path: Path) -> None:
    clip = record(tmp_path, "zh-CN", "请", "号到", "号窗口", "A", *"0123456789")
    joined = Clips.load(tmp_path).join(words("请A024号到3号窗口", "zh-CN"), "zh-CN")
    assert joined == b"".join(clip[name] for name in ("请", "A", "0", "2", "4", "号到", "3", "号窗口"))


def test_an_english_phrase_is_one_clip(tmp_path: Path) -> None:
    clip = record(tmp_path, "en", "Ticket", "please go to counter", "A", "0", "2", "20", "1", "12")
    clips = Clips.load(tmp_path)
    joined = clips.join(words("Ticket A020, please go to counter 21.", "en"), "en")
    pause = silence(PAUSE_SECONDS[","])
    assert joined == b"".join(
        clip[name] if name else pause for name in ("Ticket", "A", "0", "2", "0", "", "please go to counter", "20", "1")
    )
    assert clips.join(words("12", "en"), "en") == clip["12"]


def test_the_fewest_clips_are_taken_and_a_long_one_that_leads_nowhere_is_not(tmp_path: Path) -> None:
    clip = record(tmp_path, "zh-CN", "请", "到", "请到", "窗口", "到窗")
    clips = Clips.load(tmp_path)
    assert clips.join(words("请到窗口", "zh-CN"), "zh-CN") == clip["请到"] + clip["窗口"]
    assert clips.join(words("到窗口", "zh-CN"), "zh-CN") == clip["到"] + clip["窗口"]


def test_one_missing_clip_leaves_the_sentence_to_the_other_voice(tmp_path: Path) -> None:
    record(tmp_path, "zh-CN", "请", "号到", "号窗口", *"012345678")
    clips = Clips.load(tmp_path)
    assert clips.join(words("请1003号到2号窗口", "zh-CN"), "zh-CN") is not None
    assert clips.join(words("请1009号到2号窗口", "zh-CN"), "zh-CN") is None
    assert clips.join(words("ticket 1003", "en"), "en") is None


def test_ten_and_yao_are_clips_of_their_own(tmp_path: Path) -> None:
    clip = record(tmp_path, "zh-CN", "10", "2", "yao", "0")
    clips = Clips.load(tmp_path)
    assert clips.join(words("12", "zh-CN"), "zh-CN") == clip["10"] + clip["2"]
    assert clips.join(words("102", "zh-CN", yao=True), "zh-CN") == clip["yao"] + clip["0"] + clip["2"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (encode(tone(LENGTH))[:-1], "it is torn → copy it again"),
        (encode(tone(LENGTH))[:20], "it ends before its sound → copy it again"),
        (b"ID3\x04 an MP3", "no WAV file → save it as WAV"),
        (bytes(MOST_BYTES + 1), "it is longer than 10 seconds → cut it"),
    ],
)
def test_a_clip_that_cannot_be_played_is_named_and_counts_as_missing(tmp_path: Path, content: bytes, why: str) -> None:
    record(tmp_path, "zh-CN", "请", "到")
    torn = tmp_path / "zh-CN" / "到.wav"
    torn.write_bytes(content)
    clips = Clips.load(tmp_path)
    assert clips.unusable == (f"{torn}: {why}",)
    assert clips.join(("请",), "zh-CN") is not None
    assert clips.join(("请", "到"), "zh-CN") is None


def test_a_name_that_says_nothing_is_named(tmp_path: Path) -> None:
    record(tmp_path, "zh-CN", "☺")
    assert Clips.load(tmp_path).unusable == (
        f"{tmp_path}/zh-CN/☺.wav: its name says nothing → name it by what it says",
    )


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    clips = Clips.load(tmp_path / "none")
    assert clips.unusable[0].endswith("no folder → make it, or remove the option clips")
    assert clips.join(("请",), "zh-CN") is None
    assert clips.join((), "zh-CN") is None
