"""How a keypad gets its word in: listen, send, wait for the host's answer, up to three times."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from simulators.keypads.ff68 import Message
from simulators.line import Line

LISTEN_SECONDS = 0.005
"""A device talks once the line has been quiet for so long."""
STAGGER_SECONDS = 0.0015
"""So much longer a device listens for each address before it on the line: two that wait never begin together."""
ANSWER_SECONDS = 0.3
TRIES = 3


@dataclass(frozen=True, slots=True)
class Word:
    """A frame to be sent, the answer that acknowledges it, who is told the outcome, its moment and the tries."""

    frame: Callable[[], bytes]
    answer: Callable[[bytes], Message]
    done: Callable[[bool, float, int], None]


class Sender:
    """One device's words, one after the other. ``place`` is its place on the line, from 0."""

    def __init__(self, line: Line, place: int) -> None:
        self._line = line
        self._listen = LISTEN_SECONDS + place * STAGGER_SECONDS
        self._loop = asyncio.get_running_loop()
        self._words: deque[Word] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._awaited: Message | None = None
        self._tries = 0

    def say(self, word: Word) -> None:
        """Send it after what is still to be said."""
        self._words.append(word)
        if len(self._words) == 1:
            self._begin()

    def hear(self, message: Message, at: float) -> bool:
        """A message for this device; whether it was the answer awaited."""
        if self._awaited is None or message != self._awaited:
            return False
        self._end(True, at)
        return True

    def close(self) -> None:
        """Say no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin(self) -> None:
        self._tries = 0
        self._when_quiet()

    def _when_quiet(self) -> None:
        self._timer = self._loop.call_at(max(self._loop.time(), self._line.quiet_since + self._listen), self._try)

    def _try(self) -> None:
        now = self._loop.time()
        if now < self._line.quiet_since + self._listen:
            self._when_quiet()
            return
        word = self._words[0]
        frame = word.frame()
        self._tries += 1
        self._awaited = word.answer(frame)
        passed = self._line.send(frame, now)
        self._timer = self._loop.call_at(passed + ANSWER_SECONDS, self._unanswered)

    def _unanswered(self) -> None:
        self._awaited = None
        if self._tries < TRIES:
            self._when_quiet()
        else:
            self._end(False, self._loop.time())

    def _end(self, acknowledged: bool, at: float) -> None:
        self.close()
        self._awaited = None
        self._words.popleft().done(acknowledged, at, self._tries)
        if self._words:
            self._begin()
