"""Which calls are still to be spoken: one a window at most, in the order in which they were made. Pure.

A call lives until its ticket starts, is missed, parked, redirected, or recalled; the recall then stands in its place.
Every ticket is spoken once before any is repeated: a recall of what was heard already stands behind all that was not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from config.wording import say
from hall.contract import WindowState


@dataclass(frozen=True, slots=True)
class Call:
    """One announcement of a ticket. ``calls`` tells a recall from the call before it."""

    window: int
    call: str
    calls: int
    number: str
    ticket: str = ""
    visit: str = ""

    @property
    def key(self) -> str:
        """Names this announcement at its window, in a journal too."""
        return f"{self.call}/{self.calls}"


def call_of(state: WindowState | None) -> Call | None:
    """What stands called at a window; None when nothing does."""
    if state is None or state.held is None or state.phase != "called":
        return None
    held = state.held
    return Call(state.window, held.call, held.calls, held.number, held.ticket, held.visit)


class CallsToSpeak:
    """``spoken``: remembers, for a window, the key of the call that was spoken last.

    ``elsewhere``: the same as another box has told it; "" when none has.
    """

    def __init__(self, spoken: Callable[[int], str], elsewhere: Callable[[int], str] = lambda _: "") -> None:
        self._remembered = spoken
        self._elsewhere = elsewhere
        self._spoken: dict[int, str] = {}
        self._waiting: dict[int, Call] = {}
        self._since: dict[int, float] = {}
        """When the call that waits was made; of a recall that was not heard before, when it was called first."""
        self._standing: dict[int, Call] = {}

    def look(self, windows: Mapping[int, WindowState | None], now: float = 0.0) -> None:
        """The windows that are called for stand like this ``now`` (seconds of a clock that never goes back)."""
        for window in {*self._standing} - {*windows}:
            self._look(window, None, now)
        for window, state in windows.items():
            if window not in self._spoken:
                self._spoken[window] = self._remembered(window)
            self._look(window, state, now)

    def _look(self, window: int, state: WindowState | None, now: float) -> None:
        call = call_of(state)
        if call is None:
            self._standing.pop(window, None)
            self._drop(window)
            return
        self._standing[window] = call
        before = self._waiting.get(window)
        if call.key == self._spoken.get(window):
            self._drop(window)
        elif before is None or before.call != call.call:  # it waits behind what was called meanwhile
            self._drop(window)
            self._waiting[window], self._since[window] = call, now
        else:
            self._waiting[window] = call

    def _drop(self, window: int) -> None:
        self._waiting.pop(window, None)
        self._since.pop(window, None)

    def waiting(self, most: int) -> list[Call]:
        """Those to be spoken next: the oldest that nobody has heard yet, then the oldest of the repeated."""
        return sorted(self._waiting.values(), key=self._is_repeated)[:most]

    def ages(self, now: float) -> list[float]:
        """How long each waits by now, in seconds, in the order in which they are spoken."""
        return [now - self._since[call.window] for call in self.waiting(len(self._waiting))]

    def standing(self, calls: Iterable[Call]) -> list[Call]:
        """Those of them that still stand."""
        return [call for call in calls if self._standing.get(call.window) == call]

    def done(self, calls: Iterable[Call]) -> None:
        """They need not be spoken any more."""
        for call in calls:
            self._spoken[call.window] = call.key
            if self._waiting.get(call.window) == call:
                self._drop(call.window)

    def _is_repeated(self, call: Call) -> bool:
        """Its ticket has been heard under this call already, from here or from another box."""
        heard = (self._spoken.get(call.window, ""), self._elsewhere(call.window))
        return any(key.rpartition("/")[0] == call.call for key in heard)


def sentence(calls: list[Call], language: str, *, brief: bool = False) -> str:
    """One sentence for all of them; ``brief``: without any word that is not needed, where many more wait."""
    if len(calls) == 1:
        return _said("one", calls[0], language)
    several, one = ("many", "brief") if brief else ("several", "each")
    each = say("voice", "between", language).join(_said(one, call, language) for call in calls)
    return say("voice", several, language, calls=each)


def _said(key: str, call: Call, language: str) -> str:
    return say("voice", key, language, number=call.number, window=call.window)
