"""What a technician on the box itself asks of the pairing: who is paired, a code for a window, an end to one."""

from __future__ import annotations

import msgspec

from device.journal import JournalStopped
from device.maintenance.refusal import Refusal
from device.pairing.keys import LASTS_S, Keys


class AskPair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``window`` 0: only tell. ``undo``: its key is void, instead of a new code."""

    window: int = 0
    undo: bool = False


class Pairings(msgspec.Struct, frozen=True):
    """``paired``: window to when (UTC, ms). ``code``: of the window asked for, "" for none."""

    paired: dict[int, int]
    code: str = ""
    minutes: int = LASTS_S // 60


class PairVerb:
    """``keys`` None: on a box without [pairing]."""

    def __init__(self, keys: Keys | None, windows: list[int]) -> None:
        self._keys, self._windows = keys, windows

    async def answer(self, ask: AskPair, process: int | None) -> Pairings:
        """``process`` None: whoever asks is not on this box. Raises Refusal."""
        if process is None:
            raise Refusal(403, "pair-here")
        if self._keys is None:
            raise Refusal(501, "pair-nowhere")
        if ask.window and ask.window not in self._windows:
            raise Refusal(404, "pair-no-window", window=ask.window, windows=", ".join(map(str, self._windows)))
        code = ""
        try:
            if ask.window and ask.undo:
                await self._keys.undo(ask.window)
            elif ask.window:
                code = self._keys.begin(ask.window)
            return Pairings({window: paired.at_ms for window, paired in self._keys.paired().items()}, code)
        except JournalStopped as stopped:
            raise Refusal(503, "no-journal", what=stopped.reason) from None
