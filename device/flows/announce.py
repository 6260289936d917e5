"""Call tickets aloud: chime, then one sentence in each language for all calls that have piled up.

The announcer never holds a window up: it looks at how the windows stand, and speaks when its speaker can. It looks
again before each sentence, so that nobody is called who has come meanwhile.

| it happens…                              | what it becomes                                                         |
|------------------------------------------|-------------------------------------------------------------------------|
| its ticket starts, is missed, redirected | not spoken; cut off between chime and sentence, and between two languages |
| recalled before it was spoken            | spoken once, in its old place                                           |
| recalled while it is spoken              | spoken again after it                                                   |
| taken back after *missed*, never spoken  | spoken                                                                  |
| the speaker is lost                      | spoken when it is back, if it still stands                              |
| a check of the speaker sounds            | spoken after it                                                         |
| the speaker fails in the middle          | spoken again, at most TRIES times: half a call is none                  |
| no voice, or a sentence that cannot be   | the chime alone                                                         |
| the daemon is started anew               | what it had spoken is not spoken again; what it had not, late           |
| the power goes between voice and journal | spoken once more                                                        |
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

import structlog

from config.wording import LANGUAGES
from device.cell import Cell
from device.flows.calls_to_speak import Call, CallsToSpeak, sentence
from device.journal import Journal, JournalStopped
from device.watch import Watch
from drivers.contract import LINK_LOST, Completion, DeviceFault, Refused, Remedy, Speaker
from drivers.deadline import Deadline
from hall.contract import WindowState

log = structlog.get_logger()

CHIME_SECONDS = 6.0
SENTENCE_SECONDS = 30.0
"""Four calls at the slowest speed take 22 s in Chinese, 25 s in English (measured)."""
MOST_IN_A_SENTENCE = 4
"""A citizen has to find the own number among them; four take some fifteen seconds in each language."""

TRIES = 3
RETRY_SECONDS = 3.0


class Announcer:
    """One speaker and the windows that it calls for now. ``watch``: to be changed when one may stand otherwise.

    ``told`` hears of each call that was spoken: its window, and the call's key. ``confirm`` is asked before a sentence:
    after it ``windows`` are those that may still be called for.
    """

    def __init__(
        self,
        speaker: Cell[Speaker],
        windows: Callable[[], Mapping[int, WindowState | None]],
        journal: Journal,
        told: Callable[[int, str], None],
        confirm: Callable[[], Awaitable[None]],
        languages: Sequence[str] = LANGUAGES,
    ) -> None:
        self.watch = Watch()
        self._speaker = speaker
        self._windows = windows
        self._journal = journal
        self._languages = languages
        self._told = told
        self._confirm = confirm
        self._calls = CallsToSpeak(lambda window: journal.recall(_kept_as(window)) or "")
        self._tries: Counter[str] = Counter()
        self._failing = False
        speaker.watch.feeds(self.watch)

    async def run(self) -> None:
        """Speak what is called, for ever."""
        looked = Watch()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look_on(looked), name=f"{self._speaker.name} looks on")
            group.create_task(self._speak_on(looked), name=f"{self._speaker.name} speaks")

    async def _look_on(self, looked: Watch) -> None:
        """Note calls at the moment they are made: that is the order in which they are spoken."""
        with self.watch.watching() as news:
            while True:
                self._look()
                looked.changed()
                await news.wait()
                news.clear()

    async def _speak_on(self, looked: Watch) -> None:
        with looked.watching() as news:
            while True:
                news.clear()
                if not self._calls.waiting(1) or LINK_LOST.keyword in self._speaker.state.keywords():
                    await news.wait()
                elif not await self._speak_in_turn():
                    await asyncio.sleep(RETRY_SECONDS)

    def _look(self) -> None:
        self._calls.look(self._windows())

    async def _speak_in_turn(self) -> bool:
        async with self._speaker.in_a_row:  # a technician's check may be sounding
            return await self._speak()

    async def _speak(self) -> bool:
        """Chime, and say what stands then; False when the speaker failed."""
        calls = self._calls.waiting(MOST_IN_A_SENTENCE)
        try:
            await self._speaker.do(_chime, CHIME_SECONDS)
            await self._confirm()
            self._look()
            calls = self._calls.waiting(MOST_IN_A_SENTENCE)
            for place, language in enumerate(self._languages):
                self._look()
                if not (standing := self._calls.standing(calls)):
                    break
                await self._say(sentence(standing, language), language)
                if place == 0:
                    await self._spoken(calls)
        except DeviceFault as fault:
            self._failed(calls, fault)
            return False
        self._failing = False
        self._tries.clear()
        return True

    async def _say(self, text: str, language: str) -> None:
        await self._speaker.do(lambda speaker, deadline: speaker.speak(text, language, deadline), SENTENCE_SECONDS)

    async def _spoken(self, calls: list[Call]) -> None:
        """Whoever hears the first language has been called."""
        self._calls.done(calls)
        for call in calls:
            self._told(call.window, call.key)
            with suppress(JournalStopped):  # spoken once more after a restart
                await self._journal.remember(_kept_as(call.window), call.key)

    def _failed(self, calls: list[Call], fault: DeviceFault) -> None:
        """Give up what cannot be spoken, and what has failed often enough."""
        self._tries.update(call.key for call in calls)
        for_good = isinstance(fault, Refused) and fault.remedy is not Remedy.CLEAR
        given_up = [call for call in calls if for_good or self._tries[call.key] >= TRIES]
        self._calls.done(given_up)
        if not self._failing:
            self._failing = True
            log.warning(
                "calls not spoken", device=self._speaker.name, fault=type(fault).__name__.lower(), what=str(fault)
            )


def _kept_as(window: int) -> str:
    """Under which name the journal remembers what was spoken last for a window."""
    return f"voice/{window}"


def _chime(speaker: Speaker, deadline: Deadline) -> Awaitable[Completion]:
    return speaker.chime(deadline)
