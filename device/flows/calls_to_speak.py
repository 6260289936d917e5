"""Which calls are still to be spoken: one a window at most, in the order in which they were made. Pure.

A call lives until its ticket starts, is missed, parked, redirected, or recalled; the recall then stands in its place.
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

    @property
    def key(self) -> str:
        """Names this announcement at its window, in a journal too."""
        return f"{self.call}/{self.calls}"


def call_of(state: WindowState | None) -> Call | None:
    """What stands called at a window; None when nothing does."""
    if state is None or state.held is None or state.phase != "called":
        return None
    return Call(state.window, state.held.call, state.held.calls, state.held.number)


class CallsToSpeak:
    """``spoken``: remembers, for a window, the key of the call that was spoken last."""

    def __init__(self, spoken: Callable[[int], str]) -> None:
        self._remembered = spoken
        self._spoken: dict[int, str] = {}
        self._waiting: dict[int, Call] = {}
        self._standing: dict[int, Call] = {}

    def look(self, windows: Mapping[int, WindowState | None]) -> None:
        """The windows that are called for stand like this now."""
        for window in {*self._standing} - {*windows}:
            self._look(window, None)
        for window, state in windows.items():
            if window not in self._spoken:
                self._spoken[window] = self._remembered(window)
            self._look(window, state)

    def _look(self, window: int, state: WindowState | None) -> None:
        call = call_of(state)
        if call is None:
            self._standing.pop(window, None)
            self._waiting.pop(window, None)
        else:
            self._standing[window] = call
            if call.key == self._spoken.get(window):
                self._waiting.pop(window, None)
            elif self._is_recall(call):
                self._waiting[window] = call
            else:
                self._waiting.pop(window, None)  # it waits behind what was called meanwhile
                self._waiting[window] = call

    def waiting(self, most: int) -> list[Call]:
        """The oldest of those not spoken yet."""
        return list(self._waiting.values())[:most]

    def standing(self, calls: Iterable[Call]) -> list[Call]:
        """Those of them that still stand."""
        return [call for call in calls if self._standing.get(call.window) == call]

    def done(self, calls: Iterable[Call]) -> None:
        """They need not be spoken any more."""
        for call in calls:
            self._spoken[call.window] = call.key
            if self._waiting.get(call.window) == call:
                del self._waiting[call.window]

    def _is_recall(self, call: Call) -> bool:
        before = self._waiting.get(call.window)
        return before is not None and before.call == call.call


def sentence(calls: list[Call], language: str) -> str:
    """One sentence for all of them."""
    if len(calls) == 1:
        return _said("one", calls[0], language)
    each = say("voice", "between", language).join(_said("each", call, language) for call in calls)
    return say("voice", "several", language, calls=each)


def _said(key: str, call: Call, language: str) -> str:
    return say("voice", key, language, number=call.number, window=call.window)
