"""Speaks into one headphone: what is said last is what counts, and whatever still sounds is cut off for it.

| it happens…                                | what it becomes                                                      |
|--------------------------------------------|----------------------------------------------------------------------|
| something else is to be said               | what sounds is cut off, the rest of it is forgotten                  |
| the headphone is taken out                 | silence at once; nothing that was to be said is kept                 |
| the speaker is lost                        | the sentence is said again when it is back, unless another one came  |
| a sentence cannot be said (no voice, …)    | left out: the next one may be                                        |
| a technician's check sounds                | said after it                                                        |
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import structlog

from config.wording import say
from device.cell import Cell
from device.watch import Watch
from drivers.contract import Completion, CompletionCode, DeviceFault, Manner, Refused, Remedy, Speaker
from drivers.deadline import Deadline

log = structlog.get_logger()

ROOM = "by_ear"
SENTENCE_SECONDS = 90.0
"""The longest thing said in one piece, at the slowest speed, takes half of it."""
RETRY_SECONDS = 1.0
SPEEDS = (100, 125, 150, 180, 215, 260, 315, 380)
"""Words a minute. People who listen all day follow 300 and more."""
VOLUMES = (15, 25, 40, 60, 80, 100)
_SENTENCE = re.compile(r".+?(?:[。？！]|[.?!](?=\s)|$)")
FIRST_MANNER = Manner(volume=80, speed=150)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One piece of speech. Its text is for one person's ear: it stands in no log and no repr."""

    text: str
    language: str

    def __repr__(self) -> str:
        return f"Utterance({self.language})"


def utter(key: str, language: str, /, **fields: object) -> Utterance:
    """One sentence of the room that is spoken here."""
    return Utterance(say(ROOM, key, language, **fields), language)


def sentences(text: str) -> list[str]:
    """One by one: the voice makes no pause between sentences that it is given together."""
    return [each.strip() for each in _SENTENCE.findall(text) if each.strip()]


class Mouth:
    """One headphone's speech."""

    def __init__(self, speaker: Cell[Speaker]) -> None:
        self.manner = FIRST_MANNER
        self._speaker = speaker
        self._rest: list[Utterance] = []
        self._saying = 0
        """Counts what was begun, so that a sentence given up before its turn is not said in it."""
        self._news = Watch()
        self._failing = False

    @property
    def speaks(self) -> bool:
        """Whether something sounds or is still to be said."""
        return bool(self._rest)

    def say(self, *utterances: Utterance) -> None:
        """Say this now, instead of whatever is being said. Never waits."""
        self._saying += 1
        self._rest = [Utterance(each, whole.language) for whole in utterances for each in sentences(whole.text)]
        if self._speaker.cut_off is not None:
            self._speaker.cut_off()
        self._news.changed()

    def hush(self) -> None:
        """Be silent, and forget all that was to be said and how."""
        self.say()
        self.manner = FIRST_MANNER

    async def run(self) -> None:
        """Long-lived: say what is to be said."""
        with self._news.watching() as news:
            while True:
                if not self._rest:
                    await news.wait()
                    news.clear()
                    continue
                saying, utterance = self._saying, self._rest[0]
                said = await self._say(utterance, saying)
                if saying == self._saying and said:
                    del self._rest[0]
                elif saying == self._saying:
                    await asyncio.sleep(RETRY_SECONDS)

    async def _say(self, utterance: Utterance, saying: int) -> bool:
        """Whether it need not be said again."""
        manner = self.manner

        async def verb(speaker: Speaker, deadline: Deadline) -> Completion:
            if saying != self._saying:
                return Completion(CompletionCode.CANCELED, None, "cut-off")
            return await speaker.speak(utterance.text, utterance.language, deadline, manner=manner)

        try:
            async with self._speaker.in_a_row:
                await self._speaker.do(verb, SENTENCE_SECONDS)
        except DeviceFault as fault:
            if not self._failing:
                log.warning("not spoken privately", device=self._speaker.name, fault=type(fault).__name__.lower())
            self._failing = True
            return isinstance(fault, Refused) and fault.remedy is not Remedy.CLEAR
        self._failing = False
        return True
