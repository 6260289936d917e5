"""Call tickets aloud: chime, then one sentence in each language for all calls that have piled up.

The announcer never holds a window up: it looks at how the windows stand, and speaks when its speaker can. It looks
again before each sentence, so that nobody is called who has come meanwhile. How much it says at once, how fast and in
which languages hangs on how many wait (device.flows.haste).

| it happens…                              | what it becomes                                                         |
|------------------------------------------|-------------------------------------------------------------------------|
| its ticket starts, is missed, redirected | not spoken; cut off between chime and sentence, and between two languages |
| recalled before it was spoken            | spoken once, in its old place                                           |
| recalled while it is spoken, or after it | spoken again, behind all that nobody has heard yet                      |
| more than ten wait                       | the first language alone, brief and faster; the chime before the first  |
| taken back after *missed*, never spoken  | spoken                                                                  |
| the speaker is lost                      | spoken when it is back, if it still stands                              |
| a check of the speaker sounds            | spoken after it                                                         |
| the speaker fails in the middle          | spoken again, at most TRIES times: half a call is none                  |
| no voice, or a sentence that cannot be   | the chime alone                                                         |
| a sentence is longer than its time       | half of its calls; nothing of it has sounded                            |
| the daemon is started anew               | what it had spoken is not spoken again; what it had not, late           |
| the power goes between voice and journal | spoken once more                                                        |
| the journal cannot be written            | calls go on; *spoken* is kept in memory until it can                    |
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import structlog

from config.wording import LANGUAGES
from device.cell import Cell
from device.flows.calls_to_speak import Call, CallsToSpeak, sentence
from device.flows.haste import BRIEF, CALL_S, Manner, manner
from device.flows.patience import until_written
from device.journal import Data, Journal
from device.watch import Watch
from drivers.contract import LINK_LOST, Completion, CompletionCode, DeviceFault, Refused, Remedy, Speaker
from drivers.deadline import Deadline
from hall.contract import WindowState

log = structlog.get_logger()

CHIME_SECONDS = 6.0
SENTENCE_SECONDS = 30.0
"""Four calls at the usual speed take 17 s in Chinese, 20 s in English (measured); a zone's lease covers it."""
PAUSE_SECONDS = 2.0
"""While many wait, sentences that follow each other sooner than this are one announcement, with one chime."""

SPOKEN_AS = {"yue": LANGUAGES[0]}
"""A language that has no sentences of its own, and whose it sounds."""

TRIES = 3
RETRY_SECONDS = 3.0


class Announcer:
    """One speaker and the windows that it calls for now. ``watch``: to be changed when one may stand otherwise.

    ``told`` hears of each call that was spoken: its window, and the call's key. ``confirm`` is asked before a sentence:
    after it ``windows`` are those that may still be called for. ``elsewhere``: the key that another box spoke last.
    """

    def __init__(
        self,
        speaker: Cell[Speaker],
        windows: Callable[[], Mapping[int, WindowState | None]],
        journal: Journal,
        told: Callable[[int, str], None],
        confirm: Callable[[], Awaitable[None]],
        languages: Sequence[str] = LANGUAGES,
        elsewhere: Callable[[int], str] = lambda _: "",
    ) -> None:
        self.watch = Watch()
        self._speaker = speaker
        self._windows = windows
        self._journal = journal
        self._languages = languages
        self._told = told
        self._confirm = confirm
        self._calls = CallsToSpeak(lambda window: journal.recall(_kept_as(window)) or "", elsewhere)
        self._heard: asyncio.Queue[Call] = asyncio.Queue()
        """Spoken, and not in the journal yet."""
        self._call_s = CALL_S
        """What this speaker needs for one call of a brief sentence, at its usual speed."""
        self._most = 99
        """Longer sentences than this have been refused."""
        self._ended = float("-inf")
        """When the last sentence ended."""
        self._chimed = False
        """The chime of the next sentence has sounded."""
        self._tries: Counter[str] = Counter()
        self._failing = False
        speaker.watch.feeds(self.watch)

    async def run(self) -> None:
        """Speak what is called, for ever."""
        looked = Watch()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look_on(looked), name=f"{self._speaker.name} looks on")
            group.create_task(self._speak_on(looked), name=f"{self._speaker.name} speaks")
            group.create_task(self._keep_on(), name=f"{self._speaker.name} keeps what was heard")

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

    async def _keep_on(self) -> None:
        """Journal what was heard: the voice never waits for a disk."""
        while True:
            call = await self._heard.get()
            data: Data = {"ticket": call.ticket, "call": call.call, "window": call.window}
            await until_written(partial(self._journal.record, "spoken", data, visit=call.visit))
            await until_written(partial(self._journal.remember, _kept_as(call.window), call.key))

    def _look(self) -> None:
        self._calls.look(self._windows(), _now())

    def _manner(self) -> Manner:
        how = manner(self._calls.ages(_now()), self._call_s)
        return replace(how, most=min(how.most, self._most))

    async def _speak_in_turn(self) -> bool:
        async with self._speaker.in_a_row:  # a technician's check may be sounding
            return await self._speak()

    async def _speak(self) -> bool:
        """Chime, and say what stands then; False when the speaker failed."""
        calls = self._calls.waiting(self._manner().most)
        try:
            await self._chime()
            await self._confirm()
            self._look()
            how = self._manner()
            calls = self._calls.waiting(how.most)
            for place, language in enumerate(self._languages):
                self._look()
                if place and (how.hurried or self._manner().hurried):
                    break
                if not (standing := self._calls.standing(calls)):
                    break
                await self._say(standing, language, how)
                if place == 0:
                    self._spoken(calls)
        except DeviceFault as fault:
            return self._failed(calls, fault)
        self._failing = False
        self._tries.clear()
        return True

    async def _chime(self) -> None:
        """Once before what follows each other without a pause."""
        goes_on = self._manner().hurried and _now() - self._ended < PAUSE_SECONDS
        if not (goes_on or self._chimed):
            await self._speaker.do(_chime, CHIME_SECONDS)
            self._chimed = True

    async def _say(self, calls: list[Call], language: str, how: Manner) -> None:
        text = sentence(calls, SPOKEN_AS.get(language, language), brief=how.hurried)
        begun = _now()
        await self._speaker.do(
            lambda speaker, deadline: speaker.speak(text, language, deadline, how.pace), SENTENCE_SECONDS
        )
        self._ended, self._chimed = _now(), False
        if language == self._languages[0]:
            share = 1.0 if how.hurried else BRIEF
            self._call_s = (self._ended - begun) / len(calls) * how.pace * share

    def _spoken(self, calls: list[Call]) -> None:
        """Whoever hears the first language has been called."""
        self._calls.done(calls)
        for call in calls:
            self._heard.put_nowait(call)
            self._told(call.window, call.key)

    def _failed(self, calls: list[Call], fault: DeviceFault) -> bool:
        """Give up what cannot be spoken, and what has failed often enough. Whether to go on at once."""
        if isinstance(fault, Refused) and fault.code is CompletionCode.INVALID_DATA and len(calls) > 1:
            self._most = len(calls) // 2
            return True
        self._chimed = False
        self._tries.update(call.key for call in calls)
        for_good = isinstance(fault, Refused) and fault.remedy is not Remedy.CLEAR
        given_up = [call for call in calls if for_good or self._tries[call.key] >= TRIES]
        self._calls.done(given_up)
        if not self._failing:
            self._failing = True
            log.warning(
                "calls not spoken", device=self._speaker.name, fault=type(fault).__name__.lower(), what=str(fault)
            )
        return False


def _now() -> float:
    return asyncio.get_running_loop().time()


def _kept_as(window: int) -> str:
    """Under which name the journal remembers what was spoken last for a window."""
    return f"voice/{window}"


def _chime(speaker: Speaker, deadline: Deadline) -> Awaitable[Completion]:
    return speaker.chime(deadline)
