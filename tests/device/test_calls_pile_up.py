"""Sixty windows of one zone call within a minute: each is heard within 120 s, by the lengths of the real sentences.

Time is virtual, everything else is what stands in a hall: leases, announcer, driver, and espeak-ng's own sound for each
sentence. `make bench` does the same in real time, with processes.
"""

from __future__ import annotations

import asyncio
import math
import random
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from device.flows.haste import MOST_CALM, MOST_IN_HASTE, PROMISED_S
from device.watch import Watch
from drivers.contract import Completion, State
from drivers.deadline import Deadline
from drivers.speaker.sound import FULL, RATE, samples, seconds
from drivers.speaker.speaker import SoundSpeaker, SpeakerSettings
from drivers.speaker.voice import Espeak
from hall.contract import LEASE_MS
from tests.device.test_zone import Box, Hall, at_work
from tests.virtual_time import virtual

WINDOWS = tuple(range(101, 161))
"""Three digits each, and numbers of a hall with more than nine services: the longest that are usual."""
SOUND_S = 0.35
"""Starting the voice (.05 s measured) and emptying the card's buffer (.3 s) come to each sound."""


@dataclass(frozen=True, slots=True)
class Heard:
    began: float
    ended: float
    said: str
    pcm: bytes


class Room:
    """Where the loudspeaker hangs: a sink in which sound takes its time."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []

    async def check(self, deadline: Deadline) -> None:
        """A room is always there."""

    async def play(self, pcm: bytes, deadline: Deadline, said: str = "") -> None:
        began = asyncio.get_running_loop().time()
        async with deadline.limit("too long for its turn"):
            await asyncio.sleep(seconds(pcm) + SOUND_S)
        self.heard.append(Heard(began, asyncio.get_running_loop().time(), said, pcm))

    async def close(self) -> None:
        """Nothing is held."""

    def mentions(self, number: str) -> list[Heard]:
        return [heard for heard in self.heard if re.search(rf"\b{number}(?![0-9])", heard.said, re.ASCII)]


@dataclass(frozen=True, slots=True)
class RealVoice:
    """espeak-ng's own sound; virtual time stands still while it is made."""

    voice: Espeak

    def is_there(self) -> bool:
        return self.voice.is_there()

    def at_speed(self, speed: int) -> RealVoice:
        return RealVoice(self.voice.at_speed(speed))

    async def say(self, words: tuple[str, ...], language: str, deadline: Deadline, pace: float = 1.0) -> bytes:
        async def made() -> bytes:
            return await self.voice.say(words, language, Deadline.after(30), pace)

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, made()).result()


class LoudCell:
    """A cell with the real driver; its loudspeaker hangs in a room."""

    name, family, model = "speaker-1", "speaker", "speaker"
    window: int | None = None

    def __init__(self, settings: SpeakerSettings) -> None:
        self.watch = Watch()
        self.in_a_row = asyncio.Lock()
        self.state = State.of()
        self.room = Room()
        self.speaker = SoundSpeaker(settings, self.room, RealVoice(Espeak(settings.speed)))

    async def do(self, verb: Any, limit_s: float, attempts: int = 1) -> Completion:
        done: Completion = await verb(self.speaker, Deadline.after(limit_s))
        return done


class WideHall(Hall):
    """One zone of sixty windows."""

    zone = frozenset(WINDOWS)
    settings = SpeakerSettings()


class LoudBox(Box):
    hall: WideHall

    def make_cell(self) -> LoudCell:
        return LoudCell(self.hall.settings)


def number_of(window: int) -> str:
    return f"A11{window * 13 % 997:03}"


async def sixty_call(
    folder: Path, presses: list[float], settings: SpeakerSettings | None = None
) -> tuple[Room, dict[int, float]]:
    """Each window presses at its moment. Gives what was heard, and when each pressed."""
    hall = WideHall(counter_1=[])
    await asyncio.sleep(LEASE_MS / 1000)
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    hall.settings = settings or SpeakerSettings()
    box = LoudBox(hall, "counter-1", folder)
    box.announcer._languages = ("zh-CN", "en")
    pressed: dict[int, float] = {}
    async with at_work(box):
        await asyncio.sleep(1)
        begun = asyncio.get_running_loop().time()
        for window, at in zip(WINDOWS, sorted(presses), strict=True):
            await asyncio.sleep(max(0.0, begun + at - asyncio.get_running_loop().time()))
            pressed[window] = asyncio.get_running_loop().time()
            hall.stand(window, "called", number_of(window))
        await asyncio.sleep(300)
    return box.cell.room, pressed


def waited(room: Room, pressed: dict[int, float]) -> dict[int, float]:
    """From each window's press to the end of the sentence in which it is first heard."""
    return {window: room.mentions(number_of(window))[0].ended - at for window, at in pressed.items()}


def by_chance(seed: int) -> list[float]:
    """Sixty presses within a minute as people make them."""
    draw = random.Random(seed)
    return [draw.uniform(0, 60) for _ in WINDOWS]


PRESSES = {
    "one a second": [float(second) for second in range(60)],
    "by chance": by_chance(1),
    "by chance, otherwise": by_chance(2),
    "all at once": [0.0] * 60,
    "half at the beginning, half at the end": [0.0] * 30 + [60.0] * 30,
}


@pytest.mark.parametrize("presses", PRESSES.values(), ids=PRESSES)
@virtual
async def test_sixty_windows_call_within_a_minute_and_each_is_heard_within_120_s(
    tmp_path: Path, presses: list[float]
) -> None:
    room, pressed = await sixty_call(tmp_path, presses)
    for window in WINDOWS:
        chinese = [heard for heard in room.mentions(number_of(window)) if "到" in heard.said]
        assert len(chinese) == 1, f"window {window}"
        assert re.search(rf"{number_of(window)}号?到{window}号", chinese[0].said)
    assert max(waited(room, pressed).values()) <= PROMISED_S


@virtual
async def test_a_second_language_is_heard_only_while_at_most_ten_wait(tmp_path: Path) -> None:
    room, pressed = await sixty_call(tmp_path, PRESSES["one a second"])
    first_heard = {window: room.mentions(number_of(window))[0].ended for window in WINDOWS}
    english = [heard for heard in room.heard if "counter" in heard.said]
    assert english
    for heard in english:
        waiting = [w for w in WINDOWS if pressed[w] < heard.began and first_heard[w] > heard.began]
        assert len(waiting) <= MOST_CALM


@virtual
async def test_one_chime_stands_before_a_pile_and_sentences_of_at_most_six_follow_each_other(tmp_path: Path) -> None:
    room, _ = await sixty_call(tmp_path, PRESSES["all at once"])
    assert [heard.said for heard in room.heard].count("ding-dong") == 1
    assert room.heard[0].said == "ding-dong"
    assert all(heard.said.count("到") <= MOST_IN_HASTE for heard in room.heard)
    assert all(heard.said.count("窗口") == 1 for heard in room.heard[1:])


@virtual
async def test_no_sentence_is_spoken_faster_than_the_pile_needs(tmp_path: Path) -> None:
    crowd, _ = await sixty_call(tmp_path / "crowd", PRESSES["all at once"])
    steady, _ = await sixty_call(tmp_path / "steady", PRESSES["one a second"])

    def a_call(room: Room) -> float:
        hurried = [heard for heard in room.heard if heard.said.count("到") == MOST_IN_HASTE]
        return sum(heard.ended - heard.began for heard in hurried) / len(hurried) / MOST_IN_HASTE

    assert a_call(crowd) < a_call(steady)


@virtual
async def test_a_hall_that_speaks_slowly_is_heard_in_time_too(tmp_path: Path) -> None:
    room, pressed = await sixty_call(tmp_path, PRESSES["one a second"], SpeakerSettings(speed=100))
    assert max(waited(room, pressed).values()) <= PROMISED_S


@virtual
async def test_what_is_heard_is_loud_and_even_and_nothing_of_it_is_cut_off_at_the_top(tmp_path: Path) -> None:
    room, _ = await sixty_call(tmp_path, PRESSES["all at once"], SpeakerSettings(volume=100))
    assert clipped(room) / sum(len(samples(heard.pcm)) for heard in room.heard) < 1e-5
    loud = [level(heard.pcm) for heard in room.heard[1:]]
    assert min(loud) > FULL / 16
    assert max(loud) / min(loud) < 1.5
    assert all(longest_silence_s(heard.pcm) < 1.0 for heard in room.heard[1:])


def clipped(room: Room) -> int:
    return sum(abs(value) >= FULL for heard in room.heard for value in samples(heard.pcm))


def level(pcm: bytes) -> float:
    """The root mean square of its samples."""
    values = samples(pcm)
    return math.sqrt(sum(value * value for value in values) / len(values))


def longest_silence_s(pcm: bytes) -> float:
    longest = silent = 0
    for value in samples(pcm):
        silent = silent + 1 if abs(value) < FULL / 100 else 0
        longest = max(longest, silent)
    return longest / RATE
