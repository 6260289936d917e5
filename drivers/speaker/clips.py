"""Recorded clips that a hall puts in the place of the synthetic voice.

A folder with one more in it a language, ``zh-CN``, ``en``, ``yue``; in these, one WAV file (22050 Hz, 16 bit,
1 channel) a word or phrase, named by what it says: ``0.wav`` to ``9.wav``, ``10.wav``, ``A.wav``, ``请.wav``,
``号窗口.wav``, ``yao.wav``, ``please go to counter.wav``. A sentence is joined of the fewest clips; one that cannot be
joined is said by the synthetic voice as a whole: a change of voice within a sentence is worse than another voice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from drivers.speaker.reading import LONG_PAUSE, PAUSES, SHORT_PAUSE, SPOKEN, YAO, words
from drivers.speaker.sound import RATE, SAMPLE_BYTES, silence
from drivers.speaker.wav import HEADER_BYTES, NotPlayable, decode

PAUSE_SECONDS = {SHORT_PAUSE: 0.25, LONG_PAUSE: 0.5}
MOST_CLIPS = 1000
MOST_BYTES = HEADER_BYTES + 10 * RATE * SAMPLE_BYTES + 4096
"""Of one clip: ten seconds, and what an editor wrote about it."""

_Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clips:
    """``unusable``: what is wrong with each file that cannot be played, "file: what → remedy"."""

    sounds: dict[str, dict[_Phrase, bytes]] = field(default_factory=dict)
    unusable: tuple[str, ...] = ()

    @classmethod
    def load(cls, folder: Path) -> Clips:
        """All clips of a folder; blocks. A folder that is not there has none and is said to be unusable."""
        sounds: dict[str, dict[_Phrase, bytes]] = {language: {} for language in SPOKEN}
        unusable = [] if folder.is_dir() else [f"{folder}: no folder → make it, or remove the option clips"]
        for language, file in _files(folder):
            try:
                sounds[language][_phrase(file.stem, language)] = decode(_content(file))
            except (NotPlayable, OSError) as wrong:
                unusable.append(f"{file}: {wrong}")
        return cls(sounds, tuple(unusable))

    def join(self, spoken: _Phrase, language: str) -> bytes | None:
        """These words of the fewest clips; None when some clip is missing."""
        known = self.sounds.get(language, {})
        longest = max((len(phrase) for phrase in known), default=0)
        joined: list[list[bytes] | None] = [[]]  # for each end, the fewest clips that lead there
        for end in range(1, len(spoken) + 1):
            ways = [
                [*before, clip]
                for start in range(max(0, end - max(longest, 1)), end)
                if (before := joined[start]) is not None and (clip := self._sound(known, spoken[start:end])) is not None
            ]
            joined.append(min(ways, key=len, default=None))
        whole = joined[-1]
        return b"".join(whole) if whole else None

    @staticmethod
    def _sound(known: dict[_Phrase, bytes], phrase: _Phrase) -> bytes | None:
        if len(phrase) == 1 and phrase[0] in PAUSES:
            return silence(PAUSE_SECONDS[phrase[0]])
        return known.get(phrase)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for language in SPOKEN:
        for file in sorted((folder / language).glob("*.wav"))[:MOST_CLIPS]:
            yield language, file


def _phrase(stem: str, language: str) -> _Phrase:
    """The words that a clip of this name says. Raises NotPlayable."""
    phrase = (YAO,) if stem == YAO else words(stem, language)
    if not phrase:
        raise NotPlayable("its name says nothing → name it by what it says")
    return phrase


def _content(file: Path) -> bytes:
    """Raises OSError, NotPlayable for one that is too long."""
    if file.stat().st_size > MOST_BYTES:
        raise NotPlayable("it is longer than 10 seconds → cut it")
    return file.read_bytes()
