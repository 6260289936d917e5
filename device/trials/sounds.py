"""A loudspeaker: a chime, and what a call sounds like, in every language; never into a citizen's call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from config.wording import LANGUAGES, say
from device.cell import Cell
from device.trials.finding import Outcome, Trace
from drivers.contract import Completion, Speaker
from drivers.deadline import Deadline

TURN_SECONDS = 20.0
CHIME_SECONDS = 6.0
SENTENCE_SECONDS = 15.0
TEST_NUMBER, TEST_WINDOW = "0000", 0
"""In the hall's own voice, and nobody's call: numbers are counted from 1, and so are windows."""


async def speaker(cell: Cell[Any], interactive: bool, trace: Trace) -> Outcome:
    """Chime and sentences, as loud as the settings say. Sound only where the device knows that it was heard."""
    try:
        async with _turn(cell):
            heard = await _sounded(cell, trace)
    except TimeoutError:
        return Outcome.BUSY
    if any(done.confirmed is False for done in heard):
        return Outcome.FAULTY
    return Outcome.SOUND if not interactive and all(done.confirmed for done in heard) else Outcome.LISTEN


@asynccontextmanager
async def _turn(cell: Cell[Any]) -> AsyncIterator[None]:
    """The announcer's: a call that is being spoken ends first, the next one waits. Raises TimeoutError."""
    async with asyncio.timeout(TURN_SECONDS):
        await cell.in_a_row.acquire()
    try:
        yield
    finally:
        cell.in_a_row.release()


async def _sounded(cell: Cell[Any], trace: Trace) -> list[Completion]:
    """``evidence`` of each piece is found under its name."""
    done = [await cell.do(_chime, CHIME_SECONDS)]
    trace.found["chime"] = done[-1].evidence
    for language in LANGUAGES:
        done.append(await cell.do(_Sentence(language), SENTENCE_SECONDS))
        trace.found[language] = done[-1].evidence
    return done


def _chime(speaker: Speaker, deadline: Deadline) -> Awaitable[Completion]:
    return speaker.chime(deadline)


class _Sentence:
    """The sentence of a call, as a verb."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._text = say("voice", "one", language, number=TEST_NUMBER, window=TEST_WINDOW)

    def __call__(self, speaker: Speaker, deadline: Deadline) -> Awaitable[Completion]:
        return speaker.speak(self._text, self._language, deadline)
