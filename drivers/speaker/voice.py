"""Who says a sentence: espeak-ng in a child process, which is always there and fits no hall's taste."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from shutil import which
from typing import Protocol

from drivers.contract import CompletionCode, Garbled, Refused, Remedy
from drivers.deadline import Deadline
from drivers.speaker import pinyin, program
from drivers.speaker.reading import CANTONESE, CHINESE, PAUSES
from drivers.speaker.wav import NotPlayable, decode

PROGRAM, PACKAGE = "espeak-ng", "espeak-ng"
VOICES = {CHINESE: "cmn-latn-pinyin", "en": "en-gb", CANTONESE: "yue"}
"""Its Cantonese voice knows the characters of calls (1.51): 号 hou6, 到 dou3, 窗口 coeng1 hau2; letters are English."""
FASTEST = 240
"""Words a minute: four and a half syllables a second, as news are read; beyond it espeak-ng's tones run together."""
OUTPUT_CAP = 4 << 20
"""A minute and a half of sound."""
SYNTHESIS_SECONDS = 5.0
"""A sentence takes .02 to .04 s (measured, 2 cores); one that takes this long never comes."""


class Voice(Protocol):
    """Makes sound of words."""

    def at_speed(self, speed: int) -> Voice:
        """The same voice at another speed, words a minute."""

    def is_there(self) -> bool:
        """Whether it can be used here."""

    async def say(self, words: tuple[str, ...], language: str, deadline: Deadline, pace: float = 1.0) -> bytes:
        """These words of drivers.speaker.reading as sound, ``pace`` times as fast. Raises Silent, Garbled, Refused."""


@dataclass(frozen=True, slots=True)
class Espeak:
    """``speed``: words a minute."""

    speed: int
    program: str = PROGRAM

    def at_speed(self, speed: int) -> Espeak:
        """The same voice at another speed, words a minute."""
        return replace(self, speed=speed)

    def is_there(self) -> bool:
        """Whether it is installed."""
        return which(self.program) is not None

    async def say(self, words: tuple[str, ...], language: str, deadline: Deadline, pace: float = 1.0) -> bytes:
        """These words as sound. Raises Silent, Garbled, Refused with the remedy when it is not installed."""
        if language not in VOICES:
            raise Refused(f"no voice for {language}", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION)
        text = await asyncio.to_thread(written, words, language)
        if not text:
            raise Refused("nothing in this sentence has a sound", CompletionCode.INVALID_DATA, Remedy.NONE)
        command = [self.program, "-v", VOICES[language], "-s", str(self._at(pace)), "-b", "1", "--stdin", "--stdout"]
        limit = deadline.sooner(SYNTHESIS_SECONDS)
        try:
            ended = await program.run(command, text.encode(), OUTPUT_CAP, limit)
        except OSError:
            raise program.not_installed(self.program, PACKAGE) from None
        if ended.code < 0:
            raise Garbled(f"{self.program} was ended by signal {-ended.code}")
        if ended.code:
            what = f"{self.program} cannot speak → install all of the package {PACKAGE}: {ended.complaint.strip()}"
            raise Refused(what, CompletionCode.HARDWARE_ERROR, Remedy.CONFIGURATION)
        try:
            return decode(ended.output, piped=True)
        except NotPlayable as wrong:
            raise Garbled(f"{self.program} gave no sound: {wrong}") from None

    def _at(self, pace: float) -> int:
        """Words a minute; a speed that the settings ask for is never cut."""
        return min(round(self.speed * max(pace, 1.0)), max(self.speed, FASTEST))


def written(words: tuple[str, ...], language: str) -> str:
    """As espeak-ng's voice of this language reads these words right; "" when none of them has a sound."""
    if language == CHINESE:
        return pinyin.of_words(words)
    if language == CANTONESE:
        return " ".join(words).replace(" ,", ",").replace(" .", ".")
    return english(words)


def english(words: tuple[str, ...]) -> str:
    """As espeak-ng spells: a comma after each letter, else an A is an article; and between digits, to be told apart."""
    said = ""
    for word, following in zip(words, (*words[1:], ""), strict=True):
        apart = word.isupper() or (_is_digit(word) and _is_digit(following))
        said += word if word in PAUSES else f" {word}{',' if apart and following not in PAUSES else ''}"
    return said.strip().rstrip(",")


def _is_digit(word: str) -> bool:
    return len(word) == 1 and word.isdigit()
