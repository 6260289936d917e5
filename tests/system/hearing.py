"""Hears what sounds in a headphone: from the samples alone, as they sound, never from what the box says that it said.

The sound that a box plays into a WAV file is cut at its pauses. What is listened for is spoken by the same voice, cut
in the same way, and both are compared as the ear does, by how much of which pitch there is at each moment (log power in
32 bands, every 10 ms): the samples themselves differ each time, as noise within consonants does. The same words are
alike by .98 and more, words with another digit by less than .9 (measured).

Samples are written to the file when a sentence begins; what has not sounded yet is not listened to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from drivers.deadline import Deadline
from drivers.speaker.reading import words
from drivers.speaker.sound import RATE, SAMPLE_BYTES
from drivers.speaker.voice import Espeak
from drivers.speaker.wav import HEADER_BYTES

Sound = npt.NDArray[np.int16]
Bands = npt.NDArray[np.float64]

PAUSE_SECONDS = 0.06
QUIET = 60
ALIKE = 0.97
WINDOW, STEP = 512, 220
EDGES = np.unique(np.geomspace(3, WINDOW // 2, 33).astype(int))
LOOK_SECONDS = 0.05
AT_ONCE = 24
"""Voices that speak at the same time."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Sound between two pauses, and where it ends in the file, in seconds."""

    bands: Bands
    ends: float


def pieces(sound: Sound, begins: float = 0.0) -> list[Piece]:
    """What sounds between pauses."""
    loud = np.flatnonzero((sound > QUIET) | (sound < -QUIET))
    if not loud.size:
        return []
    breaks = np.flatnonzero(np.diff(loud) > PAUSE_SECONDS * RATE)
    starts, ends = [loud[0], *loud[breaks + 1]], [*loud[breaks], loud[-1]]
    each = ((int(start), int(end) + 1) for start, end in zip(starts, ends, strict=True))
    return [Piece(_bands(sound[start:end]), begins + end / RATE) for start, end in each if end - start > 0.03 * RATE]


def alike(one: Piece, other: Piece) -> float:
    """How alike they sound: 1 for the same, about 0 for anything."""
    best = 0.0
    for shift in range(-4, 5):
        a, b = one.bands[max(0, shift) :], other.bands[max(0, -shift) :]
        length = min(len(a), len(b))
        if length < 0.93 * max(len(one.bands), len(other.bands)):
            continue
        x, y = a[:length] - one.bands.mean(), b[:length] - other.bands.mean()
        best = max(best, float((x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum())))
    return best


def _bands(sound: Sound) -> Bands:
    padded = np.pad(sound.astype(np.float64), (0, max(0, WINDOW - len(sound))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::STEP] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(frames)) ** 2
    found: Bands = np.log(np.add.reduceat(power, EDGES[:-1], axis=1) + 1e4)
    return found


class Listener:
    """Who wears the headphone that plays into ``file``. ``speed``: of the voice that is listened to."""

    def __init__(self, file: Path, speed: int = 150) -> None:
        self._file = file
        self._voice = Espeak(speed)
        self._known: dict[tuple[str, str], list[Piece]] = {}
        self._since = 0.0
        """Before this moment of the file nothing is listened to any more."""
        self._written = 0
        self._sounds_until = 0.0
        """Of what is written: where in the file it sounds just now, by the clock at ``_seen_at``."""
        self._seen_at = 0.0

    async def attend(self) -> None:
        """From now on."""
        self._since = self._now(await self._sound())

    async def hears(self, *wanted: str, limit: float, language: str = "zh-CN") -> str:
        """Which of these is heard first from now on; each is one sentence, or a part of it between two pauses.

        Fails when none is within ``limit`` seconds.
        """
        vocabulary = await self.learn(wanted, language)
        best: tuple[float, str] = (0.0, "nothing")
        try:
            async with asyncio.timeout(limit):
                while True:
                    sounded = await self._heard()
                    for start in range(len(sounded)):
                        score, text, ends = _match(sounded[start:], vocabulary)
                        if start == 0 and score <= ALIKE:
                            score, text, ends = _match(sounded, vocabulary, cut_off_before=True)
                        best = max(best, (score, text))
                        if score > ALIKE:
                            self._since = ends
                            return text
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise AssertionError(f"none of {wanted[:9]} was heard in {limit} s; likest: {best}") from None

    async def learn(self, texts: Iterable[str], language: str = "zh-CN") -> Mapping[str, list[Piece]]:
        """How these sound."""
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(text: str) -> tuple[str, list[Piece]]:
            async with turn:
                if (text, language) not in self._known:
                    pcm = await self._voice.say(words(text, language), language, Deadline.after(60))
                    self._known[text, language] = pieces(_samples(pcm))
            return text, self._known[text, language]

        return dict(await asyncio.gather(*(one(text) for text in dict.fromkeys(texts))))

    async def is_silent_for(self, seconds: float) -> None:
        """Fails when anything begins to sound from now on. What sounds now may end: give it longer than a sentence."""
        over = len(await self._sound())
        await asyncio.sleep(seconds)
        assert not pieces((await self._sound())[over:]), "it was to be silent"

    async def begins_to_sound(self, limit: float) -> None:
        """Wait until something sounds that is not over yet."""
        async with asyncio.timeout(limit):
            while True:
                sound = await self._sound()
                if self._now(sound) < len(sound) / RATE:
                    return
                await asyncio.sleep(LOOK_SECONDS)

    async def _heard(self) -> list[Piece]:
        """What has sounded whole: a piece that may go on is not heard yet."""
        sound = await self._sound()
        now = self._now(sound)
        all_of_it = now >= len(sound) / RATE
        sounded = sound[round(self._since * RATE) : round(now * RATE)]
        found = pieces(sounded, self._since)
        return [each for each in found if all_of_it or each.ends < now - PAUSE_SECONDS]

    def _now(self, sound: Sound) -> float:
        """Where in the file it sounds just now: new samples begin to sound when they are first seen."""
        clock = asyncio.get_running_loop().time()
        sounds = min(self._sounds_until + clock - self._seen_at, self._written / RATE)
        if len(sound) != self._written:
            begins = max(0, _first_sound(sound, self._written))
            self._sounds_until = sounds if sounds < self._written / RATE else begins / RATE
            self._seen_at, self._written = clock, len(sound)
            sounds = min(self._sounds_until, len(sound) / RATE)
        return sounds

    async def _sound(self) -> Sound:
        try:
            raw = await asyncio.to_thread(self._file.read_bytes)
        except FileNotFoundError:
            return np.zeros(0, np.int16)
        return _samples(raw[HEADER_BYTES:])


def _samples(pcm: bytes) -> Sound:
    return np.frombuffer(pcm[: len(pcm) - len(pcm) % SAMPLE_BYTES], dtype=np.int16)


def _first_sound(sound: Sound, since: int) -> int:
    """Where the first sample behind this one is that is not silent."""
    loud = np.flatnonzero(sound[since:])
    return since + int(loud[0]) if loud.size else len(sound)


def _match(
    sounded: list[Piece], vocabulary: Mapping[str, list[Piece]], *, cut_off_before: bool = False
) -> tuple[float, str, float]:
    """The likest text that begins with the first of these pieces, how alike, and where it ends.

    ``cut_off_before``: what was cut off may stand in the first piece too, for a pause was not long enough.
    """
    best = (0.0, "", 0.0)
    for text, wanted in vocabulary.items():
        if not wanted or len(sounded) < len(wanted):
            continue
        first = sounded[0]
        if cut_off_before:
            first = replace(first, bands=first.bands[-len(wanted[0].bands) :])
        score = min(alike(heard, want) for heard, want in zip([first, *sounded[1:]], wanted, strict=False))
        if score > best[0]:
            best = (score, text, sounded[len(wanted) - 1].ends)
    return best
