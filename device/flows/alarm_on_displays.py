"""The displays above the windows tell people to leave while the hall's alarm stands; then what stood there before."""

from __future__ import annotations

from collections.abc import Sequence

from config.wording import LANGUAGES, say
from device.flows.show_call import DisplayKeeper
from device.sync.desired import Desired


class AlarmOnDisplays:
    """All displays of a box. An alarm goes on here when the hall is lost: nobody has taken it back."""

    def __init__(self, desired: Desired, displays: Sequence[DisplayKeeper]) -> None:
        self._desired = desired
        self._displays = displays

    async def run(self) -> None:
        """Follow the hall's news, for ever."""
        with self._desired.watch.watching() as changed:
            while True:
                changed.clear()
                alarm = self._desired.alarm
                for display in self._displays:
                    display.stand_over(alarm_text(alarm.kind, ascii_only=display.ascii_only) if alarm else None)
                await changed.wait()


def alarm_text(kind: str, *, ascii_only: bool) -> str:
    """What a strip of some characters can say. One that has ASCII alone is spoken to in English."""
    return say("display", kind, LANGUAGES[1] if ascii_only else LANGUAGES[0])
