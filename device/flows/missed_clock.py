"""When somebody who was called has been waited for long enough to be missed (过号): a clock for the clerk's page.

It advises and never refuses: the clerk may have seen the person leave. The page asks once more before its end; the
caller's keys (digit and function) are two presses already and are not asked, *undo* takes either back for a minute.

| the call…                                       | the clock                                               |
|-------------------------------------------------|---------------------------------------------------------|
| stands on no display and no page yet            | has not begun                                           |
| is shown, and no speaker calls for the window   | begins                                                  |
| is shown, a speaker is to call it and has not   | has not begun; after SPOKEN_WITHIN_S it has waited long |
| yet                                             | enough all the same: a voice that fails stops nobody    |
| is shown and spoken, in whichever order         | begins with the later of both                           |
| is recalled, or taken back from *parked*        | begins anew, when that call is shown and spoken         |
| comes back by the undo of *missed*              | goes on: it was announced already                       |
| the hall is away                                | counts what is shown; another box's voice cannot be     |
|                                                 | heard of                                                |
| the daemon is started anew                      | begins anew: the call is shown once more then           |
| another box says late that it was spoken        | runs from when this box hears of it                     |
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from config.box import Missed
from device.watch import Watch

SPOKEN_WITHIN_S = 120.0
"""A speaker that works has spoken every call by then (device.flows.haste.PROMISED_S)."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long the holder is still to be waited for. ``for_``: what the clock waits for itself, "" when it runs."""

    for_: Literal["", "display", "voice"]
    left_s: float
    """Until it has been long enough; while the voice is waited for, until that is long enough all the same."""
    calls: int
    """How often it was announced."""


class MissedClock:
    """Of one window. ``watch``: changed when the clock begins. ``by_hall``: whether a box of its zone calls for it."""

    def __init__(self, wanted: Missed, by_hall: Callable[[], bool]) -> None:
        self.wanted = wanted
        self.watch = Watch()
        self.speakers: list[Callable[[], bool]] = []
        """Of this box: whether each of them calls for this window now."""
        self._by_hall = by_hall
        self._key = ""
        self._calls = 0
        self._shown: float | None = None
        self._spoken: float | None = None
        self._heard = ""
        """The last key that was spoken: a voice may be faster than a display."""

    def called(self, call: str, calls: int) -> str:
        """This announcement stands at the window from now on. Gives its key, for ``shown`` and ``spoken``."""
        key = f"{call}/{calls}"
        if key != self._key:
            self._key, self._calls, self._shown = key, calls, None
            self._spoken = _now() if key == self._heard else None
            self.watch.changed()
        return key

    def shown(self, key: str) -> None:
        """It is on display or page."""
        if key == self._key and self._shown is None:
            self._shown = _now()
            self.watch.changed()

    def spoken(self, key: str) -> None:
        """It was heard from a loudspeaker."""
        self._heard = key
        if key == self._key and self._spoken is None:
            self._spoken = _now()
            self.watch.changed()

    def waiting(self) -> Waiting:
        """How the announcement that stands is waited for."""
        now, full = _now(), float(self.wanted.seconds)
        if self._shown is None:
            return Waiting("display", full, self._calls)
        if self._spoken is None and self._is_to_be_spoken() and now < self._shown + SPOKEN_WITHIN_S:
            return Waiting("voice", self._shown + SPOKEN_WITHIN_S - now, self._calls)
        since = self._shown if self._spoken is None else max(self._shown, self._spoken)
        return Waiting("", max(0.0, since + full - now), self._calls)

    def _is_to_be_spoken(self) -> bool:
        return self._by_hall() or any(speaks() for speaks in self.speakers)


def _now() -> float:
    return asyncio.get_running_loop().time()
