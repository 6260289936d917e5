"""The calls that a hall board shows: of every window the one that stands there, the newest announcement first."""

from __future__ import annotations

from device.sync.desired import Desired
from hall.contract import Held, WindowState


class BoardCalls:
    """In the order in which they were announced here. One entry a window: nothing grows.

    After a start of the box nobody can say which of what stands was announced last: by window then.
    """

    def __init__(self, desired: Desired) -> None:
        self._desired = desired
        self._announced: list[int] = []
        """Windows, the newest announcement first."""
        self._last: dict[int, tuple[str, int]] = {}
        desired.watch_window(self._heard)

    def newest_first(self) -> list[tuple[WindowState, Held]]:
        """What stands at each window that has called or serves somebody."""
        standing = [self._desired.windows[number] for number in self._announced]
        return [(state, state.held) for state in standing if state.held is not None]

    def _heard(self, state: WindowState) -> None:
        held, window = state.held, state.window
        if held is None:
            self._last.pop(window, None)
            if window in self._announced:
                self._announced.remove(window)
            return
        if self._last.get(window) == (held.call, held.calls):
            return
        self._last[window] = held.call, held.calls
        if window in self._announced:
            self._announced.remove(window)
        self._announced.insert(0 if state.phase == "called" else len(self._announced), window)
