"""The kiosk reads its own questions aloud: fixed sentences that it names by key, nothing of anybody's.

One loudspeaker, one sentence at a time; a new one takes the place of the one that waits, for the page has gone on.
"""

from __future__ import annotations

from typing import Any

import structlog

from config.wording import LANGUAGES, say
from device.cell import Cell
from device.watch import Watch
from drivers.contract import DeviceFault

log = structlog.get_logger()

ROOM = "kiosk"
MAY_BE_SAID = frozenset(
    {
        "choose",
        "find",
        "find-unit",
        "find-theme",
        "find-event",
        "find-matter",
        "search",
        "matter-take",
        "working",
        "taken",
        "taken-noted",
        "doubtful",
        "on-screen",
        "one-more",
        "unsure",
        "help-asked",
        "help-coming",
        "void-next",
        "refused",
        "idle-aloud",
        "elder-on",
        "card-take",
        "card-take-smart",
    }
)
"""Keys of the room *kiosk* whose sentences have no fields: nothing personal can be in them."""
SENTENCE_SECONDS = 15.0


class ReadAloud:
    """The kiosk's loudspeaker; None where it has none: nothing is said then."""

    def __init__(self, speaker: Cell[Any] | None) -> None:
        self._speaker = speaker
        self._waiting: tuple[str, str] | None = None
        self._wanted = Watch()
        self._failing = False

    @property
    def can_speak(self) -> bool:
        """Whether there is a loudspeaker, and it works."""
        return self._speaker is not None and self._speaker.state.accepting

    def say(self, key: str, language: str) -> bool:
        """Say it once what sounds now has ended; whether it may be said here. Raises KeyError for any other."""
        if key not in MAY_BE_SAID or language not in LANGUAGES:
            raise KeyError(key)
        text = say(ROOM, key, language)
        if not self.can_speak:
            return False
        self._waiting = text, language
        self._wanted.changed()
        return True

    async def run(self) -> None:
        """Long-lived: say what waits. A call that is spoken meanwhile is heard to its end."""
        with self._wanted.watching() as wanted:
            while True:
                await wanted.wait()
                wanted.clear()
                if self._speaker is not None and self._waiting is not None:
                    await self._say(self._speaker)

    async def _say(self, speaker: Cell[Any]) -> None:
        async with speaker.in_a_row:
            if self._waiting is None:
                return
            (text, language), self._waiting = self._waiting, None
            try:
                await speaker.do(lambda here, limit: here.speak(text, language, limit), SENTENCE_SECONDS)
                self._failing = False
            except DeviceFault as fault:
                if not self._failing:
                    log.warning("not read aloud", device=speaker.name, fault=type(fault).__name__.lower())
                self._failing = True
